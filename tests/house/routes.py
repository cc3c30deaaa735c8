"""The pinned list of routes: `python -m tests.house.routes` writes it anew from the app."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from coachapp.app import create_app
from coachapp.config import from_environment
from coachapp.web.guards import guard_of

PINNED = Path(__file__).with_name("routes.txt")
COMMAND = "python -m tests.house.routes"


def lines(app: Flask) -> list[str]:
    """`METHODS path guard` for each route, sorted by path."""
    found = [
        (
            rule.rule,
            ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"})),
            guard_of(app.view_functions[rule.endpoint]),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
    ]
    return [f"{methods:<9} {path:<45} {guard}" for path, methods, guard in sorted(found, key=str)]


def main() -> int:
    """Write the list from the app as it is now."""
    with TemporaryDirectory() as folder:
        app = create_app(from_environment({}, Path(folder)))
        PINNED.write_text("\n".join(lines(app)) + "\n", encoding="utf-8")
    print(
        f"{PINNED.name} is up to date. Read its difference: an address that is gone breaks someone's bookmark."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
