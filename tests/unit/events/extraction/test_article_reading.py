"""From bytes to items: formats, times, and what is refused, never guessed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from newsbt.errors import ConfigError, DataError
from newsbt.events.extraction.article_reading import parse_item, read_item
from newsbt.events.extraction.extract import Extractor, extract, extract_files
from newsbt.events.extraction.extraction_result import Extraction, Rejection
from newsbt.events.extraction.headlines import classify_headlines
from newsbt.events.extraction.news_item import NewsItem, RefusedItem, clean
from newsbt.events.extraction.plain_text import parse_text
from newsbt.events.extraction.published import Stated, instant, named_zone, parse_time, unused
from paces import is_linear

TEXT = "Alibaba unveils Qwen3\n\nPublished: 2025-04-29T05:00:00+08:00\nDateline: HANGZHOU\n\nIt is out.\n"


def code_of(text: str) -> str:
    with pytest.raises(RefusedItem) as caught:
        parse_item(text)
    assert caught.value.exit_code == 2
    return caught.value.problem.code


def test_the_parts_of_a_text() -> None:
    item = parse_text(TEXT)
    assert item.headline.text == "Alibaba unveils Qwen3"
    assert item.body.text == "It is out."
    assert item.dateline is not None
    assert item.dateline.text == "HANGZHOU"
    assert item.published.text == "2025-04-29T05:00:00+08:00"
    for span in (item.headline, item.body, item.published, item.dateline):
        assert item.text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    ("written", "expected", "precision"),
    [
        ("2025-03-06T16:45:00+08:00", "2025-03-06T16:45:00+08:00", "minute"),
        ("2025-03-06 08:45:00Z", "2025-03-06T08:45:00+00:00", "minute"),
        ("Thu, 06 Mar 2025 08:45:00 GMT", "2025-03-06T08:45:00+00:00", "minute"),
        ("March 6, 2025, 4:45 p.m. ET", "2025-03-06T16:45:00-05:00", "minute"),
        ("March 6, 2025, 12:30 p.m. ET", "2025-03-06T12:30:00-05:00", "minute"),
        ("March 6, 2025, 12:05 a.m. ET", "2025-03-06T00:05:00-05:00", "minute"),
        ("6 March 2025 16:45 HKT", "2025-03-06T16:45:00+08:00", "minute"),
        ("2025年3月6日 16:45（北京时间）", "2025-03-06T16:45:00+08:00", "minute"),
        ("2025/3/6 16:45 UTC+8", "2025-03-06T16:45:00+08:00", "minute"),
    ],
)
def test_times_that_are_clear(written: str, expected: str, precision: str) -> None:
    stated = parse_time(written)
    assert (stated.at.isoformat(), stated.precision) == (expected, precision)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("2025-03-06T16:45:00", "naive_time"),
        ("2025-03-06", "naive_time"),
        ("March 6, 2025", "naive_time"),
        ("6 Mar 2025 16:45 CST", "bad_time"),
        ("2025-02-30T10:00:00Z", "bad_time"),
        ("13:99 2025-03-06", "bad_time"),
        ("yesterday", "bad_time"),
        ("1066-10-14T09:00:00Z", "bad_time"),
        ("March 6, 2025 13:00 pm ET", "bad_time"),
    ],
)
def test_times_that_are_refused(written: str, code: str) -> None:
    assert code_of(f"Alibaba unveils Qwen3\n\nPublished: {written}\n\nText.") == code


def test_a_zone_takes_times_without_offset_and_a_day_ends_at_midnight() -> None:
    item = parse_text("Headline\n\nPublished: 2025-03-06\n\nText.", zone=ZoneInfo("Asia/Shanghai"))
    assert item.time_precision == "day"
    assert item.published_at.isoformat() == "2025-03-06T00:00:00+08:00"
    assert item.received_at.isoformat() == "2025-03-07T00:00:00+08:00"
    stated = parse_text("Headline\n\nPublished: 2025-03-06T16:45:00-05:00\n\nText.", zone=ZoneInfo("Asia/Shanghai"))
    assert stated.published_at.isoformat() == "2025-03-06T16:45:00-05:00"
    assert named_zone("+08:00") is not None
    with pytest.raises(ConfigError, match="Mars/Olympus"):
        named_zone("Mars/Olympus")
    with pytest.raises(ConfigError, match=r"not 'europe-berlin'; did you mean 'Europe/Berlin'\?"):
        named_zone("europe-berlin")


def test_without_a_date_and_with_two_dates() -> None:
    assert code_of("Alibaba unveils Qwen3\n\nThe model is out.") == "missing_value"
    two = "Headline\n\nPublished: 2025-03-06T16:45:00+08:00\nDate: 2025-03-07T16:45:00+08:00\n\nText."
    assert code_of(two) == "bad_time"
    assert code_of(two.replace("07T16:45", "06T16:46")) == "bad_time"
    same = "Headline\n\nPublished: 2025-03-06T16:45:00+08:00\nDate: 2025-03-06T08:45:00Z\n\nText."
    assert parse_text(same).published_at == datetime(2025, 3, 6, 8, 45, tzinfo=UTC)


def item_of(head: str, published: Stated | None = None, zone: str | None = None) -> NewsItem:
    return parse_text(f"Alibaba unveils Qwen3\n{head}\n\nIt is out.", zone=named_zone(zone), published=published)


@pytest.mark.parametrize(
    "head",
    [
        "Mar 6, 2025, 4:45 PM HKT",
        "By Jane Doe\nReporter\nMar 6, 2025, 4:45 PM HKT",
        "Published 4:45 PM HKT, Thu March 6, 2025",
        "2025年3月6日 16:45 北京时间",
        "Published: Mar 6, 2025, 4:45 PM HKT",
        "Published: Mar 6, 2025, 4:45 PM HKT\nMarch 7, 2025",
        "Updated: Mar 6, 2025, 4:45 PM HKT",
        "更新时间：2025年3月6日 16:45 北京时间",
    ],
)
def test_where_a_text_says_when_it_was_published(head: str) -> None:
    """16:45 in Hong Kong is 08:45 in UTC. A line that is nothing but a time counts where no line is marked as one."""
    item = item_of(head)
    assert item.published_at.astimezone(UTC) == datetime(2025, 3, 6, 8, 45, tzinfo=UTC)
    assert item.published is not None
    assert item.text[item.published.start : item.published.end] == item.published.text
    assert item.headline.text == "Alibaba unveils Qwen3"
    assert item.body.text.endswith("It is out.")
    assert "Jane" not in item.body.text


def test_a_time_far_from_the_headline_is_not_when_the_text_was_published() -> None:
    far = "A first sentence of the body.\n\nA second.\n\nA third.\n\nA fourth.\n\nMar 6, 2025, 4:45 PM HKT"
    assert code_of(f"Alibaba unveils Qwen3\n\n{far}") == "missing_value"


def test_a_text_is_known_from_its_update_on() -> None:
    """Published at 04:45 in New York (09:45Z), updated at 06:00 there (11:00Z): what it says may be of 11:00Z."""
    for head in (
        "Published 4:45 AM EST, Thu March 6, 2025 | Updated 6:00 AM EST, Thu March 6, 2025",
        "Published: 2025-03-06T09:45Z\nUpdated: 2025-03-06T11:00Z",
    ):
        item = item_of(head)
        assert item.published_at == datetime(2025, 3, 6, 9, 45, tzinfo=UTC)
        assert item.received_at == datetime(2025, 3, 6, 11, tzinfo=UTC)
    with pytest.raises(RefusedItem, match=r"3: expected a time such as .* got '2 hours ago'"):
        item_of("Published: 2025-03-06T09:45Z\nUpdated: 2 hours ago")


AT = instant("2025-03-06T16:45+08:00", "--published")


def test_an_instant_that_is_given_dates_a_text_that_has_none() -> None:
    item = item_of("By Jane Doe", AT)
    assert (item.published_at, item.time_precision, item.published) == (AT.at, "minute", None)
    extracted = extract(item)
    assert "published_at" not in extracted.evidence
    assert extracted.received_at == AT.at
    assert parse_item('{"headline": "Alibaba unveils Qwen3"}', published=AT).published_at == AT.at


@pytest.mark.parametrize(
    "head",
    [
        "Published: 2025-03-06 16:45",
        "Published: 2025-03-06",
        "Mar 6, 2025, 4:45 PM CST",
        "Published: 2025-03-06T16:00:00+08:00",
    ],
)
def test_what_a_given_instant_settles(head: str) -> None:
    """A clock without a zone, a day, a zone of several: the instant that is given reads the same, and is meant.

    The last text says 16:00 with its offset, which is no other's to change.
    """
    expected = datetime(2025, 3, 6, 8, 0 if "16:00" in head else 45, tzinfo=UTC)
    assert item_of(head, AT).published_at == expected
    assert bool(unused(AT, expected)) == ("16:00" in head)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("Published: 2025-03-06 17:00", "no offset, .*'2025-03-06T16:45\\+08:00' reads another time of day"),
        ("Mar 6, 2025, 5:45 PM CST", "'CST' is the time of China"),
    ],
)
def test_what_a_given_instant_does_not_settle(head: str, message: str) -> None:
    with pytest.raises(RefusedItem, match=message):
        item_of(head, AT)


def test_an_instant_on_the_command_line_has_an_offset() -> None:
    assert instant("Mar 6, 2025, 4:45 PM HKT", "--published").at == AT.at
    with pytest.raises(
        ConfigError, match=r"--published: '2025-03-06T16:45' has no offset.*2025-03-06T16:45:00\+08:00$"
    ):
        instant("2025-03-06T16:45", "--published")
    with pytest.raises(ConfigError, match="--published: expected a time"):
        instant("tomorrow", "--published")


def test_control_characters_and_escape_sequences_go() -> None:
    item = parse_text(
        "\x1b]0;title\x07Ali\x1b[31mbaba\x00 unveils\u202e Qwen3\r\n\r\n"
        "Published: 2025-04-29T05:00:00+08:00\r\n\r\nIt\x07 is."
    )
    assert item.headline.text == "Alibaba unveils Qwen3"
    assert item.body.text == "It is."
    assert clean("a\u2028b") == "a\nb"


def test_json_items() -> None:
    item = parse_item(
        '{"title": "Alibaba unveils Qwen3", "published_at": "2025-04-29T05:00:00+08:00", "id": "x", "body": "Text"}'
    )
    assert (item.item_id, item.headline.text, item.body.text) == ("x", "Alibaba unveils Qwen3", "Text")
    assert item.text[item.published.start : item.published.end] == item.published.text
    assert (
        code_of('{"title": "a", "published_at": "2025-04-29T05:00:00+08:00", "date": "2025-04-30T05:00:00+08:00"}')
        == "bad_time"
    )
    assert code_of('{"title": "a"}') == "missing_value"
    assert code_of('{"title": 7, "published_at": "2025-04-29T05:00:00+08:00"}') == "bad_value"
    assert code_of("{nonsense") == "bad_value"
    assert code_of('{"a":' * 3000) == "bad_value"


def test_receipt_is_never_before_publication() -> None:
    item = parse_item(
        '{"title": "a", "published_at": "2025-04-29T05:00:00+08:00", "received_at": "2025-04-28T05:00:00+08:00"}'
    )
    assert item.received_at == item.published_at


def test_items_from_parts() -> None:
    at = datetime(2025, 4, 29, 5, tzinfo=UTC)
    item = NewsItem.of(" Alibaba\nunveils Qwen3 ", "Body", published_at=at, dateline="HANGZHOU")
    assert item.headline.text == "Alibaba unveils Qwen3"
    for span in (item.headline, item.body, item.published, item.dateline):
        assert span is not None
        assert item.text[span.start : span.end] == span.text
    with pytest.raises(RefusedItem, match="no offset"):
        NewsItem.of("a", published_at=datetime(2025, 4, 29))  # noqa: DTZ001
    assert NewsItem.of(" \x00", published_at=at).headline.text == ""
    with pytest.raises(RefusedItem, match="no headline"):
        Extractor().extract(NewsItem.of(" \x00", published_at=at))


PAGE = """<!doctype html><html><head><title>Site</title>
<meta property="og:title" content="Alibaba unveils Qwen3">{meta}</head>
<body><article><h1>Alibaba unveils Qwen3</h1>
<p>Alibaba released Qwen3 on Tuesday, a family of open models that it says match DeepSeek-R1 in many tests.</p>
<p>The weights are on the usual hubs, and the company's cloud offers them at once to all of its customers.</p>
</article><script>var x = 1;</script></body></html>"""


def test_html_pages() -> None:
    pytest.importorskip("trafilatura", reason="HTML pages need the extra `news`")
    meta = '<meta property="article:published_time" content="2025-04-29T05:00:00+08:00">'
    item = parse_item(PAGE.format(meta=meta))
    assert item.headline.text == "Alibaba unveils Qwen3"
    assert "DeepSeek-R1" in item.body.text
    assert item.published_at.isoformat() == "2025-04-29T05:00:00+08:00"
    ld = '<script type="application/ld+json">{"@graph": [{"datePublished": "2025-04-30T05:00:00+08:00"}]}</script>'
    assert code_of(PAGE.format(meta=meta + ld)) == "bad_time"
    assert code_of(PAGE.format(meta="")) == "missing_value"
    modified = '<meta property="article:modified_time" content="2025-05-01T05:00:00+08:00">'
    assert parse_item(PAGE.format(meta=meta + modified)).published_at == item.published_at


def test_a_page_of_scripts_is_refused() -> None:
    pytest.importorskip("trafilatura", reason="HTML pages need the extra `news`")
    scripts = (
        "<html><head><title>App</title></head><body><div id=root></div><script>render({a: 1})</script></body></html>"
    )
    assert code_of(scripts) == "empty_file"


def test_files_that_cannot_be_used_are_rejections_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "b.txt").write_bytes("阿里巴巴发布Qwen3\n\nPublished: 2025-04-29T05:00:00+08:00\n".encode("gbk"))
    (tmp_path / "c.txt").write_text("No date here\n\nText", encoding="utf-8")
    (tmp_path / "d.txt").write_bytes(TEXT.encode() + "中".encode() + "中".encode("gbk"))
    with (tmp_path / "e.txt").open("wb") as stream:
        stream.truncate(100 * 2**20)
    (tmp_path / "f.txt").write_text("", encoding="utf-8")
    (tmp_path / "g.json").write_text("{}", encoding="utf-8")
    (tmp_path / "ignored.csv").write_text("x", encoding="utf-8")
    answers = extract_files([tmp_path])
    codes = [one.problem.code if isinstance(one, Rejection) else one.issuer for one in answers]
    assert codes == ["Alibaba", "not_utf8", "missing_value", "not_utf8", "too_large", "missing_value", "missing_value"]
    large = answers[4]
    assert isinstance(large, Rejection)
    assert "more than the 10 MB that are read of one article; max_mb (--max-mb)" in large.problem.message
    assert large.problem.file == str(tmp_path / "e.txt")
    mixed = answers[3]
    assert isinstance(mixed, Rejection)
    assert (mixed.problem.line, "UTF-8" in mixed.problem.message) == (7, True)


def test_a_description_beside_an_article_is_no_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "a.json").write_text("{}", encoding="utf-8")
    answers = extract_files([tmp_path])
    assert [type(one) for one in answers] == [Extraction]


def test_paths_that_do_not_exist_and_folders_without_articles(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        extract_files([tmp_path / "missing.txt"])
    with pytest.raises(DataError, match="no article"):
        extract_files([tmp_path])


def test_utf16_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-16")
    with pytest.raises(RefusedItem, match="UTF-16"):
        read_item(path)


def test_a_text_without_a_headline_of_its_own_is_refused_and_a_long_one_takes_no_time() -> None:
    assert code_of("Alibaba launches " * 500 + "\n\nPublished: 2025-04-29T05:00:00+08:00\n") == "bad_value"
    head = "Alibaba unveils Qwen3\n\nPublished: 2025-04-29T05:00:00+08:00\n\n"
    issuers: set[str] = set()
    assert is_linear(
        lambda size: issuers.add(extract(head + "阿里 launches Qwen3 and R1 beats o1 " * size).issuer), 2_000
    )
    assert issuers == {"Alibaba"}
    with pytest.raises(RefusedItem, match="split it"):
        extract(head + "x" * 10_500_000)


def test_markup_in_headlines_and_texts_is_no_word_of_them() -> None:
    marked = "<b>Alibaba</b> &amp; Apple unveil <i>Qwen9</i>"
    at = "2025-04-29T05:00:00+08:00"
    of_text = parse_text(f"<p>{marked}</p>\nPublished: {at}\n\n<div>It is <a href='x'>out</a>.</div>")
    of_json = parse_item(json.dumps({"headline": marked, "published_at": at, "body": "<p>It is <b>out</b>.</p>"}))
    for item in (of_text, of_json):
        assert (item.headline.text, item.body.text) == ("Alibaba & Apple unveil Qwen9", "It is out.")
    rows = [("x", of_text.published_at, marked), ("y", of_text.published_at, "Margins <5% & falling")]
    (batch,) = classify_headlines(rows, Extractor())
    assert batch.column("headline").to_pylist() == ["Alibaba & Apple unveil Qwen9", "Margins <5% & falling"]
