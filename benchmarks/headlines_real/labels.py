"""Labels and answers, and when one is right."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from newsbt.domain.folding import fold
from newsbt.events.extraction.extraction_rules import default_rules

__all__ = ["EVENT_TYPES", "SETS", "Answer", "Label", "Labeller", "half_of", "read_labels", "same_issuer"]

FOLDER = Path(__file__).resolve().parents[1] / "labels"
SETS = {
    "given": "headlines_given.csv",
    "drawn": "headlines_drawn.csv",
    "fresh": "headlines_fresh.csv",
    "english": "headlines_english.csv",
    "last english": "headlines_english_last.csv",
    "closing english": "headlines_english_closing.csv",
    "model releases": "model_releases_open.csv",
    "fresh model releases": "model_releases_fresh.csv",
    "full texts": "full_texts.csv",
    "fresh full texts": "full_texts_fresh.csv",
    "last full texts": "full_texts_last.csv",
    "more full texts": "full_texts_more.csv",
    "final full texts": "full_texts_end.csv",
    "closing full texts": "full_texts_closing.csv",
}
EVENT_TYPES = (
    "model_release", "product_launch", "partnership", "earnings_guidance", "policy", "export_control", "capex_plan",
)  # fmt: skip
_SUFFIX = re.compile(
    r"(?: (?:labs?|ai|inc|corp|corporation|group|holdings?|technolog(?:y|ies)|company|co|ltd|plc|llc|nv|sa|ag))+$"
    r"|(?:集团|股份|科技|控股|有限|公司)+$"
)


@dataclass(frozen=True, slots=True)
class Label:
    """What a reader says of one text; all of `types` and `issuers` are equally right.

    `weight` is how many texts it stands for. `language` is empty where the label's file does not say it.
    """

    id: str
    types: tuple[str, ...]
    issuers: tuple[str, ...]
    stratum: str
    weight: float
    language: str = ""

    @property
    def counts(self) -> bool:
        """Whether the row counts at all: not where both an answer and none are right."""
        return "none" not in self.types or len(self.types) == 1

    @property
    def is_event(self) -> bool:
        """Whether a labeller that says nothing misses it."""
        return self.counts and all(one in EVENT_TYPES for one in self.types)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a labeller says: a type of event and who acts, both empty for what announces nothing."""

    event_type: str = ""
    issuer: str = ""

    def is_right(self, label: Label) -> bool:
        """Whether type and issuer are among the right ones."""
        return self.event_type in label.types and any(same_issuer(self.issuer, one) for one in label.issuers)


Labeller = Callable[[Sequence[str]], Mapping[str, Answer]]
"""From ids of texts to the answer for each."""


def read_labels(name: str, folder: Path = FOLDER) -> list[Label]:
    """The labels of one of :data:`SETS`."""
    with (folder / SETS[name]).open(encoding="utf-8", newline="") as stream:
        return [
            Label(
                row["id"],
                tuple(row["event_type"].split("|")),
                tuple(one for one in row["issuer"].split("|") if one),
                row["stratum"],
                float(row["weight"]),
                row.get("language", ""),
            )
            for row in csv.DictReader(stream)
        ]


def half_of(key: str) -> str:
    """``open`` or ``held_out``, by a hash: errors of what is held out are not read before a labeller is done."""
    return ("open", "held_out")[hashlib.sha256(f"half\n{key}".encode()).digest()[0] % 2]


def same_issuer(given: str, expected: str) -> bool:
    """Whether two names mean one company or authority: alike but for case, signs and legal words, or known as one.

    >>> same_issuer("Thinking Machines Lab", "Thinking Machines"), same_issuer("谷歌", "Alphabet Inc.")
    (True, True)
    >>> same_issuer("Meta", "Metaplanet"), same_issuer("", "")
    (False, False)
    """
    one, other = _plain(given), _plain(expected)
    if not one or not other:
        return False
    names = _organisations()
    return one == other or names.get(one, one) == names.get(other, other)


def _plain(name: str) -> str:
    words = " ".join(re.sub(r"[^\w\s&+]", " ", re.sub(r"['’.*]", "", fold(name))).split())
    return _SUFFIX.sub("", words).strip() or words


@cache
def _organisations() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for item in default_rules().organisations:
        for name in (item.name, *item.aliases):
            known.setdefault(_plain(name), item.name)
    return known
