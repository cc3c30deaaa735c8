"""Uploads stay in memory: what somebody sends us is never laid down on the disk, not even for a moment."""

from io import BytesIO
from typing import IO

from flask import Request


class InMemory(Request):
    """A request whose files are held in memory; the limit on a whole request bounds them."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        return BytesIO()
