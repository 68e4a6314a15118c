"""How fast headlines are linked and classified, beside a plain loop of regular expressions.

    python benchmarks/headlines.py HEADLINES.csv[.gz] --instruments data/universe/instruments.csv

The file has the columns `published_at_utc` (or `published_at`) and `title` (or `headline`); NEWSBT_HEADLINES names it
when no argument does. Nothing is copied. The loop is what one would write first: for each headline every alias as a
regular expression with word boundaries, then the verbs.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import re
import resource
import time
from collections import Counter
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.headlines import classify_headlines
from newsbt.linking.universe_tables import read_universe

VERBS = ("launch", "release", "unveil", "introduce", "open-source", "invest", "partner", "ban", "forecast",
         "发布", "推出", "开源", "上线", "投资", "合作", "收购", "业绩")  # fmt: skip


def read_rows(path: Path) -> list[tuple[str, datetime, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return [
            (
                str(number),
                datetime.fromisoformat(row.get("published_at_utc") or row["published_at"]),
                row.get("title") or row["headline"],
            )
            for number, row in enumerate(rows)
        ]


def regex_loop(rows: list[tuple[str, datetime, str]], aliases: list[str]) -> Counter[str]:
    names = [re.compile(rf"(?<![A-Za-z0-9]){re.escape(alias)}(?![A-Za-z0-9])", re.IGNORECASE) for alias in aliases]
    verbs = [re.compile(verb, re.IGNORECASE) for verb in VERBS]
    found: Counter[str] = Counter()
    for _, _, text in rows:
        linked = any(name.search(text) for name in names)
        found["announcement" if linked and any(verb.search(text) for verb in verbs) else "none"] += 1
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("headlines", nargs="?", default=os.environ.get("NEWSBT_HEADLINES"))
    parser.add_argument("--instruments", default="data/universe/instruments.csv")
    parser.add_argument("--repeat", type=int, default=3, help="how often the file is read, to see memory stay flat")
    given = parser.parse_args()
    if not given.headlines:
        parser.error("name a file of headlines, or set NEWSBT_HEADLINES")
    started = time.perf_counter()
    universe = read_universe(given.instruments)
    extractor = Extractor(universe)
    print(f"start-up (universe, rules, automata): {time.perf_counter() - started:.2f} s")
    rows = read_rows(Path(given.headlines))
    print(f"{len(rows):,} headlines, {sum(len(text) for _, _, text in rows):,} characters")
    kinds: Counter[str] = Counter()
    for turn in range(given.repeat):
        kinds.clear()
        linked = 0
        started, busy = time.perf_counter(), time.process_time()
        for batch in classify_headlines(iter(rows), extractor):
            kinds.update(batch.column("kind").to_pylist())
            linked += sum(map(bool, batch.column("mentioned").to_pylist()))
        spent, busy = time.perf_counter() - started, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"turn {turn + 1}: {len(rows) / busy:,.0f} headlines a second of processor time ({busy:.2f} s;"
            f" {spent:.2f} s by the clock), {linked:,} name somebody,"
            f" peak memory {peak:.0f} MB, Arrow holds {pa.total_allocated_bytes() / 2**20:.1f} MB"
        )
    print("kinds:", dict(kinds.most_common()))
    aliases = sorted({alias for item in universe.instruments for alias in (item.name, *item.aliases)})
    sample = rows[:: max(1, len(rows) // 2000)]
    busy = time.process_time()
    found = regex_loop(sample, aliases)
    spent = time.process_time() - busy
    print(
        f"plain loop of {len(aliases)} regular expressions: {len(sample) / spent:,.0f} headlines a second"
        f" (on {len(sample):,} of them); {found['announcement'] / len(sample):.1%} taken for announcements,"
        f" against {kinds['announcement'] / len(rows):.1%}"
    )


if __name__ == "__main__":
    main()
