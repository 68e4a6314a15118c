"""What `newsbt check` shows in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.console import ConsoleRenderable, Group

from newsbt._plain import PlainValue
from newsbt.domain.check_report import CheckReport
from newsbt.reports.run_text import counted, not_linked_text, reason_text, unsigned_text, unused_lines
from newsbt.reports.tabular import grid
from newsbt.reports.wrapping import Prose

__all__ = ["check_view"]

LABEL = 28  # the widest a label gets before it is folded


def check_view(report: CheckReport) -> ConsoleRenderable:
    """Counts, spans, drops and hindsight, a line each."""
    sentences = [Prose(f"! {notice}", "yellow") for notice in report.notices]
    state = "" if report.ok else f": {len(report.errors)} error{'s' if len(report.errors) > 1 else ''}"
    return Group(Prose(report.name + state, "bold"), *sentences, grid(_lines(report), label=LABEL))


def _lines(report: CheckReport) -> Iterable[tuple[str, str]]:
    if report.strategies:
        yield "Strategies", ", ".join(report.strategies)
    if report.periods_per_year is not None:
        yield "Rows a year", f"{report.periods_per_year:.1f}"
    for name, span in report.spans.items():
        if span is not None:
            yield f"Span of {reason_text(name)}", _span(span)
    for name, number in report.counts.items():
        yield f"Number of {reason_text(name)}", f"{number:,}"
    if "announcements" in report.counts:
        yield "Linking", not_linked_text(report.counts["announcements"], report.not_linked)
    unsigned = unsigned_text(report.without_sign)
    if unsigned:
        yield "Without a sign", unsigned
    yield from (("Read as", line) for line in report.read_as)
    yield from unused_lines([one.as_dict() for one in report.unused])
    for source, reasons in report.drops.items():
        yield f"Dropped {source}", counted(reasons) or "none"
    if any(report.hindsight.values()):
        yield "Hindsight", f"{counted(report.hindsight)} without a date since when they were known"


def _span(span: PlainValue) -> str:
    """``a to b`` for a pair or a mapping of two, whatever else as it is."""
    if isinstance(span, Mapping):
        span = list(span.values()) if len(span) == 2 else [f"{key} {_span(value)}" for key, value in span.items()]
        return " to ".join(map(str, span)) if len(span) == 2 else ", ".join(map(str, span))
    if isinstance(span, list | tuple):
        return (" to " if len(span) == 2 else ", ").join(map(str, span))
    return str(span)
