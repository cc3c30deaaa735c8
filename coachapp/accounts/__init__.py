"""Who you are: sign-in, second factor, and the sign-ins that can be ended."""
