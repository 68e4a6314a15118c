"""report.html: one file without script, readable on its own, on paper and in the dark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from newsbt.domain.record import RunRecord
from newsbt.reports.columns import COLUMNS, MISSING, Cell, percent, present
from newsbt.reports.formats import html_page, html_table, results_html
from newsbt.reports.listing import LISTED, events_with_counts
from newsbt.reports.summary import facts, footnotes, notices, reason_text, refusals_by_reason, warnings
from newsbt.reports.svg import COLOURS, DASHES, Line, line_chart
from newsbt.reports.text import html_text

__all__ = ["report_page"]

MOST_EVENTS = 500


def report_page(record: RunRecord) -> str:
    """The page of a run as one HTML document; nothing in it reaches for the network."""
    sections = [
        _head(record),
        _section("Results", _results(record)),
        _section("Equity and drawdown", _charts(record)),
        _section("Refused orders", _refusals(record)),
        _section("Events", _events(record)),
        _section("Data", _data(record)),
        _section("Definitions", _definitions(record)),
        _section("Origin", _origin(record)),
    ]
    return html_page(record.name, "".join(sections))


def _section(title: str, content: str) -> str:
    return f"<section><h2>{title}</h2>{content}</section>\n" if content else ""


def _listed(sentences: Iterable[str], kind: str) -> str:
    items = "".join(f"<li>{html_text(sentence)}</li>" for sentence in sentences)
    return f'<ul class="{kind}">{items}</ul>' if items else ""


def _facts(pairs: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<div><dt>{html_text(label)}</dt><dd>{html_text(text)}</dd></div>" for label, text in pairs)
    return f'<dl class="facts">{rows}</dl>' if rows else ""


def _head(record: RunRecord) -> str:
    run = f'<p class="run">{html_text(record.run_id)}</p>' if record.run_id else ""
    return (
        f"<header><h1>{html_text(record.name)}</h1>{run}"
        f"{_listed(notices(record), 'notice')}{_verdict(record)}{_facts(facts(record))}</header>\n"
    )


def _verdict(record: RunRecord) -> str:
    """One sentence for each strategy: what it made, how deep it fell, what the benchmark made."""
    benchmark = (record.document.get("benchmark") or {}).get("metrics") or {}
    sentences = []
    for row in record.rows:
        metrics = row.get("metrics") or {}
        total, depth = metrics.get("total_return"), metrics.get("max_drawdown")
        if row.get("kind") != "strategy" or total is None:
            continue
        verb = "made" if total >= 0 else "lost"
        sentence = f"<b><bdi>{html_text(row.get('name'))}</bdi></b> {verb} <b>{percent(abs(total)).lstrip('+')}</b>"
        if benchmark.get("total_return") is not None:
            sentence += f" while the benchmark returned {percent(benchmark['total_return'])}"
        if depth is not None:
            sentence += f"; its worst drawdown was {percent(depth)}"
        trades = (row.get("counts") or {}).get("trades")
        if trades is not None:
            sentence += f", over {int(trades):,} closed {'trade' if trades == 1 else 'trades'}"
        sentences.append(f"{sentence}.")
    return "".join(f'<p class="verdict">{sentence}</p>' for sentence in sentences)


def _results(record: RunRecord) -> str:
    notes = footnotes(record.rows, present(COLUMNS, record.rows))
    caption = "One row for each strategy, baseline and the benchmark; returns are net of all costs."
    return (
        results_html(record.rows, caption)
        + _listed(warnings(record), "notice")
        + (f"<p>Why a cell is empty or infinite:</p>{_listed(notes, 'notes')}" if notes else "")
    )


def _charts(record: RunRecord) -> str:
    curves = record.table("equity")
    start = (record.document.get("account") or {}).get("cash")
    if curves.empty or not start:
        return "<p>No equity was recorded.</p>"
    names = [str(row.get("name")) for row in record.rows]
    drawn: dict[str, pd.DataFrame] = {
        name: curves[curves["strategy"] == name] for name in names if (curves["strategy"] == name).any()
    }

    def lines(values: str) -> list[Line]:
        return [
            Line(
                name=name,
                days=curve["date"].to_numpy().astype("M8[D]"),
                values=curve["equity"].to_numpy(dtype=np.float64) / start - 1.0
                if values == "return"
                else curve["drawdown"].to_numpy(dtype=np.float64),
                place=place,
            )
            for place, (name, curve) in enumerate(drawn.items())
        ]

    legend = "".join(
        f'<li><svg viewBox="0 0 28 8" aria-hidden="true"><path class="c{place % COLOURS}" '
        f'stroke-dasharray="{DASHES[place // COLOURS % len(DASHES)]}" d="M1 4H27"/></svg>'
        f"<bdi>{html_text(name)}</bdi></li>"
        for place, name in enumerate(drawn)
    )
    ends = "; ".join(f"{line.name} ends at {percent(float(line.values[-1]))}" for line in lines("return"))
    return (
        f'<ul class="legend">{legend}</ul>'
        "<h3>Return since the start, net of costs</h3>"
        + line_chart(lines("return"), title="Return since the start", description=ends, chart_id="equity")
        + "<h3>Drawdown from the highest equity so far</h3>"
        + line_chart(
            lines("drawdown"), title="Drawdown", description="Equity below its running peak.", chart_id="drawdown"
        )
    )


def _refusals(record: RunRecord) -> str:
    refused = refusals_by_reason(record)
    if not refused:
        return "<p>No order was refused.</p>"
    names = [str(row.get("name")) for row in record.rows if row.get("kind") == "strategy"]
    by_strategy: Mapping[str, Mapping[str, int]] = record.document.get("refusals") or {}
    body = [
        [Cell(reason_text(reason))] + [Cell(f"{by_strategy.get(name, {}).get(reason, 0):,}") for name in names]
        for reason in refused
    ]
    caption = "Attempts that were refused or reduced, by reason."
    return html_table(["Reason", *names], body, caption, text_columns=1)


def _events(record: RunRecord) -> str:
    names = {str(row.get("name")) for row in record.rows if row.get("kind") == "strategy"}
    events = events_with_counts(record)
    events = events[events["strategy"].isin(names)]
    if events.empty:
        return "<p>No strategy gave a signal for an event.</p>"
    ordered = events.assign(size=events["pnl"].abs().fillna(0.0)).sort_values(
        ["size", "strategy", "event_id", "ticker"], ascending=[False, True, True, True], kind="stable"
    )
    caption = "What each announcement brought, largest effect first; P&L in account currency, times in UTC."
    if len(ordered) > MOST_EVENTS:
        caption += f" The first {MOST_EVENTS:,} of {len(ordered):,}; all are in events.parquet."
    shown = ordered.head(MOST_EVENTS)
    fields = [field for field in LISTED["events"] if field.key in shown.columns]
    texts = [field for field in fields if field.is_text]
    numbers = [field for field in fields if not field.is_text]
    columns = [
        [_event_cell(field.show, value, field.key == "pnl") for value in shown[field.key]]
        for field in [*texts, *numbers]
    ]
    columns.insert(1, [Cell(str(name)) for name in shown["strategy"]])
    header = [field.title for field in [*texts, *numbers]]
    header.insert(1, "Strategy")
    return html_table(header, list(zip(*columns, strict=True)), caption, text_columns=len(texts) + 1)


def _event_cell(show: Any, value: Any, is_signed: bool) -> Cell:
    if pd.isna(value):
        return Cell(MISSING)
    return Cell(show(value), sign=int(np.sign(value)) if is_signed else 0)


def _data(record: RunRecord) -> str:
    document = record.document
    drops = [
        [Cell(str(source)), Cell(reason_text(reason)), Cell(f"{int(number):,}")]
        for source, reasons in (document.get("drops") or {}).items()
        for reason, number in reasons.items()
        if number
    ]
    dropped = (
        html_table(["Source", "Reason", "Rows"], drops, "Rows and events left out, by reason.", text_columns=2)
        if drops
        else "<p>Nothing was dropped.</p>"
    )
    hindsight = document.get("hindsight") or {}
    undated = ", ".join(f"{int(number):,} {reason_text(what)}" for what, number in hindsight.items())
    known = (
        f"<p>Rows without a date since when they were known, which may be hindsight: {html_text(undated)}.</p>"
        if undated
        else ""
    )
    doubts = document.get("doubts") or ()
    doubted = f"<h3>Doubts about the data</h3>{_listed(map(str, doubts), 'notes')}" if doubts else ""
    return dropped + known + doubted


def _definitions(record: RunRecord) -> str:
    definitions = record.document.get("definitions") or {}
    shown: Sequence[tuple[str, str]] = [
        (column.title, str(definitions[column.key]))
        for column in present(COLUMNS, record.rows)
        if column.key in definitions
    ]
    return f"<details><summary>What the columns mean</summary>{_facts(shown)}</details>" if shown else ""


def _origin(record: RunRecord) -> str:
    document = record.document
    pairs = [("Seed", str(document.get("seed")))]
    pairs += [(f"Hash of {name}", _short(value)) for name, value in (document.get("hashes") or {}).items()]
    pairs += [("Versions", ", ".join(f"{name} {text}" for name, text in (document.get("versions") or {}).items()))]
    started = (document.get("timings") or {}).get("started_at")
    return _facts(([("Started", str(started))] if started else []) + pairs)


def _short(value: Any) -> str:
    return f"{len(value):,} files" if isinstance(value, Mapping | list) else str(value)[:16]
