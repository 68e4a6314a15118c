"""Reading a page as a browser would, without one."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "br"}


class Outline(HTMLParser):
    """Collects tags, headings, text, the data of scripts by their ids, and the charts by theirs. It fails on a tag that
    is not closed in order, on a handler in an attribute, and on an address that leads out of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.headings: list[str] = []
        self.absent: list[str] = []
        self.text = ""
        self.data: dict[str, Any] = {}
        self.charts: dict[str, Any] = {}
        self._chart = ""
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name in ("href", "src"):
                assert str(value).startswith("#"), f"{name}={value} reaches out"
        if dict(attrs).get("class") == "plot":
            self._chart = str(dict(attrs)["id"])
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if "script" in tags:
            name = self._open[-1][1].get("id")
            if name:
                self.data[name] = json.loads(data)
            elif self._open[-1][1].get("type") == "application/json":
                assert self._chart not in self.charts, f"two charts are called {self._chart}"
                self.charts[self._chart] = json.loads(data)
            return
        if tags and any(tag in ("h1", "h2") for tag in tags):
            self.headings.append(data)
        if any(attrs.get("class") == "absent" for _, attrs in self._open):
            self.absent.append(data)
        if "style" not in tags:
            self.text += data
