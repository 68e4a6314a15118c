"""Precision and recall of extraction, by field, for any folder of article and JSON pairs.

    python benchmarks/extraction.py tests/data/articles/wire tests/data/articles/heldout

`NN_name.json` beside `NN_name.txt` says what a reader should get: `is_announcement, issuer, event_type, model, rivals,
lang, article_published_at`, and `accept_*` lists of further right answers. Names are compared without case, blanks
and signs. For a field with one value, precision is the share of right ones among the values given, recall among those
expected, and right also counts the articles where rightly nothing is given. `subject (words)` also takes a
subject that shares at least half of its words with the expected one, for subjects that are descriptions.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.scoring import FIELDS, score_folder
from newsbt.linking.universe_tables import read_universe


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--instruments", default="data/universe/instruments.csv")
    given = parser.parse_args()
    extractor = Extractor(read_universe(given.instruments))
    for folder in given.folders:
        scores, wrong = score_folder(folder, extractor)
        count = scores["is_announcement"].articles
        print(f"{folder}: {count} articles")
        print(f"  {'field':<18}{'right':>8}{'precision':>11}{'recall':>8}")
        for name, score in scores.items():
            print(f"  {name:<18}{score.right / max(count, 1):>8.1%}{score.precision:>11.1%}{score.recall:>8.1%}")
        total = sum(scores[name].right for name in FIELDS)
        print(f"  all {len(FIELDS)} fields: {total / max(1, count * len(FIELDS)):.1%} right")
        for line in wrong:
            print(f"    {line}")


if __name__ == "__main__":
    main()
