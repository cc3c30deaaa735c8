"""The pretend payment page: plain HTML without script, for each state a session can be in."""

from html import escape
from urllib.parse import urlsplit

from coachapp.demo.stripe_standin.answers import Obj

_NO_DECIMALS = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"],
)
_THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_SIGNS = {"eur": "€", "gbp": "£", "usd": "$"}

_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="/pay.css">
<link rel="icon" href="data:,">
</head>
<body>
<header><p class="pretend">This is a pretend payment page. No money moves.</p></header>
<main>
<h1>{heading}</h1>
{body}
</main>
</body>
</html>
"""


def money(amount: int, currency: str) -> str:
    """An amount in minor units as people write it, decimals only when needed: €90, €90.50, 500 JPY."""
    places = 0 if currency in _NO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    whole, rest = divmod(amount, 10**places)
    number = f"{whole:,}" + (f".{rest:0{places}}" if rest else "")
    sign = _SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"


def to_pay(session: Obj, lines: list[Obj], declined: bool) -> str:
    """The page of an open session; `declined` says that the card was just refused."""
    notice = (
        '<p class="note" role="alert">The card was declined. Nothing was charged. You can try again.</p>\n'
        if declined
        else ""
    )
    rows = "".join(_row(line) for line in lines)
    total = money(session["amount_total"], session["currency"])
    back = _button("back", "Go back without paying", "quiet") if session["cancel_url"] else ""
    body = (
        f"{notice}<dl>\n{rows}<div><dt>To pay</dt><dd>{total}</dd></div>\n</dl>\n"
        "<p>There is no card to fill in. Choose what the card does.</p>\n"
        f'<form method="post" action="/pay/{escape(session["id"])}">\n'
        f"{_button('pay', f'Pay {total}', 'main')}{_button('decline', 'Card declined', 'second')}{back}</form>"
    )
    return _FRAME.format(title="Error: Pay" if declined else "Pay", heading="Pay", body=body)


def done(session: Obj) -> str:
    """The page of a session that is complete."""
    link = f'<p><a href="{escape(session["success_url"])}">Go on</a></p>'
    return _FRAME.format(
        title="Done", heading="This payment is done", body=f"<p>There is nothing you need to do.</p>\n{link}"
    )


def ended(session: Obj) -> str:
    """The page of a session whose time is over."""
    link = f'<p><a href="{escape(session["cancel_url"])}">Go back</a></p>' if session["cancel_url"] else ""
    return _FRAME.format(
        title="Pay", heading="This payment link has ended", body=f"<p>Nothing was charged.</p>\n{link}"
    )


def unknown() -> str:
    """The page for an address that leads nowhere."""
    body = "<p>The link may be cut short. Go back to where you found it and open it again.</p>"
    return _FRAME.format(title="Not found", heading="There is no page here", body=body)


def content_policy(session: Obj | None) -> str:
    """The Content-Security-Policy: Chromium lets a form's redirect through only if its target stands in form-action."""
    targets = {"'self'"}
    for name in ("success_url", "cancel_url"):
        if session and session[name]:
            parts = urlsplit(session[name])
            targets.add(f"{parts.scheme}://{parts.netloc}")
    actions = " ".join(sorted(targets))
    return f"default-src 'none'; style-src 'self'; img-src data:; form-action {actions}; base-uri 'none'; frame-ancestors 'none'"


def _row(line: Obj) -> str:
    name, times = escape(line["description"]), f" × {line['quantity']}" if line["quantity"] > 1 else ""
    return f"<div><dt>{name}{times}</dt><dd>{money(line['amount_total'], line['currency'])}</dd></div>\n"


def _button(act: str, words: str, look: str) -> str:
    return f'<button name="act" value="{act}" class="{look}">{escape(words)}</button>\n'
