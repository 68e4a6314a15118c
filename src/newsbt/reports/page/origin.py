"""What the run stands on: data, drops, doubts, definitions and versions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from newsbt._plain import PlainValue
from newsbt.reports.html.page_blocks import (
    Absent,
    Block,
    Details,
    Facts,
    Lines,
    Note,
    Subheading,
    Table,
    Td,
    Under,
    sentences,
)
from newsbt.reports.page.view import PageView
from newsbt.reports.run_text import facts as run_facts
from newsbt.reports.run_text import grouped, notices, period_text, reason_text

__all__ = ["about", "data", "data_notice", "origin"]

MOST_OF_A_KIND = 6  # lines of the header under one label


def data_notice(view: PageView) -> list[Block]:
    """Stands over everything else: whether the data is simulated, what was read, and what was left out."""
    notes = notices(view.record)
    simulated = any("simulated" in sentence.lower() for sentence in notes)
    kind = "Simulated data" if simulated else "Data as given: nothing says that it is simulated"
    counts, period = view.document.get("counts") or {}, period_text(view.document)
    parts = [kind, period] if period != "unknown" else [kind]
    if isinstance(counts.get("events"), int):
        inside = counts.get("events_in_run")
        parts.append(f"{counts['events']:,} announcements read" + (f", {inside:,} in the period" if inside else ""))
    parts += _left_out(view) or ["Nothing left out"]
    return [Note("The data", [*sentences(notes, "notice"), Under(f"{'. '.join(parts)}.")])]


def _left_out(view: PageView) -> list[str]:
    """What was left out, announcements first; prices of other tickers than the run's are no loss."""
    found = []
    for source, reasons in (view.document.get("drops") or {}).items():
        number = sum(int(count) for count in reasons.values())
        what = {"events": "announcement", "prices": "price row"}.get(source, "row")
        plural = "" if number == 1 else "s"
        of = "" if source in ("events", "prices") else f" of {source}"
        if number:
            verb = "ignored" if "no instruments" in source else "left out"
            found.append(f"{number:,} {what}{plural}{of} {verb}")
    return found


def about(view: PageView) -> list[Block]:
    """Period, account, events and refusals, a line each; of a kind with a line a strategy the first few are open."""
    shown: list[tuple[str, str]] = []
    more: dict[str, list[tuple[str, str]]] = {}
    count = Counter[str]()
    for label, text in run_facts(view.record):
        count[label] += 1
        (shown if count[label] <= MOST_OF_A_KIND else more.setdefault(label, [])).append((label, text))
    folded = [Details(f"{label}: {len(lines):,} more", [Facts(lines)]) for label, lines in more.items()]
    return [Facts(shown), *folded]


def data(view: PageView) -> list[Block]:
    """Drops by reason, spans, hindsight and doubts."""
    document = view.document
    drops = [
        [Td(str(source)), Td(reason_text(reason)), Td(f"{int(number):,}", value=int(number))]
        for source, reasons in (document.get("drops") or {}).items()
        for reason, number in reasons.items()
        if number
    ]
    header = [("Source", "text"), ("Reason", "text"), ("Rows", "number")]
    parts: list[Block] = [
        Table(header, drops, "Rows and events left out, by reason") if drops else Absent("Nothing was dropped."),
    ]
    spans = [
        (f"Span of {reason_text(name)}", _span(span)) for name, span in (document.get("spans") or {}).items() if span
    ]
    parts.append(Facts(spans))
    undated = {name: number for name, number in (document.get("hindsight") or {}).items() if number}
    if undated:
        words = ", ".join(f"{int(number):,} {reason_text(name)}" for name, number in undated.items())
        parts.append(Absent(f"Rows without a date since when they were known, which may be hindsight: {words}."))
    doubts = grouped(map(str, document.get("doubts") or ()))
    if doubts:
        parts += [Subheading("Doubts about the data"), Lines(doubts, "notes")]
    return parts


def _span(span: PlainValue) -> str:
    values = list(span.values()) if isinstance(span, Mapping) else list(span) if isinstance(span, list) else [span]
    return " to ".join(str(value) for value in values)


def origin(view: PageView) -> list[Block]:
    """Where the run came from, so that it can be had again."""
    document = view.document
    pairs = [("Run", view.record.run_id)] if view.record.run_id else []
    started = (document.get("timings") or {}).get("started_at")
    pairs += [("Started", str(started))] if started else []
    pairs += [("Seed", str(document["seed"]))] if document.get("seed") is not None else []
    pairs += [(f"Hash of {name}", _hash(value)) for name, value in (document.get("hashes") or {}).items()]
    versions = ", ".join(f"{name} {text}" for name, text in (document.get("versions") or {}).items())
    pairs += [("Versions", versions)] if versions else []
    if not pairs:
        return [Absent("This run folder does not say where it came from.")]
    return [*sentences(view.troubles, "notice"), Details("Run, seed, hashes and versions", [Facts(pairs)])]


def _hash(value: PlainValue) -> str:
    if isinstance(value, Mapping):
        return (
            f"{len(value):,} files"
            if len(value) > 4
            else ", ".join(f"{name} {str(text)[:12]}" for name, text in value.items())
        )
    return str(value)[:16]
