"""Text out of the scraps of HTML that feeds carry in their titles and summaries."""

from __future__ import annotations

from html.parser import HTMLParser

__all__ = ["plain_text"]

_BLOCKS = frozenset(
    ("p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "blockquote", "section")
)
_SILENT = frozenset(("script", "style", "template", "noscript", "svg", "iframe"))


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._silent += tag in _SILENT
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(markup: str) -> str:
    """The words of a piece of HTML, a line for each block; text without tags comes back as it is.

    >>> plain_text("<p>Qwen &amp; QwQ</p><script>alert(1)</script><p>beat R1</p>")
    'Qwen & QwQ\\nbeat R1'
    """
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    parser = _Text()
    parser.feed(markup)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
    return "\n".join(line for line in lines if line)
