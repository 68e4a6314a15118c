"""What `newsbt audit` shows in a terminal, from its document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.console import ConsoleRenderable, Group, RenderableType
from rich.text import Text

from newsbt.domain.command_documents import (
    AuditDocument,
    AuditedStrategy,
    ConfoundedEvent,
    Confounders,
    DataDoubt,
    FloorJson,
    PlaceboKinds,
)
from newsbt.reports.run_text import reason_text
from newsbt.reports.table_columns import MISSING, percent, probability, ratio
from newsbt.reports.tabular import TerminalTable, ids, token
from newsbt.reports.wrapping import Prose

__all__ = ["audit_view"]

MOST_CONFOUNDED = 12
MOST_NAMED = 5  # tickers of one kind of doubt

KINDS = {
    "instants": "the same news at other times",
    "tickers": "other tickers of the same markets",
    "signs": "the signs dealt out anew",
}

KNOWN = frozenset(
    {
        "name", "look_ahead", "first_difference", "proof", "events_traded", "event_dates", "placebo", "confounders",
        "detection_floor",
    }
)  # fmt: skip
"""What has lines of its own in the text; other evidence is told as it is."""


def audit_view(document: AuditDocument, name: str, notices: Sequence[str] = ()) -> ConsoleRenderable:
    """Strategy by strategy, then what there is to doubt about the data."""
    parts: list[RenderableType] = [Prose(name, "bold")]
    parts += [Prose(f"! {notice}", "yellow") for notice in notices]
    for item in document["strategies"]:
        parts += [Text(""), *_strategy(item)]
    doubts = list(document["data"])
    parts += [Text(""), Text(_doubts_head(doubts), style="bold")]
    parts += [Prose(f"  {line}", indent=2) for line in _doubts(doubts)]
    return Group(*parts)


def _strategy(item: AuditedStrategy) -> Iterator[RenderableType]:
    yield Prose(item["name"], "bold")
    proof = item["proof"]
    own = [file for file in proof["files"] if file["of_run"]]
    if item["first_difference"] is not None:
        yield Prose(f"  LOOKS AHEAD: {item['first_difference']['text']}", "bold red", indent=2)
    for file in own:
        yield Prose(f"  LOOKS AHEAD: {file['text']}", "bold red", indent=2)
    if proof["unsteady"]:
        yield Prose(f"  NOT PROVED: {proof['unsteady']}", "bold red", indent=2)
    elif not item["look_ahead"]:
        shown = f"{proof['decisions']:,} decisions, {proof['futures']:,} other futures at {proof['cuts']:,} places"
        nothing = "" if proof["decisions"] else "; it decided nothing here, so nothing was proved"
        yield Prose(f"  No look-ahead: the past stayed as it was ({shown}){nothing}", "green", indent=2)
    for file in proof["files"]:
        if not file["of_run"]:
            yield Prose(f"  What it opened is not proved, for it is the same in every future: {file['text']}", "yellow",
                        indent=2)  # fmt: skip
    for line in (*_placebo(item["placebo"]), *_floor(item["detection_floor"]), *_confounders(item["confounders"])):
        yield Prose(f"  {line}", indent=2)
    for name, value in item.items():
        if name not in KNOWN:
            yield Prose(f"  {reason_text(name).capitalize()}: {_plainly(value)}", indent=2)
    listed = item["confounders"]["events"]
    if listed:
        yield _confounded(listed)


def _placebo(found: PlaceboKinds) -> Iterator[str]:
    if not found["kinds"]:
        yield f"Placebo: none, {found['reason']}"
        return
    yield f"Placebo, against a total return of {percent(found['observed'])}:"
    for kind, one in found["kinds"].items():
        if one["p"] is None:
            yield f"  {KINDS[kind]}: none, {one['reason']}"
            continue
        show = ratio if one.get("metric") == "t" else percent
        spread = f"5 % to 95 %: {show(one['q05'])} to {show(one['q95'])}, median {show(one['median'])}"
        note = f"{one['note']}; of the others " if one.get("note") else ""
        yield f"  {KINDS[kind]}: p = {probability(one['p'])} of {one['m']:,} runs; {note}{spread}"


def _floor(floor: FloorJson) -> Iterator[str]:
    least, critical = floor["total_return"], floor["critical"]
    if least is None or critical is None:
        yield f"Detection floor: unknown, {floor['reason']}"
        return
    means = [
        f"{percent(mean)} {text}"
        for mean, text in ((floor["per_trade"], "a trade"), (floor["per_event"], "of the account an event"))
        if mean is not None
    ]
    yield (
        f"Detection floor: an effect below {percent(least)} in all ({', '.join(means)}) would mostly "
        f"go unseen; from {percent(critical)} on a result has p of at most 5 %"
    )


def _plainly(value: object) -> str:
    """Any JSON value in a line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{reason_text(key)} {_plainly(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(map(_plainly, value))
    return MISSING if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)


def _confounders(found: Confounders) -> Iterator[str]:
    kinds = ", ".join(f"{number:,} by {kind}" for kind, number in found["by_kind"].items() if number)
    other = f": {kinds}" if kinds else ""
    yield (
        f"Confounders: {found['confounded_events']:,} of {found['traded_events']:,} traded events met others while "
        f"held{other}"
    )


def _confounded(listed: Sequence[ConfoundedEvent]) -> ConsoleRenderable:
    heads = [token("Event", 0), ids("Same ticker", 1), ids("Same sector", 2), ids("Same day", 3)]
    rows = [
        [
            one["event_id"],
            _some(one["ticker"], one["counts"]["ticker"]),
            _some(one["sector"], one["counts"]["sector"]),
            _some(one["day"], one["counts"]["day"]),
        ]
        for one in listed[:MOST_CONFOUNDED]
    ]
    table = TerminalTable(heads, rows)
    rest = len(listed) - MOST_CONFOUNDED
    return Group(table, Text(f"  and {rest:,} more; --json lists all", style="dim")) if rest > 0 else table


def _some(ids: Sequence[str], number: int) -> str:
    if not number:
        return MISSING
    return ", ".join(ids[:2]) + (f" and {number - 2:,} more" if number > 2 else "")


def _doubts_head(doubts: Sequence[DataDoubt]) -> str:
    """How many there are, and what has all where some are not shown."""
    if not doubts:
        return "Data: no doubts"
    counts = Counter(str(doubt["kind"]) for doubt in doubts)
    more = "; --json has each" if max(counts.values()) > MOST_NAMED + 1 else ""
    return f"Data: {len(doubts):,} doubt{'s' if len(doubts) > 1 else ''}{more}"


def _doubts(doubts: Sequence[DataDoubt]) -> Iterator[str]:
    """A line for each kind: the first, how many are like it, and a few of them."""
    by_kind: dict[str, list[DataDoubt]] = {}
    for doubt in doubts:
        by_kind.setdefault(str(doubt["kind"]), []).append(doubt)
    for kind, (first, *others) in by_kind.items():
        text = f"{reason_text(kind)}: {first['message']}"
        if others:
            tickers = [str(doubt["ticker"]) for doubt in others if doubt["ticker"]]
            named = f": {', '.join(tickers[:MOST_NAMED])}{', ...' if len(tickers) > MOST_NAMED else ''}"
            text += f". Likewise {len(others):,} more{named if tickers else ''}"
        yield text
