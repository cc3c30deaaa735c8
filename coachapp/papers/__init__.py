"""Receipts, credit notes and corrections: numbered without gaps, never altered."""
