"""Answers that carry a file."""

from flask import Response


def pdf_answer(body: bytes, name: str, *, keep: bool) -> Response:
    """A PDF to be read here or (`keep`) to be saved as `name`; no copy of it stays in a cache."""
    way = "attachment" if keep else "inline"
    headers = {"Content-Disposition": f'{way}; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, mimetype="application/pdf", headers=headers)
