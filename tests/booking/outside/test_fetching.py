"""Fetching from real servers that hang, drip, swell, lead astray and lie about who they are."""

import json
import socket
import ssl
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from coachapp.booking.outside.fetching import Failed, Fetcher
from coachapp.booking.outside.rules import MOST_BYTES, Trouble
from coachapp.config import PROJECT
from tests.booking.outside import feeds as play
from tests.booking.outside.feeds import calendar, serving_feeds

HERE = ("127.0.0.1/32",)
BODY = calendar().encode()
LONG = 20.0
"""Seconds nothing here needs; a test that took so long would have waited for the other side."""


def trouble(address, *, seconds=LONG, allowed=HERE, **more):
    with pytest.raises(Failed) as caught:
        Fetcher(allowed, **more).fetch(address, seconds)
    return caught.value.trouble


def test_what_lies_there_comes_as_it_is(feeds):
    assert Fetcher(HERE).fetch(feeds.gives(BODY), LONG) == BODY
    [asked] = feeds.asked
    assert asked.request == "GET /a.ics HTTP/1.1"
    assert asked.headers["host"] == f"127.0.0.1:{feeds.port}"
    assert asked.headers["accept-encoding"] == "identity"
    assert "coach" not in str(asked.headers).lower() and "python" not in str(asked.headers).lower()


def test_an_address_keeps_its_letters(feeds):
    path = "/private-%41é b?key=a%20b&x=[1]|ü"
    asked = "/private-%41%C3%A9%20b?key=a%20b&x=[1]|%C3%BC"
    feeds.gives(BODY, asked)
    assert Fetcher(HERE).fetch(feeds.url(path.replace(" ", "%20")), LONG) == BODY
    feeds.gives(BODY, "/?a")
    assert Fetcher(HERE).fetch(f"http://127.0.0.1:{feeds.port}?a", LONG) == BODY


def test_in_pieces_and_without_a_length(feeds):
    def in_pieces(line):
        line.head("200 OK", "Transfer-Encoding: chunked")
        for piece in (BODY[:10], BODY[10:]):
            line.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        line.send(b"0\r\n\r\n")

    def until_it_closes(line):
        line.head("200 OK")
        line.send(BODY)

    for behaviour in (in_pieces, until_it_closes):
        assert Fetcher(HERE).fetch(feeds.does(behaviour), LONG) == BODY


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (play.hangs, Trouble.TOO_SLOW),
        (play.drips_body, Trouble.TOO_SLOW),
        (play.drips_headers, Trouble.TOO_SLOW),
        (play.drips_first_words, Trouble.TOO_SLOW),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_who_is_slow_is_not_waited_for(feeds, behaviour, word):
    began = time.monotonic()
    assert trouble(feeds.does(behaviour), seconds=0.5) is word
    assert time.monotonic() - began < LONG


@pytest.mark.parametrize("behaviour", [play.is_huge, play.says_it_is_huge], ids=lambda each: each.__name__)
def test_fifty_megabytes_are_not_read(feeds, behaviour):
    assert trouble(feeds.does(behaviour)) is Trouble.TOO_BIG


def test_just_as_much_as_may_be_is_read(feeds):
    assert len(Fetcher(HERE).fetch(feeds.gives(b"x" * MOST_BYTES), LONG)) == MOST_BYTES
    assert trouble(feeds.gives(b"x" * (MOST_BYTES + 1))) is Trouble.TOO_BIG


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (play.breaks_off, Trouble.NO_ANSWER),
        (lambda line: None, Trouble.NO_ANSWER),
        (lambda line: line.send(b"220 mail.example.org ESMTP\r\n"), Trouble.NOT_A_CALENDAR),
        (lambda line: line.send(b"\0" * 70_000), Trouble.NOT_A_CALENDAR),
        (lambda line: line.answer(b"", "404 Not Found"), Trouble.REFUSED),
        (lambda line: line.answer(b"", "401 Unauthorized"), Trouble.REFUSED),
        (lambda line: line.answer(b"", "500 Oh"), Trouble.REFUSED),
        (lambda line: line.head("204 No Content"), Trouble.REFUSED),
        (lambda line: line.answer(b"", "302 Found"), Trouble.REFUSED),
        (lambda line: line.answer(b"x", "200 OK", "Content-Encoding: gzip"), Trouble.NOT_A_CALENDAR),
        (lambda line: line.head("200 OK", *[f"X-{n}: y" for n in range(200)]), Trouble.NOT_A_CALENDAR),
    ],
    ids=["breaks-off", "closes", "mail", "zeros", "404", "401", "500", "204", "nowhere", "gzip", "headers"],
)
def test_what_is_no_file_has_a_word(feeds, behaviour, word):
    assert trouble(feeds.does(behaviour)) is word


def test_a_file_in_pieces_that_breaks_off_is_not_taken_for_whole(feeds):
    def breaks(line):
        line.head("200 OK", "Transfer-Encoding: chunked")
        line.send(b"ff\r\nBEGIN:VCALENDAR\r\n")

    assert trouble(feeds.does(breaks)) is Trouble.NOT_A_CALENDAR


