"""RSS, Atom, Alpaca, GDELT and mapped files, from bytes to announcements."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbt.domain.entity import Instrument, Universe
from newsbt.errors import ConfigError, DataError
from newsbt.events.feeds.alpaca import parse_alpaca
from newsbt.events.feeds.gdelt import parse_gdelt
from newsbt.events.feeds.mapped import ColumnMap, load_map, parse_mapped
from newsbt.events.feeds.rss import parse_feed
from newsbt.events.from_feeds import AlpacaAnnouncements, MappedAnnouncements, RssAnnouncements

ALIBABA = Instrument(
    ticker="9988.HK",
    name="Alibaba Group",
    exchange="XHKG",
    board="main",
    currency="HKD",
    aliases=("Alibaba", "阿里巴巴"),
    company="Alibaba",
)
UNIVERSE = Universe(instruments=(ALIBABA,))


def rss(*items: str) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Wire &amp; Co</title>'
    return f"{head}{''.join(items)}</channel></rss>".encode()


def entry(title: str = "Alibaba releases Qwen3", date: str = "Thu, 06 Mar 2025 03:00:00 +0800", more: str = "") -> str:
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    return f"<item><title>{title}</title><link>https://x.test/{len(title)}</link>{dated}{more}</item>"


def test_an_rss_item_keeps_its_words_and_its_instant() -> None:
    summary = (
        "<description>&lt;p&gt;It &lt;b&gt;beats&lt;/b&gt; R1.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>"
    )
    (item,) = parse_feed(rss(entry(more=summary)), "feed").items
    assert item.headline == "Alibaba releases Qwen3"
    assert item.body == "It beats R1."
    assert item.source == "Wire & Co"
    assert item.published_at.isoformat() == "2025-03-06T03:00:00+08:00"
    assert item.origin == "feed:1"


def test_an_atom_item_is_known_at_its_revision() -> None:
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>urn:1</id>'
        b"<title>Alibaba opens Qwen3</title><published>2025-03-05T19:00:00Z</published>"
        b"<updated>2025-03-06T09:00:00Z</updated></entry></feed>"
    )
    (item,) = parse_feed(atom, "feed").items
    assert item.item_id == "urn:1"
    assert item.published_at == datetime(2025, 3, 5, 19, tzinfo=UTC)
    assert item.known_from == datetime(2025, 3, 6, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "code"),
    [
        ("", "missing_value"),
        ("Thu, 06 Mar 2025 03:00:00", "naive_time"),
        ("next Tuesday", "bad_time"),
        ("06 Mar 2025 03:00 CST", "bad_time"),
        ("2025-13-40T00:00:00Z", "bad_time"),
    ],
)
def test_a_date_that_is_unclear_is_refused_and_never_guessed(date: str, code: str) -> None:
    parsed = parse_feed(rss(entry(date=date), entry("A later one")), "feed")
    assert [problem.code for problem in parsed.refused] == [code]
    assert [item.headline for item in parsed.items] == ["A later one"]


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"<html><body>Not found</body></html>", b"\x00\x01\x02", b"<rss><channel>"]
)
def test_what_is_no_feed_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError, match="RSS or Atom"):
        parse_feed(data, "https://x.test/feed")


def test_an_empty_feed_is_no_error() -> None:
    assert parse_feed(rss(), "feed").items == ()


def test_a_feed_that_breaks_off_gives_what_came_whole() -> None:
    data = rss(entry(), entry("Alibaba opens QwQ-32B"))
    assert parse_feed(data[:-40], "feed").items[0].headline == "Alibaba releases Qwen3"


def test_control_characters_and_escape_sequences_do_not_survive(tmp_path: Path) -> None:
    file = tmp_path / "news.json"
    row = {"id": 1, "headline": "Alibaba\x1b[31m releases\u202e Qwen3\x07", "created_at": "2025-03-05T19:00:00Z"}
    file.write_text(json.dumps({"news": [row]}))
    (found,) = AlpacaAnnouncements(path=file).with_universe(UNIVERSE).read({"9988.HK"}).announcements
    assert found.headline == "Alibaba releases Qwen3"


def test_alpaca_keeps_symbols_and_revisions(tmp_path: Path) -> None:
    file = tmp_path / "news.json"
    first = {
        "id": 7,
        "headline": "Alibaba releases Qwen3 model",
        "created_at": "2025-03-05T19:00:00Z",
        "updated_at": "2025-03-05T19:00:02Z",
        "symbols": ["9988.HK", "NOPE"],
        "source": "benzinga",
    }
    second = {**first, "headline": "Alibaba releases Qwen3 model, corrected", "updated_at": "2025-03-06T02:00:00Z"}
    file.write_text(json.dumps({"news": [second, first], "next_page_token": None}))
    batch = AlpacaAnnouncements(path=file).with_universe(UNIVERSE).read({"9988.HK"})
    by_id = {item.event_id: item for item in batch.announcements}
    assert set(by_id) == {"benzinga-7", "benzinga-7.v2"}
    assert by_id["benzinga-7"].known_at() == datetime(2025, 3, 5, 19, 0, 2, tzinfo=UTC)
    assert by_id["benzinga-7.v2"].known_at() == datetime(2025, 3, 6, 2, tzinfo=UTC)
    assert by_id["benzinga-7"].tickers == ("9988.HK",)
    assert by_id["benzinga-7"].attributes["symbols"] == "9988.HK;NOPE"
    assert by_id["benzinga-7.v2"].attributes["updated_at"] == "2025-03-06T02:00:00+00:00"


def test_the_same_words_again_are_no_revision() -> None:
    row = {"id": 7, "headline": "Alibaba releases Qwen3", "created_at": "2025-03-05T19:00:00Z"}
    data = json.dumps([row, {**row, "updated_at": "2025-03-07T00:00:00Z"}]).encode()
    assert len(parse_alpaca(data, "x").items) == 2
    from newsbt.events.feeds.versions import versioned

    kept, problems = versioned(parse_alpaca(data, "x").items)
    assert [item.event_id for item in kept] == ["alpaca-7"]
    assert not problems


def test_other_words_at_the_same_instant_have_no_order() -> None:
    from newsbt.events.feeds.versions import versioned

    row = {"id": 7, "headline": "Alibaba releases Qwen3", "created_at": "2025-03-05T19:00:00Z"}
    data = json.dumps([row, {**row, "headline": "Alibaba denies"}]).encode()
    kept, problems = versioned(parse_alpaca(data, "x").items)
    assert len(kept) == 1
    assert problems[0].code == "duplicate_event_id"


@pytest.mark.parametrize("data", [b"", b"not json", b'{"news": 3}', b"[" * 100_000, b'{"a": 1}'])
def test_what_is_no_alpaca_document_is_an_error(data: bytes) -> None:
    with pytest.raises(DataError):
        parse_alpaca(data, "x")


def test_gdelt_articles_are_known_when_gdelt_saw_them() -> None:
    rows = {
        "articles": [
            {
                "url": "https://a.test/1",
                "title": "Alibaba ' s Qwen , explained",
                "seendate": "20250306T081500Z",
                "domain": "a.test",
            },
            {"url": "u", "title": "x", "seendate": "20251306T081500Z"},
        ]
    }
    parsed = parse_gdelt(json.dumps(rows).encode(), "x")
    (item,) = parsed.items
    assert item.headline == "Alibaba's Qwen, explained"
    assert item.known_from == datetime(2025, 3, 6, 8, 15, tzinfo=UTC)
    assert parsed.refused[0].code == "bad_time"


def test_a_gdelt_graph_line_has_its_title_inside() -> None:
    cells = [""] * 27
    cells[1], cells[3], cells[4], cells[15] = "20250306081500", "a.test", "https://a.test/1", "-2.5,1,3"
    cells[26] = "<PAGE_TITLE>Alibaba releases Qwen3 &amp; more</PAGE_TITLE>"
    parsed = parse_gdelt(("\t".join(cells) + "\nshort\tline\n").encode(), "x")
    assert parsed.items[0].headline == "Alibaba releases Qwen3 & more"
    assert parsed.items[0].attributes == {"gdelt_tone": "-2.5"}
    assert parsed.refused[0].line is None
    assert "27" in parsed.refused[0].message


MAP = ColumnMap(
    columns={
        "headline": "title",
        "published_at": "time",
        "item_id": "ref",
        "tickers": "codes",
        "event_type": "kind",
        "issuer": "who",
        "sentiment": "mood",
    },
    time_format="%Y-%m-%d %H:%M",
    zone="Asia/Shanghai",
    separator=",",
)


def test_a_mapped_csv_reads_zone_format_lists_and_what_it_says_itself() -> None:
    head = "title,time,ref,codes,kind,who,mood,desk\n"
    data = f'{head}新模型,2025-03-06 03:00,a1,"9988.HK,BABA",model_release,Alibaba,0.5,x\n'
    (item,) = parse_mapped(data.encode("utf-8-sig"), "f", MAP).items
    assert item.published_at.astimezone(UTC) == datetime(2025, 3, 5, 19, tzinfo=UTC)
    assert item.tickers == ("9988.HK", "BABA")
    assert item.fields == {"event_type": "model_release", "issuer": "Alibaba", "sentiment": 0.5}
    assert item.attributes == {"desk": "x"}


def test_a_mapped_json_is_found_by_its_path() -> None:
    document = {"data": {"items": [{"t": {"en": "Alibaba releases Qwen3"}, "at": 1741201200}]}}
    columns = ColumnMap(columns={"headline": "t.en", "published_at": "at"}, records="data.items", time_format="epoch_s")
    (item,) = parse_mapped(json.dumps(document).encode(), "f", columns).items
    assert item.headline == "Alibaba releases Qwen3"
    assert item.published_at == datetime(2025, 3, 5, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x,yesterday,a,,,,", "bad_time"),
        ("x,,a,,,,", "missing_value"),
        ("x,2025-03-06 03:00,a,,,,7", "bad_value"),
        ("x,2025-03-06 03:00,a,,,,high", "bad_value"),
    ],
)
def test_a_mapped_row_that_cannot_be_used_says_where(row: str, code: str) -> None:
    data = f"title,time,ref,codes,kind,who,mood\n{row}\n"
    (problem,) = parse_mapped(data.encode(), "f.csv", MAP).refused
    assert (problem.code, problem.file, problem.line) == (code, "f.csv", 2)


def test_a_mapped_time_without_a_zone_is_refused() -> None:
    columns = ColumnMap(columns={"headline": "h", "published_at": "t"}, time_format="%Y-%m-%d %H:%M")
    assert parse_mapped(b"h,t\nx,2025-03-06 03:00\n", "f", columns).refused[0].code == "naive_time"


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(DataError, match="did you mean 'title'"):
        parse_mapped(b"titel,title,time\n", "f", ColumnMap(columns={"headline": "titl", "published_at": "time"}))


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("columns: {headline: a}", "published_at"),
        ("colums: {}", "did you mean 'columns'"),
        ("[1]", "expected a mapping"),
        ("columns: {headlin: a, published_at: b}", "did you mean 'headline'"),
        ("columns: [", "map.yaml:2: not valid YAML"),
        (
            "columns: {headline: a, published_at: b}\n\ncolumns: {}",
            "map.yaml:3: the key 'columns' is already on line 1",
        ),
        ("columns:\n  headline: a\n  published_at: 2025-01-01", r"map.yaml:3: columns.published_at: expected the name"),
        ("columns: {headline: a, published_at: b}\nzone: 2025-01-31", "map.yaml:2: zone: expected text"),
        ("columns: {headline: a, published_at: b}\n2025-02-30: x", "map.yaml:2: unknown key '2025-02-30'"),
        ("? [columns]\n: x", "map.yaml:1: a key must be a word or text"),
        ("columns: !!python/object/apply:os.system [ls]", "map.yaml:1: the tag"),
        ("a: &a [" + "x," * 999 + "]\nb: &b [" + "*a," * 999 + "]", "map.yaml:2: unfolds into more than 100000"),
        ("x: " + "[" * 50_000, "nested deeper than 50 levels"),
        ("columns: {headline: a, published_at: b}\ndelimiter: ';;'", "delimiter is one character"),
        ("columns: {headline: a, published_at: b}\nseparator: ''", "separator is text"),
        ("columns: {headline: a, published_at: b}\nzone: Nowhere/City", "zone"),
    ],
)
def test_a_bad_map_is_a_config_error(tmp_path: Path, text: str, match: str) -> None:
    file = tmp_path / "map.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=match):
        load_map(file)


def test_a_reader_of_mapped_files_needs_no_extraction_where_the_file_says_all(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        "columns: {headline: h, published_at: t, event_type: k, issuer: i, item_id: id}\n", encoding="utf-8"
    )
    (tmp_path / "news.csv").write_text("id,h,t,k,i\na,What it is,2025-03-06T03:00+08:00,upgrade,Alibaba\n")
    (found,) = MappedAnnouncements(path=tmp_path / "news.csv", map=tmp_path / "map.yaml").read().announcements
    assert (found.event_id, found.event_type, found.issuer) == ("a", "upgrade", "Alibaba")


@pytest.mark.parametrize("text", ['h,"t', 'h,t\n"a,b'])
def test_a_quote_that_never_ends_is_no_csv(tmp_path: Path, text: str) -> None:
    (tmp_path / "news.csv").write_text(text)
    with pytest.raises(DataError, match="the file is no CSV"):
        MappedAnnouncements(path=tmp_path / "news.csv", map={"columns": {"headline": "h", "published_at": "t"}}).read()


def test_what_announces_nothing_is_left_out_or_kept_as_news(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(entry(), entry("Alibaba denies it will release Qwen9"), entry("Weather is fine")))
    reader = RssAnnouncements(path=file)
    batch = reader.with_universe(UNIVERSE).read({"9988.HK"})
    assert [item.headline for item in batch.announcements] == ["Alibaba releases Qwen3"]
    assert (batch.rows_read, dict(batch.bad_rows)) == (3, {})
    every = RssAnnouncements(path=file, keep="all").with_universe(UNIVERSE).read({"9988.HK"})
    assert [item.event_type for item in every.announcements] == ["model_release", "news", "news"]


def test_bad_items_stop_the_run_or_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss(entry(), entry("No date", ""), entry("Naive", "Thu, 06 Mar 2025 03:00:00")))
    with pytest.raises(DataError, match="no date of publication"):
        RssAnnouncements(path=file).read()
    batch = RssAnnouncements(path=file, on_bad_row="skip").read()
    assert dict(batch.bad_rows) == {"naive_time": 1, "missing_value": 1}


def test_an_item_of_many_megabytes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "news.json"
    row = {
        "id": 1,
        "headline": "Alibaba releases Qwen3",
        "created_at": "2025-03-05T19:00:00Z",
        "content": "x" * 10_000_001,
    }
    file.write_text(json.dumps([row]))
    batch = AlpacaAnnouncements(path=file, on_bad_row="skip").read()
    assert dict(batch.bad_rows) == {"bad_value": 1}
    assert batch.announcements == ()


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, "path or a url"),
        ({"path": "a", "url": "http://x"}, "path or a url"),
        ({"url": "file:///etc/passwd"}, "http"),
        ({"path": "a", "keep": "some"}, "keep"),
        ({"path": "a", "max_age": "soon"}, "max_age"),
        ({"path": "a", "timeout": 0}, "timeout"),
    ],
)
def test_parameters_are_checked_when_built(given: dict, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        RssAnnouncements(**given)


INLINE = {
    "columns": {"headline": "what", "published_at": "when", "tickers": "codes"},
    "time_format": "%m/%d/%Y %I:%M %p",
}


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_a_map_in_the_config_reads_tables_of_every_separator_and_encoding(
    tmp_path: Path, separator: str, encoding: str
) -> None:
    lines = [["when", "what", "codes"], ["3/6/2025 1:30 AM", "腾讯发布新模型", "700"]]
    (tmp_path / "news.csv").write_bytes("\n".join(separator.join(line) for line in lines).encode(encoding))
    reader = MappedAnnouncements(path=tmp_path / "news.csv", map=INLINE, keep="all", zone="Asia/Hong_Kong")
    (item,) = reader.read().announcements
    assert (item.published_at.isoformat(), item.headline) == ("2025-03-06T01:30:00+08:00", "腾讯发布新模型")


def test_the_zone_of_a_map_goes_before_the_readers(tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_text("when,what,codes\n3/6/2025 1:30 AM,x,700\n")
    mapped = {**INLINE, "zone": "America/New_York"}
    reader = MappedAnnouncements(path=tmp_path / "news.csv", map=mapped, keep="all", zone="Asia/Hong_Kong")
    assert reader.read().announcements[0].published_at.isoformat() == "2025-03-06T01:30:00-05:00"


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        ({"zon": "UTC"}, "map.zon", "did you mean 'zone'"),
        ({"columns": 3}, "map.columns", "expected a mapping"),
        ({"columns": {"headline": "a", "published_at": 4}}, "map.columns.published_at", "the name of a column"),
        ({"columns": {"headline": "a"}}, "map", "says nothing of published_at"),
        ({"time_format": "x"}, "map", "time_format"),
    ],
)
def test_a_bad_map_in_the_config_is_told_by_its_key(change: dict[str, object], key: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        MappedAnnouncements(path="news.csv", map={**INLINE, **change})  # type: ignore[dict-item]
    assert caught.value.problems[0].key == key
