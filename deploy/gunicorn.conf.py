"""How gunicorn serves the app: a few processes with threads, no access log, and no name in the Server header."""

import gunicorn

gunicorn.SERVER = "web"
workers = 2
threads = 4
worker_class = "gthread"
control_socket_disable = True
accesslog = None
