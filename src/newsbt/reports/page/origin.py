"""What the run stands on: data, drops, doubts, definitions and versions."""

from __future__ import annotations

from collections.abc import Mapping

from newsbt._plain import PlainValue
from newsbt.reports.page.html_markup import Td, absent, details, facts, listed, table
from newsbt.reports.page.view import PageView
from newsbt.reports.run_text import facts as run_facts
from newsbt.reports.run_text import grouped, notices, period_text, reason_text
from newsbt.reports.text import html_text

__all__ = ["about", "data", "data_notice", "origin"]


def data_notice(view: PageView) -> str:
    """Stands over everything else: whether the data is simulated, what was read, and what was left out."""
    sentences = notices(view.record)
    simulated = any("simulated" in sentence.lower() for sentence in sentences)
    kind = "Simulated data" if simulated else "Data as given: nothing says that it is simulated"
    counts, period = view.document.get("counts") or {}, period_text(view.document)
    parts = [kind, period] if period != "unknown" else [kind]
    if isinstance(counts.get("events"), int):
        inside = counts.get("events_in_run")
        parts.append(f"{counts['events']:,} announcements read" + (f", {inside:,} in the period" if inside else ""))
    parts += _left_out(view) or ["Nothing left out"]
    return (
        f'<div role="note" aria-label="The data">{listed(sentences, "notice")}'
        f'<p class="told">{html_text(". ".join(parts))}.</p></div>'
    )


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


def about(view: PageView) -> str:
    """Period, account, events and refusals, a line each."""
    return facts(run_facts(view.record))


def data(view: PageView) -> str:
    """Drops by reason, spans, hindsight and doubts."""
    document = view.document
    drops = [
        [Td(str(source)), Td(reason_text(reason)), Td(f"{int(number):,}", value=int(number))]
        for source, reasons in (document.get("drops") or {}).items()
        for reason, number in reasons.items()
        if number
    ]
    header = [("Source", "text"), ("Reason", "text"), ("Rows", "number")]
    parts = [
        table(header, drops, "Rows and events left out, by reason") if drops else absent("Nothing was dropped."),
    ]
    spans = [
        (f"Span of {reason_text(name)}", _span(span)) for name, span in (document.get("spans") or {}).items() if span
    ]
    parts.append(facts(spans))
    undated = {name: number for name, number in (document.get("hindsight") or {}).items() if number}
    if undated:
        words = ", ".join(f"{int(number):,} {reason_text(name)}" for name, number in undated.items())
        parts.append(absent(f"Rows without a date since when they were known, which may be hindsight: {words}."))
    doubts = grouped(map(str, document.get("doubts") or ()))
    if doubts:
        parts.append(f"<h3>Doubts about the data</h3>{listed(doubts, 'notes')}")
    return "".join(parts)


def _span(span: PlainValue) -> str:
    values = list(span.values()) if isinstance(span, Mapping) else list(span) if isinstance(span, list) else [span]
    return " to ".join(str(value) for value in values)


def origin(view: PageView) -> str:
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
        return absent("This run folder does not say where it came from.")
    troubles = listed(view.troubles, "notice") if view.troubles else ""
    return troubles + details("Run, seed, hashes and versions", facts(pairs))


def _hash(value: PlainValue) -> str:
    if isinstance(value, Mapping):
        return (
            f"{len(value):,} files"
            if len(value) > 4
            else ", ".join(f"{name} {str(text)[:12]}" for name, text in value.items())
        )
    return str(value)[:16]
