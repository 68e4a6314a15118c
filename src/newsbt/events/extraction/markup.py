"""Text out of the scraps of HTML that news carries in titles and summaries, in time that grows with their length.

What has no end (a comment, a tag, a quote) is looked for once: from then on it is known that none follows.
"""

from __future__ import annotations

import html
import re

__all__ = ["plain_text", "unescaped", "without_markup"]

_BLOCKS = frozenset(
    ("p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "blockquote", "section")
)
_SILENT = frozenset(("script", "style", "template", "noscript", "svg", "iframe"))
_VERBATIM = frozenset(("script", "style"))  # whose text holds no tags but their own end

# By these a text is told to hold markup; without them its < and & are its own.
_MARKUP = re.compile(
    r"</?(?:a|b|br|cite|div|em|font|h[1-6]|i|img|li|mark|p|script|small|span|strong|style|sub|sup|table|td|tr|u|ul)"
    r"(?:\s[^<>]{0,400})?/?>|&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<(?:(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]{0,40})|[!?/])")
_SIMPLE = re.compile(r"[^<>\"']{0,400}>")  # the rest of a tag without quotes
_QUOTED = re.compile(r"=\s*(?P<quote>[\"'])|>")
_HUGE_NUMBER = re.compile(r"&#(?:[xX]0*[0-9a-fA-F]{7,}|0*[0-9]{8,});?")


def unescaped(text: str) -> str:
    """Text with its character references resolved; a number beyond all characters is the replacement character."""
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text


def plain_text(markup: str) -> str:
    """The words of a piece of HTML, a line for each block; text without tags comes back as it is.

    >>> plain_text("<p>Qwen &amp; QwQ</p><script>alert(1)</script><p>beat R1</p>")
    'Qwen & QwQ\\nbeat R1'
    """
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    lines = (" ".join(line.split()) for line in "".join(_Scanner(markup).texts()).split("\n"))
    return "\n".join(line for line in lines if line)


def without_markup(text: str) -> str:
    """The words of a text that may hold HTML; one that holds none comes back as it is.

    >>> without_markup("<b>Alibaba</b> &amp; Apple"), without_markup("margin <5% & falling")
    ('Alibaba & Apple', 'margin <5% & falling')
    """
    return plain_text(text) if ("<" in text or "&" in text) and _MARKUP.search(text) else text


class _Scanner:
    def __init__(self, markup: str) -> None:
        self.markup = markup
        self.absent: set[str] = set()  # what was looked for in vain: none follows

    def texts(self) -> list[str]:
        markup, found = self.markup, []
        at = silent = 0
        while at < len(markup):
            opening = _OPENING.search(markup, at)
            if opening is None:
                if not silent:
                    found.append(unescaped(markup[at:]))
                break
            if not silent and opening.start() > at:
                found.append(unescaped(markup[at : opening.start()]))
            name = opening["name"]
            if name is None:
                at, text = self._declaration(opening)
                if text and not silent:
                    found.append(text)
                continue
            at = self._end_of_tag(opening.end())
            if at < 0:  # a tag that never ends is no tag
                if not silent:
                    found.append(unescaped(markup[opening.start() :]))
                break
            name = name.lower()
            if name in _SILENT and markup[at - 2] != "/":
                silent = max(0, silent - 1) if opening["end"] else silent + 1
                if name in _VERBATIM and not opening["end"]:
                    at = self._end_of_text(name, at)
            if name in _BLOCKS:
                found.append("\n")
        return found

    def _declaration(self, opening: re.Match[str]) -> tuple[int, str]:
        """Where a comment, CDATA section or declaration ends, and its text, which only CDATA has."""
        markup, at = self.markup, opening.start()
        if markup.startswith("<!--", at):
            end = self._find("-->", at + 4)
            return (len(markup) if end < 0 else end + 3), ""  # all that follows is the comment, as in a browser
        if markup.startswith("<![CDATA[", at):
            end = self._find("]]>", at + 9)
            return (at + 9, "") if end < 0 else (end + 3, markup[at + 9 : end])
        end = self._find(">", at)
        return (len(markup) if end < 0 else end + 1), ""

    def _end_of_tag(self, at: int) -> int:
        """The place behind a tag's ``>``, which may stand in quoted values too; -1 where it has none."""
        simple = _SIMPLE.match(self.markup, at)
        if simple is not None:
            return simple.end()
        start = at
        while (mark := _QUOTED.search(self.markup, at)) is not None:
            if mark["quote"] is None:
                return mark.end()
            at = self._find(mark["quote"], mark.end()) + 1
            if at == 0:  # the quote never closes: the tag ends at the first sign that can end one
                break
        end = self._find(">", start)
        return end + 1 if end >= 0 else -1

    def _end_of_text(self, name: str, at: int) -> int:
        end = self._find(f"</{name}", at)
        return len(self.markup) if end < 0 else end

    def _find(self, mark: str, at: int) -> int:
        if mark in self.absent:
            return -1
        end = self.markup.find(mark, at)
        if end < 0:
            self.absent.add(mark)
        return end
