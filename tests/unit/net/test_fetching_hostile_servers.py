"""Real servers on the loopback address that lie, hang, drip, redirect in circles and pack too much."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard

from newsbt.domain.size_limits import MB, SizeLimit
from newsbt.errors import DataError
from newsbt.events.from_feeds import RssAnnouncements
from newsbt.net.addresses import Address, BadAddressError, check_headers
from newsbt.net.fetching import Fetched, Fetcher
from raw_listener import RawListener, head_of

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><item><title>Alibaba releases Qwen3</title>'
    b"<link>https://x.test/1</link><pubDate>Thu, 06 Mar 2025 03:00:00 +0800</pubDate></item></channel></rss>"
)
OK = b"HTTP/1.1 200 OK\r\n"
Say = Callable[[bytes], None]
SECRETS = ("PATHSECRET", "QUERYSECRET", "USERSECRET", "HEADERSECRET")


class RawServer(RawListener):
    """Answers every connection by what `answer` says; keeps what was asked."""

    def __init__(self, answer: Callable[[str, Say], None], tls: ssl.SSLContext | None = None) -> None:
        self.answer, self.tls = answer, tls
        self.asked: list[str] = []
        super().__init__()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def talk(self, line: socket.socket) -> None:
        with self.tls.wrap_socket(line, server_side=True) if self.tls else line as spoken:
            if (found := head_of(spoken)) is not None:
                self.asked.append(b"\r\n\r\n".join(found).decode("latin-1"))
                self.answer(self.asked[-1].split(" ")[1], spoken.sendall)


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    running: list[RawServer] = []

    def start(answer: Callable[[str, Say], None] | bytes, tls: ssl.SSLContext | None = None) -> RawServer:
        respond = answer if callable(answer) else lambda _, say: say(answer)
        running.append(RawServer(respond, tls))
        return running[-1]

    yield start
    for one in running:
        one.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem", folder / "key.pem"


def whole(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in (f"Content-Length: {len(body)}", *headers))
    return OK + lines.encode() + b"\r\n" + body


def redirect(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")


def get(url: str, cache: Path, headers: dict[str, str] | None = None, **changes: object) -> Fetched:
    usual = {"timeout_seconds": 2.0, "retries": 0, "sleep": lambda _: None}
    return Fetcher(cache=cache, **{**usual, **changes}).get(url, headers)


def complaint(url: str, cache: Path, **changes: object) -> str:
    with pytest.raises(DataError) as caught:
        get(url, cache, **changes)
    message = "".join(map(str, (caught.value, *caught.value.problems)))
    assert not any(secret in message for secret in SECRETS), message
    return message


HEADERS = {"X-Api-Key": "HEADERSECRET", "Authorization": "Bearer HEADERSECRET", "Cookie": "HEADERSECRET"}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_headers_and_keys_do_not_follow_to_another_port(serve, tmp_path: Path, status: int) -> None:
    other = serve(whole(FEED))
    first = serve(redirect(f"http://127.0.0.1:{other.port}/final?api_key=QUERYSECRET&page=2", status))
    url = first.url.replace("//", "//me:USERSECRET@") + "/feed?api_key=QUERYSECRET"
    assert get(url, tmp_path, HEADERS).data == FEED
    assert "HEADERSECRET" in first.asked[0]
    assert other.asked[0].startswith("GET /final?page=2 HTTP/1.1")
    assert "SECRET" not in other.asked[0]
    assert "Basic" not in other.asked[0]


def test_nor_to_another_host_nor_back_again(serve, tmp_path: Path) -> None:
    answers = {"/a": "", "/b": "", "/c": ""}
    server = serve(lambda path, say: say(redirect(answers[path]) if path in answers else whole(FEED)))
    answers["/a"] = "/b"
    answers["/b"] = f"http://localhost:{server.port}/c"
    answers["/c"] = f"http://127.0.0.1:{server.port}/d"
    assert get(server.url + "/a", tmp_path, HEADERS).data == FEED
    assert ["HEADERSECRET" in one for one in server.asked] == [True, True, False, False]


def test_nor_to_another_scheme(serve, certificate: tuple[Path, Path], tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*certificate)
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    plain = serve(whole(FEED))
    secure = serve(lambda path, say: say(whole(FEED) if path == "/final" else redirect(plain.url + "/final")), tls)
    assert get(secure.url + "/feed", tmp_path, HEADERS, tls=trusting).data == FEED
    assert "HEADERSECRET" in secure.asked[0]
    assert "SECRET" not in plain.asked[0]
    upwards = serve(redirect(secure.url + "/final"))
    assert get(upwards.url + "/feed", tmp_path, HEADERS, tls=trusting).data == FEED
    assert "HEADERSECRET" in upwards.asked[0]
    assert "SECRET" not in secure.asked[-1]
    assert "certificate" in complaint(secure.url + "/other", tmp_path)


def test_within_one_place_they_do_follow(serve, tmp_path: Path) -> None:
    server = serve(lambda path, say: say(whole(FEED) if path == "/b?x=1" else redirect("b?x=1")))
    get(server.url + "/a", tmp_path, HEADERS)
    assert all("X-Api-Key: HEADERSECRET" in one for one in server.asked)


@pytest.mark.parametrize(
    ("location", "message"),
    [
        ("file:///etc/passwd", "away from http and https .file"),
        ("ftp://127.0.0.1/x", "away from http and https .ftp"),
        ("data:text/xml,x", "away from http and https"),
        ("javascript:x", "away from http and https"),
        ("http://[::1", "malformed"),
        ("//", "circle|away"),
        ("/feed/PATHSECRET", "circle"),
        ("", "without saying where"),
    ],
)
def test_redirects_never_leave_http(serve, tmp_path: Path, location: str, message: str) -> None:
    server = serve(redirect(location))
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(complaint(server.url + "/feed/PATHSECRET", tmp_path))


def test_a_long_chain_of_redirects_ends(serve, tmp_path: Path) -> None:
    server = serve(lambda path, say: say(redirect(f"/{int(path[1:]) + 1}")))
    assert "more than 10 times" in complaint(server.url + "/0", tmp_path)
    assert len(server.asked) == 11


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (OK + b"Content-Length: 5000\r\n\r\n" + FEED, "breaks off"),
        (OK + b"Content-Length: 20\r\n\r\n" + FEED, "more bytes than it says"),
        (OK + b"Content-Length: 20\r\nContent-Length: 30\r\n\r\n" + FEED, "two lengths"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc", "breaks off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", "breaks off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "breaks off"),
        (b"", "no answer of HTTP|cannot be reached"),
        (b"garbage\r\n\r\n", "no answer of HTTP"),
        (b"HTTP/1.1 abc PATHSECRET\r\n\r\n", "no answer of HTTP"),
        (OK + b"X: y\r\n" * 500 + b"\r\n", "no answer of HTTP"),
        (OK + b"X: " + b"y" * 100_000 + b"\r\n\r\n", "no answer of HTTP"),
        (b"HTTP/1.1 403 PATHSECRET\x1b[31m\r\n\r\n", "403 Forbidden"),
        (b"HTTP/1.1 206 Partial\r\nContent-Length: 3\r\n\r\nabc", "206 Partial Content"),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", "304 Not Modified"),
        (b"HTTP/1.1 799 x\r\n\r\n", "answers 799"),
    ],
)
def test_answers_that_are_none(serve, tmp_path: Path, answer: bytes, message: str) -> None:
    server = serve(answer)
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(complaint(server.url + "/PATHSECRET?k=QUERYSECRET", tmp_path))


def drip(piece: bytes, first: bytes = b"", pause: float = 0.05) -> Callable[[str, Say], None]:
    def answer(_: str, say: Say) -> None:
        say(first)
        for _ in range(400):
            say(piece)
            time.sleep(pause)

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda _, say: time.sleep(2), "says nothing for 0.3 seconds"),
        (lambda _, say: (say(OK), time.sleep(2)), "says nothing for 0.3 seconds"),
        (lambda _, say: (say(OK + b"\r\nabc"), time.sleep(2)), "says nothing for 0.3 seconds"),
        (drip(b"x", OK + b"X: "), "takes too long"),
        (drip(b"X: y\r\n", OK, 0.02), "takes too long|no answer"),
        (drip(b"HTTP/1.1 100 Continue\r\n\r\n"), "takes too long"),
        (drip(b"x", OK + b"\r\n"), "takes too long"),
        (drip(b"1\r\nx\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"), "takes too long"),
        (drip(b"X: y\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"), "takes too long"),
    ],
)
def test_servers_that_hang_or_drip_are_left(serve, tmp_path: Path, answer, message: str) -> None:
    server = serve(answer)
    began = time.monotonic()
    found = complaint(server.url + "/f", tmp_path, timeout_seconds=0.3)
    assert time.monotonic() - began < 6, "a drip of one byte lasts for 8 seconds and more"
    with pytest.raises(AssertionError, match=message):
        raise AssertionError(found)


def endless(piece: bytes, first: bytes) -> Callable[[str, Say], None]:
    def answer(_: str, say: Say) -> None:
        say(first)
        for _ in range(4000):
            say(piece)

    return answer


@pytest.mark.parametrize(
    "answer",
    [
        endless(b"x" * 65536, OK + b"\r\n"),
        endless(b"10000\r\n" + b"x" * 65536 + b"\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n"),
        endless(b"x" * 65536, OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n"),
        endless(b"x" * 65536, OK + b"Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n"),
        endless(b"x" * 65536, OK + b"Content-Length: 99999999999999\r\n\r\n"),
        endless(gzip.compress(b"x" * 10**7), OK + b"Content-Encoding: gzip\r\n\r\n"),
        endless(gzip.compress(b"x" * 10**7), OK + b"\r\n"),
        endless(zstandard.compress(b"x" * 10**7), OK + b"Content-Encoding: zstd\r\n\r\n"),
        whole(zlib.compress(b"x" * 2 * 10**7), "Content-Encoding: deflate"),
        whole(gzip.compress(gzip.compress(b"x" * 10**8)), "Content-Encoding: gzip"),
        whole(gzip.compress(gzip.compress(b"x" * 10**8)), "Content-Encoding: gzip, gzip"),
    ],
)
def test_answers_without_end_and_bombs_stop_at_the_limit(serve, tmp_path: Path, answer) -> None:
    server = serve(answer)
    limit = SizeLimit("network", 2 * MB)
    assert "2 MB that are read" in complaint(server.url + "/f", tmp_path, limit=limit)
    assert not list(tmp_path.iterdir())


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    "answer",
    [
        whole(gzip.compress(FEED), "Content-Encoding: gzip"),
        whole(gzip.compress(FEED), "Content-Encoding: GZip"),
        whole(zlib.compress(FEED), "Content-Encoding: deflate"),
        whole(bare(FEED), "Content-Encoding: deflate"),
        whole(zstandard.compress(FEED), "Content-Encoding: zstd"),
        whole(gzip.compress(zlib.compress(FEED)), "Content-Encoding: deflate, gzip"),
        whole(gzip.compress(gzip.compress(FEED)), "Content-Encoding: gzip"),
        whole(gzip.compress(FEED), "Content-Type: application/gzip"),
        whole(FEED, "Content-Encoding: identity"),
        whole(FEED, "Content-Encoding: gzip"),
    ],
)
def test_packed_answers_are_unpacked(serve, tmp_path: Path, answer: bytes) -> None:
    assert get(serve(answer).url + "/f", tmp_path).data == FEED


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (whole(b"abc", "Content-Encoding: br"), "by br, though asked for gzip"),
        (whole(b"abc", "Content-Encoding: x\x1b[31m"), "by something unknown"),
        (whole(gzip.compress(FEED)[:-9], "Content-Encoding: gzip"), "ends too early"),
        (whole(b"\x78\x9cabc" * 9, "Content-Encoding: deflate"), "cannot be read (Error -3"),
        (whole(FEED, "Content-Encoding: gzip, gzip, gzip, gzip"), "4 times over"),
    ],
)
def test_packings_that_are_none(serve, tmp_path: Path, answer: bytes, message: str) -> None:
    assert message in complaint(serve(answer).url + "/f", tmp_path)


def test_a_document_packed_twice_is_told_as_that(serve, tmp_path: Path) -> None:
    twice = gzip.compress(gzip.compress(FEED))
    (tmp_path / "feed.xml.gz").write_bytes(twice)
    for reader in (
        RssAnnouncements(path=tmp_path / "feed.xml.gz"),
        RssAnnouncements(url=serve(whole(twice)).url + "/feed.xml.gz", cache=tmp_path / "cache"),
    ):
        with pytest.raises(DataError, match="packed more than once"):
            reader.read()


def test_a_server_that_asks_for_long_patience_is_not_asked_again(serve, tmp_path: Path) -> None:
    busy = b"HTTP/1.1 429 Too Many\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"
    server = serve(busy)
    assert "come back in 3,600 seconds" in complaint(server.url + "/f", tmp_path, retries=3)
    assert len(server.asked) == 1


@pytest.mark.parametrize("written", ["Thu, 01 Jan 1970 00:01:40 GMT", "7", "soon"])
def test_how_long_a_server_asks_to_wait(serve, tmp_path: Path, written: str) -> None:
    server = serve(f"HTTP/1.1 503 Busy\r\nRetry-After: {written}\r\nContent-Length: 0\r\n\r\n".encode())
    slept: list[float] = []
    complaint(server.url + "/f", tmp_path, retries=1, sleep=slept.append, now=lambda: 90.0)
    assert slept == [{"7": 7.0, "soon": 1.0}.get(written, 10.0)]


def test_proxies_of_the_environment_are_not_asked(serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, server = serve(whole(b"proxy")), serve(whole(FEED))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    assert get(server.url + "/f", tmp_path).data == FEED


def test_a_user_in_the_address_is_sent_as_such(serve, tmp_path: Path) -> None:
    server = serve(whole(FEED))
    get(server.url.replace("//", "//me:p%40ss@") + "/f", tmp_path)
    assert "Authorization: Basic bWU6cEBzcw==" in server.asked[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://u:USERSECRET@[::1/x",
        "http://u:USERSECRET@host:port/x",
        "http://u:USERSECRET@/x",
        "http://u:USERSECRET@ho\u2100st/PATHSECRET",
        "htp://u:USERSECRET@host/PATHSECRET",
        f"http://u:USERSECRET@{'a' * 70}.test/x",
        "http://u:USER/SECRET@host/x",
        "file:///PATHSECRET",
        "//u:USERSECRET@host/x",
        "http://u:USERSECRET@nowhere.invalid/PATHSECRET",
    ],
)
def test_an_address_that_is_none_tells_no_secret(tmp_path: Path, url: str) -> None:
    assert "USER/SECRET" not in complaint(url, tmp_path)


def test_what_may_be_shown_of_an_address() -> None:
    address = Address.of("HTTPS://me:x@Example.COM:8443/a b/PATHSECRET?k=v#f")
    assert (repr(address), address.target) == ("https://example.com:8443/...", "/a%20b/PATHSECRET?k=v")
    assert Address.of("https://example.com.:443").origin == Address.of("https://EXAMPLE.com/").origin
    assert Address.of("http://[::1]:80/x").shown == "http://[::1]/..."
    with pytest.raises(BadAddressError):
        Address.of("ftp://x")
    reader = RssAnnouncements(url="https://x.test/PATHSECRET", headers={"K": "HEADERSECRET"})
    assert "SECRET" not in repr(reader)


@pytest.mark.parametrize(
    "headers",
    [{"X\n": "a"}, {"": "a"}, {"X": "HEADERSECRET\r\nY: z"}, {"X": "HEADERSECRET中"}, {"Host": "a"}, {"X": 3}],
)
def test_headers_that_cannot_be_sent(headers: dict) -> None:
    with pytest.raises(ValueError) as caught:
        check_headers(headers)
    assert "HEADERSECRET" not in str(caught.value)


def test_a_copy_that_was_changed_is_none(serve, tmp_path: Path) -> None:
    server = serve(whole(FEED))
    found = get(server.url + "/f", tmp_path)
    assert get(server.url + "/f", tmp_path).data == FEED
    assert len(server.asked) == 1
    found.path.write_bytes(b"other")
    assert get(server.url + "/f", tmp_path).data == FEED
    assert len(server.asked) == 2
