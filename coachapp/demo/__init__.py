"""Parts that let the practice be tried out on one machine: made-up people, a pretend Stripe, a mail catcher."""
