"""The WSGI entry point: `gunicorn wsgi:app`, `flask --app wsgi …`."""

from coachapp.app import create_app

app = create_app()
