"""The outbox, the mailer and the texts of every message that leaves."""
