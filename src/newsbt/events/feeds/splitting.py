"""A feed cut into its items before any of it is parsed: what one item holds can neither hide nor forge another.

The marks of a feed (comments, CDATA, tags of items) are looked for once each, so the time grows with the length.
What stands before the first tag, a document type and its entities above all, goes no further than here.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from newsbt.domain.other_formats import other_format, server_answer
from newsbt.domain.table_files import file_error

__all__ = ["Split", "has_overfull_tag", "split_feed"]

LONGEST_ROOT = 16 * 1024  # characters of the first tag, which every item is read with
MOST_ATTRIBUTES = 200  # of one tag; parsers take a time for them that grows with their square
_TAG = re.compile(
    r"""<[A-Za-z][^\s/<>"']*(?:[\s/]+[^\s=<>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*+""",
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_ENCODING = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding=[\"'](?P<name>[A-Za-z0-9._-]{1,40})[\"']")
# The encodings of feeds; GB2312 in a feed is what GB18030 holds besides.
_CODECS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "windows-1252", "us-ascii": "windows-1252"}
_KNOWN = re.compile(
    r"utf-?8|gb18030|big5(?:-hkscs)?|euc-(?:jp|kr)|shift_jis|iso-2022-jp|iso-8859-\d{1,2}|windows-125\d|koi8-r"
)
_ROOT = re.compile(r"<(?:(?P<prefix>[\w.-]{1,40}):)?(?P<name>rss|feed|rdf)(?=[\s/>])", re.IGNORECASE)
_CHANNEL = re.compile(r"<channel(?=[\s>])[^<>]{0,4096}>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """A feed in pieces.

    Attributes
    ----------
    before, after : str
        The tags that stand around each item.
    head : str
        What the feed says of itself, between its first tag and its first item.
    items : tuple of str
        The text of each item.
    unfinished : tuple of int
        The line of the first item that never ends, and how many there are; both 0 where there is none.
    finished : bool
        Whether the feed's own last tag is there.
    """

    before: str
    after: str
    head: str
    items: tuple[str, ...]
    unfinished: tuple[int, int]
    finished: bool


def split_feed(data: bytes, origin: str) -> Split:
    """The pieces of an RSS or Atom document.

    Raises
    ------
    DataError
        The document is no feed.
    """
    text = _decoded(data)
    root = _root(text)
    if root is None:
        # What a server says may repeat the address, and with it a key: only its kind is told.
        what = other_format(data) or server_answer(text[:400].encode("utf-8", "replace")) or "none"
        raise file_error(origin, f"expected an RSS or Atom feed, this is {what}", code="wrong_format")
    prefix = f"{root['prefix']}:" if root["prefix"] else ""
    is_atom = root["name"].lower() == "feed"
    root_end = text.find(">", root.end())
    first_tag = text[root.start() : root_end + 1]
    if root_end < 0 or len(first_tag) > LONGEST_ROOT or has_overfull_tag(first_tag):
        message = "expected an RSS or Atom feed, the first tag of this never ends or holds too much"
        raise file_error(origin, message, code="wrong_format")
    pairs, first, unfinished = _items(text, root_end + 1, f"{prefix}entry" if is_atom else "item")
    channel = None if is_atom else _CHANNEL.search(text, root_end + 1, first)
    inner = channel[0] if channel is not None and root["name"].lower() == "rss" else ""
    close = f"</{prefix}{root['name']}>"
    return Split(
        before=first_tag.replace("/>", ">") + inner,
        after=(f"</{inner[1:8]}>" if inner else "") + close,
        head=text[channel.end() if inner and channel is not None else root_end + 1 : first],
        items=tuple(text[start:end] for start, end in pairs),
        unfinished=(text.count("\n", 0, unfinished[0]) + 1, len(unfinished)) if unfinished else (0, 0),
        finished=text.rstrip()[-len(close) - 200 :].lower().rfind(close.lower()) >= 0
        or text[root_end - 1 : root_end] == "/",
    )


def has_overfull_tag(text: str) -> bool:
    """Whether a tag has more attributes than any has."""
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > MOST_ATTRIBUTES and len(re.findall(r"=|\s", tag[0])) > 10 * MOST_ATTRIBUTES:
            return True
    return False


def _decoded(data: bytes) -> str:
    for mark, name in _BOMS:
        if data.startswith(mark):
            return data.decode(name, "replace").removeprefix("\ufeff")
    declared = _ENCODING.match(data[:400])
    name = declared["name"].decode("ascii").lower() if declared is not None else "utf-8"
    if data[:2] in (b"<\0", b"\0<"):
        name = "utf-16-le" if data[:1] == b"<" else "utf-16-be"
    elif not _KNOWN.fullmatch(name := _CODECS.get(name, name)):
        name = "utf-8"
    for one in (name, "utf-8"):
        try:
            return data.decode(one)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("windows-1252", "replace")  # as browsers take what is no UTF-8


def _root(text: str) -> re.Match[str] | None:
    """The first tag of the document, behind declarations, comments and what a broken server put before them."""
    at = 0
    while (at := text.find("<", at)) >= 0:
        root = _ROOT.match(text, at)
        if root is not None:
            return root
        if text.startswith("<!--", at):
            at = text.find("-->", at + 4)
        elif text.startswith("<?", at):
            at = text.find("?>", at + 2)
        elif text.startswith("<!", at):
            # A document type may hold declarations of its own, in brackets.
            bracket, end = text.find("[", at), text.find(">", at)
            at = text.find("]", bracket) if 0 <= bracket < end else end
        else:
            return None
        if at < 0:
            return None
        at += 1
    return None


def _items(text: str, start: int, name: str) -> tuple[list[tuple[int, int]], int, list[int]]:
    """Where the items stand, where the first begins (or the document ends), and where those begin that never end.

    Tags inside of comments and of CDATA are text. An item inside of an item is part of it.
    """
    mark = re.compile(rf"<!--|<!\[CDATA\[|<(?P<end>/?){re.escape(name)}(?=[\s/>])", re.IGNORECASE)
    absent: set[str] = set()
    pairs: list[tuple[int, int]] = []
    begun: list[int] = []
    first: int | None = None
    at = start
    while (found := mark.search(text, at)) is not None:
        at = found.end()
        if found["end"] is None:
            close = "-->" if found[0] == "<!--" else "]]>"
            end = -1 if close in absent else text.find(close, at)
            if end < 0:
                absent.add(close)  # what never ends is no comment: the items behind it are there
            else:
                at = end + 3
            continue
        first = found.start() if first is None else first
        end = text.find(">", at)
        if end < 0:
            if not found["end"]:
                begun.append(found.start())
            break
        at = end + 1
        if not found["end"] and text[end - 1] == "/":
            if not begun:
                pairs.append((found.start(), at))
        elif not found["end"]:
            begun.append(found.start())
        elif begun:
            began = begun.pop()
            while pairs and pairs[-1][0] > began:
                pairs.pop()
            pairs.append((began, at))
    return pairs, len(text) if first is None else first, begun
