"""Questions asked at booking, and consents, kept with the version that was shown."""
