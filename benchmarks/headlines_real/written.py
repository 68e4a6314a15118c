"""The articles that were written for newsbt, as labels and items: what extraction was tuned on, beside real text."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.headlines_real.labels import Label
from newsbt.events.extraction.article_reading import read_item
from newsbt.events.extraction.news_item import NewsItem

__all__ = ["ARTICLES", "read_written"]

ARTICLES = Path(__file__).resolve().parents[2] / "tests" / "data" / "articles"


def read_written(folder: Path = ARTICLES) -> tuple[list[Label], dict[str, NewsItem]]:
    """All articles below a folder that a JSON file of the same name describes (see `benchmarks.extraction`)."""
    labels, items = [], {}
    for path in sorted(folder.rglob("*.txt")):
        said = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        key = f"{path.parent.name}/{path.stem}"
        types, issuers = ("other_event",), ()
        if said["is_announcement"]:
            types = (said["event_type"], *said.get("accept_event_type", ()))
            issuers = (said["issuer"], *said.get("accept_issuer", ()))
        labels.append(Label(key, types, issuers, path.parent.name, 1.0, said["lang"]))
        items[key] = read_item(path)
    return labels, items
