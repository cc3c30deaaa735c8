"""The font files every PDF is set in, their licences, and the script that prepares the form font."""
