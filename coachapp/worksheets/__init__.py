"""Worksheets and household plans: what a template is, what people answer, and how both are printed."""