def test_nobody_at_home():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert trouble(f"http://127.0.0.1:{port}/") is Trouble.NO_ANSWER


# ---- where it may lead ----


def test_loopback_is_refused_unless_the_settings_allow_it(feeds):
    address = feeds.gives(BODY)
    assert trouble(address, allowed=()) is Trouble.UNSAFE
    assert trouble(feeds.url(host="localhost"), allowed=()) is Trouble.UNSAFE
    assert trouble(f"http://[::1]:{feeds.port}/a.ics", allowed=()) is Trouble.UNSAFE
    assert feeds.asked == []


def test_three_redirects_are_followed_and_not_a_fourth(feeds):
    feeds.gives(BODY, "/end")
    for number in (1, 2, 3):
        feeds.moves(f"/{number}", f"/{number - 1}" if number > 1 else feeds.url("/end"))
    assert Fetcher(HERE).fetch(feeds.url("/3"), LONG) == BODY
    feeds.moves("/4", "/3")
    assert trouble(feeds.url("/4")) is Trouble.REFUSED
    assert trouble(feeds.moves("/round", "/round")) is Trouble.REFUSED


def as_numbers(host, port, **how):
    """What the look-up of a numeric address gives, for those that our guard of tests would stop first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return [(family, socket.SOCK_STREAM, 6, "", (host, port))]


@pytest.mark.parametrize(
    ("to", "word"),
    [
        ("http://127.0.0.2:{port}/end", Trouble.UNSAFE),
        ("//127.0.0.2:{port}/end", Trouble.UNSAFE),
        ("http://10.0.0.1/", Trouble.UNSAFE),
        ("http://169.254.169.254/latest/meta-data/", Trouble.UNSAFE),
        ("http://[::1]:{port}/end", Trouble.UNSAFE),
        ("file:///etc/passwd", Trouble.NO_ANSWER),
        ("gopher://127.0.0.1:{port}/", Trouble.NO_ANSWER),
        ("http://[", Trouble.NOT_A_CALENDAR),
    ],
)
def test_a_redirect_is_checked_like_any_address(feeds, to, word):
    feeds.gives(BODY, "/end")
    assert trouble(feeds.moves("/a.ics", to.format(port=feeds.port)), resolve=as_numbers) is word
    assert [asked.request.split()[1] for asked in feeds.asked] == ["/a.ics"]


def test_a_redirect_to_a_name_that_leads_to_loopback(feeds):
    feeds.gives(BODY, "/end")
    feeds.moves("/a.ics", f"http://localhost:{feeds.port}/end")
    answers = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.53"}

    def resolve(host, port, **how):
        return socket.getaddrinfo(answers[host], port, **how)

    assert trouble(feeds.url(), resolve=resolve) is Trouble.UNSAFE


def test_one_bad_address_among_good_ones_is_enough(feeds):
    def resolve(host, port, **how):
        return as_numbers("127.0.0.1", port) + as_numbers("10.0.0.1", port)

    feeds.gives(BODY)
    assert trouble(f"http://both.example:{feeds.port}/a.ics", resolve=resolve) is Trouble.UNSAFE
    assert trouble(feeds.url(host="none.example"), resolve=lambda *_, **__: []) is Trouble.UNSAFE
    assert feeds.asked == []


def test_a_name_is_asked_once_and_what_was_checked_is_what_is_reached(feeds):
    feeds.gives(BODY)
    asked = []

    def resolve(host, port, **how):
        """The first answer is fine; whoever asks twice is led elsewhere."""
        asked.append(host)
        return socket.getaddrinfo("127.0.0.1" if len(asked) == 1 else "127.0.0.2", port, **how)

    fetched = Fetcher(HERE, resolve=resolve).fetch(f"http://turning.example:{feeds.port}/a.ics", LONG)
    assert (fetched, asked) == (BODY, ["turning.example"])
    assert feeds.asked[0].headers["host"] == f"turning.example:{feeds.port}"


def test_an_address_that_is_dead_does_not_stand_in_the_way_of_the_next(feeds):
    def resolve(host, port, **how):
        return socket.getaddrinfo("127.0.0.2", port, **how) + socket.getaddrinfo("127.0.0.1", port, **how)

    feeds.gives(BODY)
    both = ("127.0.0.0/30",)
    assert Fetcher(both, resolve=resolve).fetch(f"http://two.example:{feeds.port}/a.ics", LONG) == BODY


ODD_FORMS = """
import json, sys
from coachapp.booking.outside.fetching import Failed, Fetcher
for host in json.loads(sys.argv[1]):
    try:
        Fetcher().fetch(f"http://{host}:{sys.argv[2]}/a.ics", 5)
        print("fetched")
    except Failed as failed:
        print(failed.trouble)
