"""Addresses for machines."""

import dataclasses

from tests.apps import open_app

TOKEN = "a token for tests and nothing else"


def test_figures_are_for_who_knows_the_token(settings):
    with open_app(dataclasses.replace(settings, metrics_token=TOKEN)) as app:
        client = app.test_client()
        statuses = {
            given: client.get("/metrics", headers={"Authorization": given}).status_code
            for given in ("", TOKEN, "Bearer ", "Bearer \u00e9", f"Bearer {TOKEN}")
        }
    assert statuses.pop(f"Bearer {TOKEN}") == 200
    assert set(statuses.values()) == {404}
