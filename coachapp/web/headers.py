"""Security headers on every answer, and the policy that keeps scripts, frames and strangers out."""

from flask import Flask, Response, current_app, g, request

from coachapp.config import Config
from coachapp.web.guards import View

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'{checkout}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
_DENIED = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen geolocation gyroscope hid "
    "identity-credentials-get idle-detection magnetometer microphone midi payment picture-in-picture "
    "publickey-credentials-create screen-wake-lock serial usb xr-spatial-tracking"
)
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _DENIED.split()),
}


def install(app: Flask, config: Config) -> None:
    """Set the headers after every request."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(ALWAYS)
        checkout = f" {config.checkout_origin}" if g.get("leads_to_payment") else ""
        response.headers["Content-Security-Policy"] = _POLICY.format(checkout=checkout)
        response.headers["Cache-Control"] = "no-store"
        if not _indexable(response):
            response.headers["X-Robots-Tag"] = "noindex, noarchive"
        if config.secure:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        return response


def leads_to_payment() -> None:
    """Say that this page's form may be answered with a redirect to the payment page."""
    g.leads_to_payment = True


def indexable(view: View) -> View:
    """Mark a public page that search engines may list."""
    view.indexable = True  # type: ignore[attr-defined]  # functions carry attributes
    return view


def _indexable(response: Response) -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return response.status_code == 200 and getattr(view, "indexable", False)
