"""Which pairs of headlines are read to say whether they tell one story: a seeded draw from candidates.

    python -m benchmarks.headlines_real.pairs HEADLINES.csv.gz [--show]

HEADLINES has the columns `published_at_utc` and `title`. A title that is there twice counts once, at its first time.
Candidates name one company or authority of `pair_names.csv`, within three days; those in one language have cue words of
one family and stand within a day. Notes of analysts, lawyers' calls and tables of prices (`LEFT_OUT`) announce nothing
and are left out. They are drawn by how alike their words are and whether they stand in two languages, so that both
answers come up often. A headline's key is a hash of its time and title.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

from benchmarks.headlines_real.drawing import cue_of, rank

__all__ = ["LEFT_OUT", "PAIR_SIZES", "Dated", "draw_pairs", "key_of", "likeness", "read_dated", "read_names"]

SEED = "newsbt pairs"
WITHIN = timedelta(days=3)
FAR = 0.2
A_DAY = timedelta(days=1)
PAIR_SIZES = {"alike": 30, "near": 50, "cross": 30, "far": 260, "cross alike": 60}
MOST_OF_ONE = {"alike": 3, "near": 3, "cross": 3, "far": 8, "cross alike": 5}

NAMES_FILE = Path(__file__).resolve().parents[1] / "labels" / "pair_names.csv"

LEFT_OUT = re.compile(
    r"SEC 10-|[Pp]review|PREVIEW|[Aa]head [Oo]f|Q\d Earnings:|Price Target|Market Talk|Options"
    r"|Class Action|Class-Action|Investors|INVESTOR|SHAREHOLDER|Shareholders Who|Stake|Insider|Worth"
    r"|Roundup|Week|Rating|Highs|Maintain|Keeps|Data Talk|Sector|News Highlights|Top Company|Stocks"
    r"|Here's How|Sold Shares|Neutral|Outperform|Overweight|Faruqi|\$\$|Earnings Call|Slide Deck"
    r"|Presentation|Barrons|目标价|目標價|评级|評級|窩輪|牛熊|异动|异动|大行|恒指|港股|北水|南下|收盘|收评|盘前|周报|早参|要闻|头条"
    r"|Shares (?:Rise|Fall)|[Ss]hares|stock|Buy\b|Hold\b|What's Going|Stock Prices"
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A headline with its time in UTC."""

    at: datetime
    title: str

    @property
    def key(self) -> str:
        return key_of(self.at, self.title)

    @property
    def chinese(self) -> bool:
        return re.search("[\u4e00-\u9fff]{2}", self.title) is not None


def key_of(at: datetime, title: str) -> str:
    """Twelve digits of the hash of time and title, by which a pair names its headlines."""
    return hashlib.sha256(f"{at.isoformat()}\n{title}".encode()).hexdigest()[:12]


def read_dated(path: Path) -> Iterator[Dated]:
    """The headlines of a file in the order of time, each title once."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        rows = sorted((datetime.fromisoformat(row["published_at_utc"]), row["title"]) for row in csv.DictReader(stream))
    seen: set[str] = set()
    for at, title in rows:
        if title not in seen:
            seen.add(title)
            yield Dated(at, title)


def read_names(path: Path = NAMES_FILE) -> dict[str, re.Pattern[str]]:
    """By name what a headline that names the company has: English patterns as words of their own, or Chinese ones."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {
            row["name"]: re.compile(
                rf"(?<![A-Za-z])(?:{row['english'] or row['name']})(?![A-Za-z])"
                + (f"|{row['chinese']}" if row["chinese"] else "")
            )
            for row in csv.DictReader(stream)
        }


def likeness(first: str, second: str) -> float:
    """The Jaccard likeness of two titles' words and Chinese pairs of signs."""
    one, other = _pieces(first), _pieces(second)
    return len(one & other) / max(len(one | other), 1)


def _pieces(title: str) -> set[str]:
    runs = re.findall("[\u4e00-\u9fff]+", title)
    return {*re.findall(r"[a-z\d]+", title.lower()), *(run[i : i + 2] for run in runs for i in range(len(run) - 1))}


def draw_pairs(headlines: Iterable[Dated], seed: str = SEED) -> list[tuple[str, str, Dated, Dated]]:
    """Stratum, company, and the two headlines in the order of time, of each pair drawn."""
    names = read_names()
    by_name: dict[str, list[Dated]] = defaultdict(list)
    for one in headlines:
        if LEFT_OUT.search(one.title) is None:
            for name, pattern in names.items():
                if pattern.search(one.title):
                    by_name[name].append(one)
    strata: dict[str, list[tuple[bytes, str, Dated, Dated]]] = defaultdict(list)
    for name, members in by_name.items():
        for first, second in combinations(members, 2):
            if second.at - first.at <= WITHIN and _comparable(first, second):
                place = rank(seed, f"{first.key} {second.key}")
                for stratum in _strata(first, second, names[name]):
                    strata[stratum].append((place, name, first, second))
    drawn = []
    seen: set[tuple[str, str]] = set()
    for stratum, size in PAIR_SIZES.items():
        taken: dict[str, int] = defaultdict(int)
        chosen: list[tuple[str, str, Dated, Dated]] = []
        for _, name, first, second in sorted(strata[stratum], key=lambda row: row[0]):
            if len(chosen) < size and taken[name] < MOST_OF_ONE[stratum] and (first.key, second.key) not in seen:
                seen.add((first.key, second.key))
                taken[name] += 1
                chosen.append((stratum, name, first, second))
        drawn += chosen
    return drawn


def _comparable(first: Dated, second: Dated) -> bool:
    if first.chinese != second.chinese:
        return True
    family = cue_of(first.title)
    if second.at - first.at > A_DAY or family != cue_of(second.title) or family == "none":
        return False
    # Two results of one company on one day are one release: far ones teach nothing.
    return family != "results" or likeness(first.title, second.title) >= FAR


def _strata(first: Dated, second: Dated, name: re.Pattern[str]) -> Iterator[str]:
    """By the likeness of words; in two languages also those of a day that share more than the company's name."""
    if first.chinese != second.chinese:
        yield "cross"
        if second.at - first.at <= A_DAY and likeness(name.sub(" ", first.title), name.sub(" ", second.title)) > 0:
            yield "cross alike"
        return
    alike = likeness(first.title, second.title)
    yield "alike" if alike >= 0.4 else "near" if alike >= FAR else "far"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("headlines", type=Path)
    parser.add_argument("--show", action="store_true", help="write times and titles for reading, not keys")
    given = parser.parse_args()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("first", "second", "company", "stratum", "label"))
    for stratum, name, first, second in draw_pairs(read_dated(given.headlines)):
        if given.show:
            print(f"{stratum} {name}\n  {first.at:%m-%d %H:%M} {first.title}\n  {second.at:%m-%d %H:%M} {second.title}")
        else:
            writer.writerow((first.key, second.key, name, stratum, ""))


if __name__ == "__main__":
    main()
