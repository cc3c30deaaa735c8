"""No test talks to another machine: every connection and name look-up in this process is checked by Python itself."""

import ipaddress
import socket
import sys
from typing import Any


class Outside(OSError):
    """A test tried to reach another machine."""


def only() -> None:
    """Refuse, from now on and for good, whatever does not stay on this machine."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        sock, address = arguments[0], arguments[1]
        if sock.family != socket.AF_UNIX and not _is_here(address[0]):
            raise Outside(f"{event} to {address[0]}")
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise Outside(f"{event} of {arguments[0]}")


def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
