"""Who did what to whom, without content; a hash chain linked by `tick`."""
