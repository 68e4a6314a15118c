"""The network reader against a server on the loopback address: patience, limits, copies."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from loopback import LoopbackServer, QuietHandler
from newsbt.domain.read_files import recording
from newsbt.domain.size_limits import SizeLimit
from newsbt.errors import DataError
from newsbt.events.from_feeds import AlpacaAnnouncements, RssAnnouncements
from newsbt.net.fetching import Fetcher

FEED = (
    b'<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title><item><title>Alibaba releases Qwen3</title>'
    b"<link>https://x.test/1</link><pubDate>Thu, 06 Mar 2025 03:00:00 +0800</pubDate></item></channel></rss>"
)


class Server(LoopbackServer):
    """Answers by path: a list of (status, headers, body), one for each request, the last one for all that follow."""

    def __init__(self) -> None:
        self.answers: dict[str, list[tuple[int, dict[str, str], bytes]]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.delay = 0.0
        outer = self

        class Handler(QuietHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                time.sleep(outer.delay)
                listed = outer.answers.get(self.path, [(404, {}, b"")])
                status, headers, body = listed.pop(0) if len(listed) > 1 else listed[0]
                etag = headers.get("ETag")
                if etag is not None and self.headers.get("If-None-Match") == etag:
                    status, body = 304, b""
                self.send(status, headers, body)

        super().__init__(Handler)


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


class Clock:
    def __init__(self) -> None:
        self.at = 1_700_000_000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds

    def now(self) -> float:
        return self.at


def fetcher(cache: Path, clock: Clock, **changes: object) -> Fetcher:
    return Fetcher(cache=cache, sleep=clock.sleep, now=clock.now, **{"timeout_seconds": 5.0, **changes})


def test_a_copy_is_used_while_it_is_young_and_asked_about_later(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.answers["/f"] = [(200, {"ETag": '"1"'}, b"one"), (200, {"ETag": '"1"'}, b"one"), (200, {}, b"two")]
    get = fetcher(tmp_path, clock, max_age_seconds=60.0).get
    assert get(server.url + "/f").data == b"one"
    assert get(server.url + "/f").data == b"one"
    assert len(server.asked) == 1
    clock.at += 61
    assert get(server.url + "/f").data == b"one"
    assert server.asked[1][1]["If-None-Match"] == '"1"'
    assert get(server.url + "/f").data == b"one"
    assert len(server.asked) == 2
    clock.at += 61
    assert get(server.url + "/f").data == b"two"


def test_what_is_recorded_is_the_document_and_not_what_is_known_of_its_copy(server: Server, tmp_path: Path) -> None:
    """From the network, from a young copy, and over an old one: runs of the same bytes are the same trial."""
    clock = Clock()
    server.answers["/f"] = [(200, {}, b"one"), (200, {}, b"two")]
    get = fetcher(tmp_path, clock, max_age_seconds=60.0).get
    records = []
    for later in (0, 1, 61):
        clock.at += later
        with recording() as seen:
            body = get(server.url + "/f").path
        records.append(seen)
    one, two = (hashlib.sha256(data).hexdigest() for data in (b"one", b"two"))
    assert records == [{body: one}, {body: one}, {body: two}]


def test_failures_are_tried_again_with_growing_pauses(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.answers["/f"] = [(503, {}, b""), (500, {}, b""), (429, {"Retry-After": "7"}, b""), (200, {}, b"there")]
    assert fetcher(tmp_path, clock).get(server.url + "/f").data == b"there"
    assert clock.slept == [1.0, 2.0, 7.0]


def test_an_answer_that_breaks_off_is_no_answer(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.answers["/f"] = [(200, {"Content-Length": "100"}, b"half"), (200, {}, b"whole")]
    assert fetcher(tmp_path, clock, timeout_seconds=0.5).get(server.url + "/f").data == b"whole"


def test_a_refusal_is_final(server: Server, tmp_path: Path) -> None:
    clock = Clock()
    server.answers["/f?key=secret"] = [(403, {}, b"")]
    with pytest.raises(DataError, match="403"):
        fetcher(tmp_path, clock).get(server.url + "/f?key=secret")
    assert len(server.asked) == 1


def test_a_key_in_the_address_is_never_told(server: Server, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        fetcher(tmp_path, Clock()).get(server.url + "/f?key=secret")
    assert "secret" not in str(caught.value)
    assert "secret" not in "".join(str(problem) for problem in caught.value.problems)
    server.answers["/f?key=secret"] = [(200, {}, b"x")]
    fetcher(tmp_path, Clock()).get(server.url + "/f?key=secret", {"Token": "secret"})
    assert not any("secret" in path.read_text() + path.name for path in tmp_path.iterdir())


def test_a_slow_server_is_not_waited_for(server: Server, tmp_path: Path) -> None:
    server.delay = 1.0
    server.answers["/f"] = [(200, {}, b"late")]
    clock = Clock()
    with pytest.raises(DataError, match=r"2 attempts"):
        fetcher(tmp_path, clock, timeout_seconds=0.1, retries=1).get(server.url + "/f")


def test_an_old_copy_stands_in_when_the_network_fails(
    server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    server.answers["/f"] = [(200, {}, b"one"), (500, {}, b"")]
    get = fetcher(tmp_path, clock, retries=0).get
    get(server.url + "/f")
    clock.at += 10_000
    found = get(server.url + "/f")
    assert (found.data, found.stale) == (b"one", True)
    assert "copy" in caplog.text


def test_a_document_without_end_is_refused(server: Server, tmp_path: Path) -> None:
    server.answers["/f"] = [(200, {}, b"x" * 300_000)]
    with pytest.raises(DataError, match=r"more than the .* MB that are read"):
        fetcher(tmp_path, Clock(), limit=SizeLimit("network", 100_000)).get(server.url + "/f")


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://x.test/a", "no address"])
def test_only_http_is_fetched(tmp_path: Path, url: str) -> None:
    with pytest.raises(DataError, match="http"):
        fetcher(tmp_path, Clock()).get(url)


def test_a_damaged_copy_is_fetched_again(server: Server, tmp_path: Path) -> None:
    server.answers["/f"] = [(200, {}, b"one")]
    get = fetcher(tmp_path, Clock()).get
    found = get(server.url + "/f")
    found.path.with_suffix(".json").write_text("{")
    assert get(server.url + "/f").data == b"one"
    assert len(server.asked) == 2


def test_rss_from_its_address(server: Server, tmp_path: Path) -> None:
    server.answers["/feed"] = [(200, {}, FEED)]
    batch = RssAnnouncements(url=server.url + "/feed", cache=tmp_path).read()
    assert [item.headline for item in batch.announcements] == ["Alibaba releases Qwen3"]
    assert batch.files[0].parent == tmp_path


def test_alpaca_pages_are_followed_with_the_key(server: Server, tmp_path: Path) -> None:
    def page(number: int, token: str | None) -> bytes:
        row = {"id": number, "headline": f"Alibaba releases Qwen{number}", "created_at": f"2025-03-0{number}T19:00:00Z"}
        return json.dumps({"news": [row], "next_page_token": token}).encode()

    server.answers["/news?symbols=BABA"] = [(200, {}, page(3, "t=2"))]
    server.answers["/news?symbols=BABA&page_token=t%3D2"] = [(200, {}, page(4, None))]
    reader = AlpacaAnnouncements(
        url=server.url + "/news?symbols=BABA", cache=tmp_path, headers={"APCA-API-KEY-ID": "k"}, keep="all"
    )
    assert [item.event_id for item in reader.read().announcements] == ["alpaca-3", "alpaca-4"]
    assert all(headers["Apca-Api-Key-Id"] == "k" for _, headers in server.asked)


def test_pages_that_go_in_a_circle_or_have_no_end_are_left(server: Server, tmp_path: Path) -> None:
    row = {"id": 1, "headline": "Alibaba releases Qwen3", "created_at": "2025-03-05T19:00:00Z", "content": "x" * 60_000}
    for token, following in (("", "a"), ("a", "b"), ("b", "a")):
        document = {"news": [row], "next_page_token": following}
        server.answers["/n" + (f"?page_token={token}" if token else "")] = [(200, {}, json.dumps(document).encode())]
    with pytest.raises(DataError, match="circle"):
        AlpacaAnnouncements(url=server.url + "/n", cache=tmp_path).read()
    assert len(server.asked) == 3
    with pytest.raises(DataError, match=r"all pages .* 0.1 MB"):
        AlpacaAnnouncements(url=server.url + "/n", cache=tmp_path, max_mb=0.1).read()
