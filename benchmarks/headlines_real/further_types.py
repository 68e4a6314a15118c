"""How right the types beside the seven are: `python -m benchmarks.headlines_real.further_types BULWARK_CSV CLONES`.

Rows are headlines of the unlabelled ones, of the headlines of January and February 2025 (BULWARK_CSV) and of titles in
a clone of zhigehe/bulwark (CLONES holds it as `zhigehe+bulwark`). Those drawn by `cue` were taken at random among
headlines with a wide word of the type and labelled blind; those `called` are ones that the rules of that hour gave the
type to, labelled with the answer in sight, before the rules were mended for the first of them. `unclear` counts
nowhere.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.headlines_real.full_texts import clone_of, texts_at
from benchmarks.headlines_real.labels import same_issuer
from benchmarks.headlines_real.pairs import read_dated
from benchmarks.headlines_real.texts import read_unlabelled, texts_folder
from newsbt.events.extraction.event_types import read_types
from newsbt.events.extraction.extract import Extractor
from newsbt.events.extraction.extraction_rules import rules_with
from newsbt.events.extraction.headlines import classify_headlines
from newsbt.linking.universe_tables import read_universe

LABELS = Path(__file__).resolve().parents[1] / "labels" / "further_types.csv"
INSTRUMENTS = Path(__file__).resolve().parents[2] / "data" / "universe" / "instruments.csv"
REPOSITORY, COMMIT = "zhigehe/bulwark", "91e82e6d748413c0e33f3ecf69ac04ad8bed41e9"
AT = datetime(2025, 2, 12, 8, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """A headline by its key, and whether it announces an event of the type; `issuers` where the reader wrote them."""

    key: str
    drawn: str
    event_type: str
    label: str
    issuers: tuple[str, ...]


def read_rows(path: Path = LABELS) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Row(
                row["key"], row["drawn"], row["event_type"], row["label"],
                tuple(one for one in row["issuer"].split("|") if one),
            )
            for row in csv.DictReader(stream)
        ]  # fmt: skip


def headlines_of(rows: list[Row], bulwark: Path, clones: Path) -> Iterator[tuple[str, datetime, str]]:
    """Key, instant and text of the rows' headlines."""
    wanted = {one.key for one in rows}
    for headline in read_unlabelled(texts_folder()):
        if headline.id in wanted:
            yield headline.id, headline.published_at, headline.text
    for dated in read_dated(bulwark):
        if dated.key in wanted:
            yield dated.key, dated.at, dated.title
    paths = sorted(key for key in wanted if key.startswith("content/"))
    for path, whole in texts_at(clone_of(clones, REPOSITORY), COMMIT, paths):
        title = re.search(r"^title:[ \t]*(.+?)[ \t]*$", whole, re.MULTILINE)
        if title is not None:
            yield path, AT, title.group(1).strip("\"'")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bulwark", type=Path)
    parser.add_argument("clones", type=Path)
    given = parser.parse_args()
    rows = read_rows()
    types = sorted({one.event_type for one in rows})
    with TemporaryDirectory() as folder:
        switched_on = Path(folder) / "types.yaml"
        switched_on.write_text("".join(f"{name}: {{enabled: true}}\n" for name in types), encoding="utf-8")
        extractor = Extractor(read_universe(INSTRUMENTS), rules_with(switched_on))
    answers: dict[str, tuple[str, str]] = {}
    for batch in classify_headlines(headlines_of(rows, given.bulwark, given.clones), extractor):
        for row in batch.select(["id", "kind", "event_type", "issuer"]).to_pylist():
            answers[row["id"]] = (row["event_type"], row["issuer"]) if row["kind"] == "announcement" else ("", "")
    enabled = read_types().types
    print(f"{'':<16}{'called':>7}{'right':>6}  precision{'yes':>6}{'found':>6}  recall")
    for name in types:
        counted = [one for one in rows if one.event_type == name and one.label != "unclear" and one.key in answers]
        called = [one for one in counted if answers[one.key][0] == name]
        right = [one for one in called if one.label == "yes" and _is_issuer(answers[one.key][1], one)]
        blind = [one for one in counted if one.drawn == "cue" and one.label == "yes"]
        found = [one for one in blind if answers[one.key][0] == name]
        print(
            f"{name:<16}{len(called):>7}{len(right):>6}  {len(right) / max(len(called), 1):9.2f}"
            f"{len(blind):>6}{len(found):>6}  {len(found) / max(len(blind), 1):.2f}"
            f"{'' if name in enabled else '  (switched off)'}"
        )


def _is_issuer(given: str, row: Row) -> bool:
    return not row.issuers or any(same_issuer(given, one) for one in row.issuers)


if __name__ == "__main__":
    main()
