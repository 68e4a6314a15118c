"""Feeds that nobody means well: repeated marks, bombs, entities, files' names; inert, linear, and told."""

from __future__ import annotations

import html
import os
from contextlib import suppress
from pathlib import Path

import pytest

from newsbt.errors import DataError
from newsbt.events.extraction.markup import plain_text
from newsbt.events.feeds.gdelt import parse_gdelt
from newsbt.events.feeds.rss import parse_feed
from paces import is_linear

HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>'
DATE = "<pubDate>Thu, 06 Mar 2025 03:00:00 +0800</pubDate>"
GOOD = f"<item><title>The other item</title>{DATE}</item>"

UNITS = [
    "<!--", "<![CDATA[", "<!", "<a ", "&#", "<b>", "<b></b>", "<?", "</", "<b x='", '<a href="', "&", "&#x", "<",
    "<script>", "<svg>", "<!DOCTYPE ", "<!ENTITY a 'b'>", "</item>", "<item/>", "<pubDate>", "<title>x</title>",
    "<script></script>", '<a b="">', "]]>", "-->", "\n",
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def warm() -> None:
    parse_feed(feed(GOOD), "feed")


def feed(*items: str, close: str = "</channel></rss>") -> bytes:
    return (HEAD + "".join(items) + close).encode()


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("how", ["raw", "escaped", "cdata"])
def test_half_a_megabyte_of_one_mark_takes_no_time_and_no_other_item(unit: str, how: str) -> None:
    titles: list[str] = []

    def read(size: int) -> None:
        body = unit * (size // len(unit))
        body = html.escape(body) if how == "escaped" else f"<![CDATA[{body}]]>" if how == "cdata" else body
        item = f"<item><title>A</title>{DATE}<description>{body}</description></item>"
        titles[:] = [one.headline for one in parse_feed(feed(item, GOOD), "f").items]

    assert is_linear(read, 50_000)
    assert titles[-1] == "The other item"


@pytest.mark.parametrize("unit", [*UNITS, "&amp;", "&#" + "9" * 5000 + ";", "<a" + " " * 500, '<a b="x>', "<a b='\" "])
@pytest.mark.parametrize("end", ["", "'>\"-->]]></script>"])
def test_the_words_of_half_a_megabyte_take_no_time(unit: str, end: str) -> None:
    assert is_linear(lambda size: plain_text(unit * (size // len(unit)) + end), 50_000)


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("a <b>c</b> d", "a c d"),
        ("a<br>b<p>c", "a\nb\nc"),
        ('<a title="x > y">z</a>', "z"),
        ("<a title='\"'>z</a>", "z"),
        ('<a title="never closed>z</a> and', "z and"),
        ("5 < 6 and a<b", "5 < 6 and a<b"),
        ("a <!-- not this --> b", "a b"),
        ("a <!-- nor what follows", "a"),
        ("a <![CDATA[b]]> c", "a b c"),
        ("a <![CDATA[ b", "a b"),
        ("<style>p > a { }</style>a<script>if (x < y) { '<b>' }</script>b", "ab"),
        ("<svg><title>no</title></svg>a", "a"),
        ("a <?php x ?> b", "a b"),
        ("&lt;b&gt; &amp;amp; &#65;&#x42;&nbsp;c", "<b> &amp; AB c"),
        ("&#99999999999999999999; &#" + "9" * 5000 + ";", "\ufffd \ufffd"),
        ("AT&T", "AT&T"),
    ],
)
def test_the_words_of_markup(markup: str, words: str) -> None:
    assert plain_text(markup) == words


def test_a_body_that_is_a_files_name_is_no_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    private = tmp_path / "private.xml"
    private.write_bytes(feed(GOOD))
    monkeypatch.chdir(tmp_path)
    for name in (str(private), "private.xml", f"file://{private}", f" {private}\n", os.devnull):
        with pytest.raises(DataError, match="expected an RSS or Atom feed"):
            parse_feed(name.encode(), "https://x.test/feed")


def test_entities_are_inert() -> None:
    laughs = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))
    doctype = f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{laughs}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    item = f"<item><title a='&l11;'>A &l11; &f; b</title>{DATE}</item>"
    data = (HEAD.replace("<rss", doctype + "<rss") + item + GOOD + "</channel></rss>").encode()
    parsed = parse_feed(data, "f")
    assert [one.headline for one in parsed.items] == ["A &l11; &f; b", "The other item"]


def test_an_item_cannot_forge_another() -> None:
    forged = f"<item><title>Forged</title>{DATE}</item>"
    around = [
        f"<item><title>A</title>{DATE}<description><![CDATA[</item>{forged}]]></description></item>",
        f"<item><title>B</title>{DATE}<!-- </item>{forged} --></item>",
        f"<item><title>C</title>{DATE}<description>{html.escape('</item>' + forged)}</description></item>",
    ]
    assert [one.headline for one in parse_feed(feed(*around), "f").items] == ["A", "B", "C"]


def test_what_is_broken_in_one_item_stays_there() -> None:
    broken = [
        f"<item><title>A &nbsp; AT&T</title>{DATE}<description>one<br>two<p>three</description></item>",
        f"<item><title>B</title>{DATE}<description>an </b> end <i>and no",
        f"</description></item><item><title>C</title>{DATE}<links a='b'/><entries c='d'/></item>",
        f"<item><title>D</title>{DATE}<description><!-- never closed</description></item>",
    ]
    parsed = parse_feed(feed(*broken, GOOD), "f")
    assert [one.headline for one in parsed.items] == ["A AT&T", "B", "C", "D", "The other item"]
    assert parsed.refused == ()


def test_references_to_no_character_are_told_as_that() -> None:
    title = "A &#55357;&#56832; &#xD800; &#0; &#x110000; &#999999999; &#x4E2D; B"
    (item,) = parse_feed(feed(f"<item><title>{title}</title>{DATE}</item>"), "f").items
    assert item.headline == "A \ufffd\ufffd \ufffd \ufffd \ufffd \ufffd 中 B"


def test_a_feed_that_breaks_off_says_where() -> None:
    parsed = parse_feed(feed("\n", GOOD, "\n", GOOD[:30], close=""), "f")
    assert [one.headline for one in parsed.items] == ["The other item"]
    (problem,) = parsed.refused
    assert (problem.file, problem.line) == ("f", 3)
    assert "never ends" in problem.message


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("utf-8", "utf-8"), ("GB2312", "gb18030"), ("gbk", "gb18030"), ("EUC-KR", "utf-8"),
     ("utf-16", "utf-16"), ("utf-8", "utf-16"), ("utf-8", "gb18030 not")],
)  # fmt: skip
def test_the_encoding_of_a_feed(declared: str, codec: str) -> None:
    text = HEAD.replace('"1.0"', f'"1.0" encoding="{declared}"') + GOOD.replace("other", "中国") + "</channel></rss>"
    (item,) = parse_feed(text.encode(codec.partition(" ")[0]), "f").items
    assert (item.headline == "The 中国 item") is not codec.endswith("not")
    assert item.published_at.isoformat() == "2025-03-06T03:00:00+08:00"


