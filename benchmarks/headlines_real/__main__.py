"""`python -m benchmarks.headlines_real`: how right extraction is on real headlines and full texts labelled by hand.

Headlines are read from the folder NEWSBT_LABELS (or `../shared/news/labels`), full texts from NEWSBT_TEXTS, where
`python -m benchmarks.headlines_real.full_texts fetch` puts them. `--errors` lists what was wrong, of the open half
alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.headlines_real import full_texts
from benchmarks.headlines_real.labellers import rules_on_headlines, rules_on_texts
from benchmarks.headlines_real.labels import FOLDER, SETS, Answer, Label, half_of, read_labels
from benchmarks.headlines_real.scoring import Interval, Score, score_by
from benchmarks.headlines_real.texts import read_headlines, texts_folder
from benchmarks.headlines_real.written import read_written
from newsbt.events.extraction.extract import Extractor
from newsbt.linking.universe_tables import read_universe

WRITTEN = "written"
INSTRUMENTS = Path(__file__).resolve().parents[2] / "data" / "universe" / "instruments.csv"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.headlines_real", description=__doc__.split("\n")[0])
    sets = [WRITTEN, *SETS]
    parser.add_argument("--sets", nargs="*", choices=sets, default=sets, help="which sets; by default all")
    parser.add_argument("--half", choices=("open", "held_out"), help="score this half of each set alone")
    parser.add_argument(
        "--labeller",
        choices=("rules", "learned", "chain"),
        default="rules",
        help="learned: trained on the headlines, in nested cross-validation; chain: the rules, then that",
    )
    parser.add_argument("--errors", action="store_true", help="list wrong and missing answers of the open half")
    parser.add_argument("--instruments", type=Path, default=INSTRUMENTS)
    asked = parser.parse_args()
    extractor = Extractor(read_universe(asked.instruments))
    if asked.labeller != "rules":
        write_trained(asked.labeller, asked.half, extractor)
        return
    for name in asked.sets:
        try:
            labels, answers, texts = answered(name, extractor)
        except FileNotFoundError as error:
            print(f"\n{name}: not scored, {error}")
            continue
        if asked.half:
            labels = [one for one in labels if half_of(one.id) == asked.half]
        write_table(name, score_by(labels, answers))
        if asked.errors:
            write_errors([one for one in labels if half_of(one.id) == "open"], answers, texts)


def answered(name: str, extractor: Extractor) -> tuple[list[Label], dict[str, Answer], dict[str, str]]:
    """The labels of a set, the answers of the rules, and the headlines.

    Raises
    ------
    FileNotFoundError
        Its texts are not there.
    """
    if name == WRITTEN:
        labels, items = read_written()
    elif name.endswith("full texts"):
        labels, items = read_labels(name), full_texts.read_items(FOLDER / SETS[name])
    else:
        headlines = read_headlines(texts_folder())
        labels = [replace(one, language=headlines[one.id].language) for one in read_labels(name)]
        answers = rules_on_headlines([headlines[one.id] for one in labels], extractor)
        return labels, answers, {one.id: headlines[one.id].text for one in labels}
    return labels, rules_on_texts(items, extractor), {key: item.headline.text for key, item in items.items()}


def write_trained(labeller: str, half: str | None, extractor: Extractor) -> None:
    """The tables of a labeller that is trained on both sets of headlines."""
    from benchmarks.headlines_real.trained import learned_on_headlines, rules_then_learned

    headlines = read_headlines(texts_folder())
    sets = {name: read_labels(name) for name in ("given", "drawn")}
    labels = [one for found in sets.values() for one in found]
    answers = (learned_on_headlines if labeller == "learned" else rules_then_learned)(labels, headlines, extractor)
    for name, found in sets.items():
        named = [replace(one, language=headlines[one.id].language) for one in found]
        write_table(f"{name}, {labeller}", score_by([one for one in named if half in (None, half_of(one.id))], answers))


def write_table(name: str, scores: Mapping[str, Score]) -> None:
    """A line for each part: rows, events given and expected, precision and recall with 80 % and 95 % intervals."""
    print(f"\n{name}: {scores['all'].rows} rows that count")
    print(f"  {'':<18}{'given':>6}{'right':>6}{'events':>7}{'found':>6}  precision [80 %] [95 %]            recall")
    for part, found in scores.items():
        print(
            f"  {part:<18}{found.given:>6}{found.right:>6}{found.expected:>7}{found.found:>6}"
            f"  {_shown(found.precision):<34}{_shown(found.recall)}"
        )


def _shown(share: Interval) -> str:
    if share.value != share.value:
        return "-"
    return f"{share.value:.2f} [{share.low80:.2f} {share.high80:.2f}] [{share.low95:.2f} {share.high95:.2f}]"


def write_errors(labels: Sequence[Label], answers: Mapping[str, Answer], texts: Mapping[str, str]) -> None:
    """What was answered wrongly, and what was missed."""
    for label in labels:
        said = answers[label.id]
        wrong = label.counts and bool(said.event_type) and not said.is_right(label)
        if wrong or (label.is_event and not said.event_type):
            expected = f"{'|'.join(label.types)} / {'|'.join(label.issuers)}"
            got = f"{said.event_type} / {said.issuer}" if said.event_type else "nothing"
            print(f"  {label.id}: got {got}, expected {expected}: {texts[label.id][:160]}")


if __name__ == "__main__":
    main()