"""


def test_loopback_in_numbers_of_other_shapes_and_through_a_proxy(feeds):
    """In a process of its own, where our guard of tests does not stop the look-up before the defence has to."""
    feeds.gives(BODY)
    hosts = [
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "%31%32%37.0.0.1",
        "①②⑦.0.0.1",
        "localhost.",
        "0",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        "[::]",
    ]
    proxied = {"http_proxy": feeds.url("/proxy"), "HTTP_PROXY": feeds.url("/proxy")}
    command = [sys.executable, "-c", ODD_FORMS, json.dumps(hosts), str(feeds.port)]
    said = subprocess.run(command, cwd=PROJECT, env=proxied, capture_output=True, text=True, check=True)
    answers = dict(zip(hosts, said.stdout.split("\n"), strict=False))
    refused = {host for host, answer in answers.items() if answer in ("unsafe", "no answer")}
    assert refused == set(hosts), answers
    assert answers["2130706433"] == answers["127.1"] == answers["[::]"] == "unsafe"
    assert feeds.asked == []


def test_name_and_password_go_to_their_own_host_only(feeds):
    with serving_feeds() as other:
        other.gives(BODY)
        feeds.moves("/a.ics", other.url())
        address = f"http://nora:p%40ss@127.0.0.1:{feeds.port}/a.ics"
        assert Fetcher(HERE).fetch(address, LONG) == BODY
        assert feeds.asked[0].headers["authorization"] == "Basic bm9yYTpwQHNz"
        assert feeds.asked[0].headers["host"] == f"127.0.0.1:{feeds.port}"
        assert "authorization" not in other.asked[0].headers


# ---- who is there ----


def certificate(tmp_path, name):
    """A certificate for one name that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "pair.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return file


@pytest.fixture
def secure(tmp_path):
    """A server called calendar.example, and a context that believes it."""
    file = certificate(tmp_path, "calendar.example")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    names: list[str | None] = []
    server.sni_callback = lambda _sock, name, _context: names.append(name)
    with serving_feeds(server) as feeds:
        feeds.names = names
        yield feeds, ssl.create_default_context(cafile=str(file))


def here(host, port, **how):
    return socket.getaddrinfo("127.0.0.1", port, **how)


def test_over_tls_the_server_shows_its_name(secure):
    feeds, context = secure
    feeds.gives(BODY)
    fetcher = Fetcher(HERE, resolve=here, context=context)
    assert fetcher.fetch(feeds.url(host="calendar.example"), LONG) == BODY
    assert feeds.names == ["calendar.example"]


def test_a_wrong_name_or_a_stranger_s_certificate_is_refused(secure):
    feeds, context = secure
    feeds.gives(BODY)
    other = feeds.url(host="other.example")
    assert trouble(other, resolve=here, context=context) is Trouble.CERTIFICATE
    assert trouble(feeds.url(host="calendar.example"), resolve=here) is Trouble.CERTIFICATE
    assert feeds.asked == []


def test_from_https_no_redirect_leads_into_the_clear(secure, feeds):
    safe, context = secure
    feeds.gives(BODY)
    address = safe.moves("/a.ics", feeds.url()).replace("127.0.0.1", "calendar.example")
    assert trouble(address, resolve=here, context=context) is Trouble.UNSAFE
    assert feeds.asked == []


def test_a_server_that_never_shakes_hands(feeds):
    """TLS spoken to someone who does not answer."""
    feeds.does(play.hangs)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert trouble(f"https://127.0.0.1:{silent.getsockname()[1]}/", seconds=0.5) is Trouble.TOO_SLOW
    assert time.monotonic() - began < LONG


# ---- many at once ----


def test_one_that_hangs_does_not_keep_the_others(feeds):
    good = feeds.gives(BODY, "/good")
    wanted = {"good": good, "slow": feeds.does(play.hangs, "/slow"), "gone": feeds.url("/gone")}
    began = time.monotonic()
    found = Fetcher(HERE).fetch_all(wanted, 1.0)
    assert found == {"good": BODY, "slow": Trouble.TOO_SLOW, "gone": Trouble.REFUSED}
    assert time.monotonic() - began < LONG


def test_a_name_server_that_sleeps_is_not_waited_for(feeds):
    def resolve(host, port, **how):
        feeds.stopping.wait(60)
        raise OSError

    began = time.monotonic()
    assert Fetcher(HERE, resolve=resolve).fetch_all({1: feeds.url()}, 0.5) == {1: Trouble.TOO_SLOW}
    assert time.monotonic() - began < LONG


def test_a_public_address_that_is_our_own_is_refused_at_the_door(feeds):
    """No public address is ours in a test; loopback is a line whose two ends are the same as well."""
    with socket.create_connection(("127.0.0.1", feeds.port)) as line:
        with pytest.raises(Failed) as caught:
            Fetcher()._refuse_ourselves(line)
        assert caught.value.trouble is Trouble.UNSAFE
        Fetcher(HERE)._refuse_ourselves(line)
    with socket.create_connection(("127.0.0.1", feeds.port), source_address=("127.0.0.9", 0)) as line:
        Fetcher()._refuse_ourselves(line)
