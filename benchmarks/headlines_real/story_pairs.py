"""How right the merging of stories is on pairs of headlines that were labelled by hand.

    python -m benchmarks.headlines_real.story_pairs HEADLINES.csv.gz

Two ways are measured. As articles and feeds are merged by default, once with both headlines read by the rules, and
once as announcements of the pair's company, without subject and body. And as the latter by `dedupe` with a threshold.
The half held out, by a hash of the two keys, is scored and never shown.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.headlines_real.drawing import rank
from benchmarks.headlines_real.pairs import PAIR_SIZES, Dated, read_dated
from newsbt.domain.announcement import Announcement
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.news_item import NewsItem
from newsbt.events.stories import stories
from newsbt.events.versions_of_stories import versions_of

__all__ = ["Pair", "PairScore", "by_likeness", "read_pairs", "score_pairs"]

LABELS = Path(__file__).resolve().parents[1] / "labels" / "pairs.csv"
FRESH = LABELS.with_name("pairs_fresh.csv")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two headlines of one company by their keys; `hard` are different stories of one type and day."""

    first: str
    second: str
    company: str
    stratum: str
    same: bool
    hard: bool


@dataclass(frozen=True, slots=True)
class PairScore:
    """Counts of pairs: `same` and `different` by their labels, and how many of each were merged."""

    same: int
    merged: int
    different: int
    wrongly_merged: int

    @property
    def precision(self) -> float:
        """Of merged pairs the share that is one story; NaN where none was merged."""
        both = self.merged + self.wrongly_merged
        return self.merged / both if both else float("nan")

    @property
    def recall(self) -> float:
        return self.merged / self.same if self.same else float("nan")


def read_pairs(path: Path = LABELS) -> Iterator[Pair]:
    """The pairs that are clearly one story or two."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["label"] != "unclear":
                same, hard = row["label"] == "same", row["hard"] == "yes"
                yield Pair(row["first"], row["second"], row["company"], row["stratum"], same, hard)


def score_pairs(pairs: Sequence[Pair], is_one: Callable[[Pair], bool]) -> PairScore:
    same = [one for one in pairs if one.same]
    different = [one for one in pairs if not one.same]
    return PairScore(len(same), sum(map(is_one, same)), len(different), sum(map(is_one, different)))


def by_likeness(headlines: dict[str, Dated], window: timedelta, threshold: float) -> Callable[[Pair], bool]:
    """Whether `dedupe` with this window and threshold makes one story of a pair."""

    def is_one(pair: Pair) -> bool:
        items = [of_the_company(headlines[key], pair.company) for key in (pair.first, pair.second)]
        return len({one.story for one in stories(items, window, threshold)}) == 1

    return is_one


def of_the_company(one: Dated, company: str) -> Announcement:
    return Announcement(event_id=one.key, published_at=one.at, event_type="news", issuer=company, headline=one.title)


def by_default(headlines: dict[str, Dated], window: timedelta) -> Callable[[Pair], bool]:
    """Whether both headlines of a pair, as announcements of its company without a subject, are merged by default."""

    def is_one(pair: Pair) -> bool:
        items = [of_the_company(headlines[key], pair.company) for key in (pair.first, pair.second)]
        return bool(versions_of((one, window) for one in items))

    return is_one


def by_rules(headlines: dict[str, Dated], window: timedelta) -> Callable[[Pair], bool]:
    """Whether both headlines of a pair, as the rules read them, are merged by default."""
    extractor = Extractor()
    read: dict[str, Announcement | None] = {}

    def announced(key: str) -> Announcement | None:
        if key not in read:
            one = headlines[key]
            answer = extractor.extract(NewsItem.of(one.title, published_at=one.at, item_id=key))
            read[key] = answer.announcement() if answer.is_announcement else None
        return read[key]

    def is_one(pair: Pair) -> bool:
        items = [announced(pair.first), announced(pair.second)]
        return bool(versions_of((one, window) for one in items if one is not None))

    return is_one


def is_held_out(pair: Pair) -> bool:
    """Half of the pairs, by a hash of their keys."""
    return rank("newsbt story pairs held out", f"{pair.first} {pair.second}")[0] % 2 == 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("headlines", type=Path)
    parser.add_argument("--hours", type=float, default=72.0)
    parser.add_argument("--thresholds", type=float, nargs="*", default=[0.8, 0.5, 0.3])
    given = parser.parse_args()
    headlines = {one.key: one for one in read_dated(given.headlines)}
    pairs = list(read_pairs())
    sets = {"all": pairs, "same and hard": [one for one in pairs if one.same or one.hard]}
    sets |= {name: [one for one in pairs if one.stratum == name] for name in PAIR_SIZES}
    sets |= {"held out": [one for one in pairs if is_held_out(one)]}
    sets |= {"open": [one for one in pairs if not is_held_out(one)]}
    fresh = list(read_pairs(FRESH))
    sets |= {f"fresh, {name}": [one for one in fresh if one.stratum == name] for name in ("merged", "apart")}
    window = timedelta(hours=given.hours)
    for name, way in (("by default", by_default), ("by default, read by the rules", by_rules)):
        print(f"{name}, window {given.hours:g}h")
        show(sets, way(headlines, window))
    for threshold in given.thresholds:
        is_one = by_likeness(headlines, window, threshold)
        print(f"threshold {threshold:g}, window {given.hours:g}h")
        show(sets, is_one)


def show(sets: dict[str, list[Pair]], is_one: Callable[[Pair], bool]) -> None:
    for name, chosen in sets.items():
        found = score_pairs(chosen, is_one)
        print(
            f"  {name:<15}{found.merged:>4} of {found.same} same merged, {found.wrongly_merged:>3} of"
            f" {found.different} different; precision {found.precision:.2f}, recall {found.recall:.2f}"
        )


if __name__ == "__main__":
    main()
