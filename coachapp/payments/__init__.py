"""Orders, attempts to pay, payments and refunds, and the road to Stripe and back."""
