"""The floor under a page: bare Flask that reads one indexed row and fills a Jinja page with it."""

import sqlite3

from flask import Flask, abort, g, render_template
from jinja2 import DictLoader

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Page</title></head>
<body><h1>{{ row.title }}</h1><p>{{ row.text }}</p><p>{{ row.length_min }} min</p></body></html>"""
ROW = "SELECT title, text, length_min FROM offering WHERE slug = ?"


def create(database: str) -> Flask:
    """The app over an SQLite file of ours that holds offerings; each request opens a line of its own."""
    app = Flask("bare")
    app.jinja_loader = DictLoader({"page.html": PAGE})

    @app.get("/<slug>")
    def page(slug: str) -> str:
        g.line = sqlite3.connect(database)
        g.line.row_factory = sqlite3.Row
        row = g.line.execute(ROW, (slug,)).fetchone()
        return render_template("page.html", row=dict(row)) if row else abort(404)

    @app.teardown_appcontext
    def close(error: BaseException | None) -> None:
        if "line" in g:
            g.line.close()

    return app
