"""What a real Chromium sees and does; the browser without script is `tests.plain_browser`."""

from tests.plain_browser import Browser

__all__ = ["Browser"]
