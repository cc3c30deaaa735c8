"""What every page shares: guards, errors, headers, logs, limits, forms and template words."""
