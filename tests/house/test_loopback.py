"""The guard that keeps tests on this machine really refuses."""

import socket
import urllib.error
import urllib.request

import pytest

from tests.loopback import Outside


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("198.51.100.7", 443)])
def test_connections_outside_are_refused(address):
    with socket.socket() as sock, pytest.raises(Outside):
        sock.connect(address)


def test_names_outside_are_not_even_looked_up():
    with pytest.raises(urllib.error.URLError) as caught:
        urllib.request.urlopen("https://api.stripe.com/v1/charges", timeout=1)
    assert isinstance(caught.value.reason, Outside)


def test_this_machine_is_fine():
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as line,
    ):
        assert line.getpeername() == server.getsockname()
