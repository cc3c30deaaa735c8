"""`python -m coachapp.demo.stripe_standin`: the stand-in as a program of its own."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from coachapp.demo.stripe_standin import LiveKeyRefused, StripeStandIn


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C; prints the address, with the port really taken. Exit status 2 beside a live key."""
    parser = argparse.ArgumentParser(prog="stripe_standin", description="A pretend Stripe on this machine.")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--webhook-url", help="where webhooks go, http on this machine")
    parser.add_argument(
        "--secret", action="append", default=[], help="webhook secret; may be given several times"
    )
    parser.add_argument("--state", type=Path, help="file that keeps open sessions over a restart")
    parser.add_argument("--beside-key", help="the key the app uses; a live one is refused")
    given = parser.parse_args(arguments)
    try:
        standin = StripeStandIn(
            given.webhook_url,
            given.secret or ("whsec_demo",),
            port=given.port,
            state_file=given.state,
            beside_key=given.beside_key,
        )
    except (LiveKeyRefused, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    with standin:
        print(f"Pretend Stripe: {standin.api_base}", flush=True)
        try:
            standin.wait()
        except KeyboardInterrupt:
            return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