def test_an_unknown_encoding_is_taken_for_utf_8_and_codecs_of_python_are_none() -> None:
    for name in ("x-nope", "punycode", "unicode_escape", "zlib", "idna"):
        text = HEAD.replace('"1.0"', f'"1.0" encoding="{name}"') + GOOD + "</channel></rss>"
        assert len(parse_feed(text.encode(), "f").items) == 1


def test_titles_of_gdelt_take_no_time() -> None:
    found: list[str] = []

    def read(size: int) -> None:
        row = ["x"] * 27
        row[1], row[26] = "20250306081500", "<PAGE_TITLE>" * size
        huge = ["x"] * 27
        huge[1], huge[26] = "20250306081500", f"<PAGE_TITLE>A &#{'9' * (size // 10)};</PAGE_TITLE>"
        data = "\n".join("\t".join(one) for one in (row, huge)).encode()
        found[:] = [one.headline for one in parse_gdelt(data, "x").items]

    assert is_linear(read, 50_000)
    assert found == ["", "A \ufffd"]


@pytest.mark.parametrize("where", ["item", "title", "rss"])
@pytest.mark.parametrize("quote", ['"', "'", "", '">'])
def test_tags_of_many_attributes_take_no_time(where: str, quote: str) -> None:
    data = feed(f"<item><title>A</title>{DATE}</item>", GOOD)
    found: list[str] = []

    def read(size: int) -> None:
        attributes = " ".join(f"a{n}={quote}{n}{quote[:1]}" for n in range(size))
        with suppress(DataError):
            parsed = parse_feed(data.replace(f"<{where}".encode(), f"<{where} {attributes}".encode(), 1), "f")
            found.extend(one.headline for one in parsed.items)

    assert is_linear(read, 5_000)
    assert found[-1:] == ["The other item"] or where == "rss"


def test_a_channel_of_many_items_is_read_in_their_order() -> None:
    items = (f"<item><guid>{n}</guid><title>A{n}</title>{DATE}</item>" for n in range(500))
    assert [one.item_id for one in parse_feed(feed(*items), "f").items] == [str(n) for n in range(500)]
