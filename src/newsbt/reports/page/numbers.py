"""The results table, monthly returns, the way from gross to net, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from newsbt.reports.html.page_blocks import Absent, Bar, Block, Details, Facts, Table, Td, Under, sentences
from newsbt.reports.page.shown_strategies import MOST_LINES, first_rows, left_out, table_rows
from newsbt.reports.page.view import PageView, metric
from newsbt.reports.page.wording import refusal_sentence
from newsbt.reports.run_text import footnotes, reason_text, refusals_by_reason, warnings
from newsbt.reports.table_columns import MISSING, cell, columns_of, money, percent

__all__ = ["gross_to_net", "monthly_returns", "refused_orders", "results"]

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MOST_MONTHS = 12  # rows of the results table
STEPS = (0.005, 0.02, 0.05, 0.1)  # shades of a month's return


def name_cell(view: PageView, name: str) -> Td:
    return Td(name, value=name, look=view.look(name))


def results(view: PageView) -> list[Block]:
    """The results table with the reasons of its empty cells, and warnings about its rows."""
    if not view.rows:
        return [Absent("This run holds no strategy.")]
    columns = columns_of(view.rows)
    body = []
    for row in table_rows(view):
        cells = [name_cell(view, str(row.get("name")))]
        for column in columns:
            shown = cell(row, column)
            value = ((row.get("counts") if column.scope == "count" else row.get("metrics")) or {}).get(column.key)
            is_number = isinstance(value, float | int) and not isinstance(value, bool) and np.isfinite(value)
            infinite = float("inf") if shown.text == "inf" else None
            cells.append(
                Td(
                    shown.text,
                    value=float(value) if is_number and value is not None else infinite,
                    css={1: "up", -1: "down"}.get(shown.sign, ""),
                    tip=shown.reason,
                )
            )
        body.append(cells)
    header = [("Strategy", "text"), *((column.title, "number") for column in columns)]
    caption = (
        "One row for each strategy, baseline and the benchmark; all but Gross is net of all costs, money in "
        f"{view.currency}"
    )
    definitions = view.document.get("definitions") or {}
    meant = [(column.title, str(definitions[column.key])) for column in columns if column.key in definitions]
    notes = footnotes(view.rows, columns)
    return [
        Table(header, body, caption, sortable=True, css="results"),
        *left_out(view, MOST_LINES),
        *sentences(warnings(view.record), "notice"),
        *([Under("Why a cell is empty or infinite:"), *sentences(notes, "notes")] if notes else []),
        *([Details("What the columns mean", [Facts(meant)])] if meant else []),
    ]


def monthly_returns(view: PageView) -> list[Block]:
    """Returns by calendar month, a row for each strategy and year; baselines are folded away."""
    if not view.curves or view.cash is None:
        return [Absent("No equity was recorded, so there are no monthly returns.")]
    listed = [name for name in view.curves if view.look(name).kind != "baseline"]
    shown = listed[:MOST_MONTHS]
    others = [name for name in view.curves if name not in listed]
    caption = "Return by calendar month, net of all costs; the first and last month and year may be partial"
    parts: list[Block] = [_months(view, shown, caption)] if shown else []
    if len(listed) > len(shown):
        parts.append(Under(f"{len(listed) - len(shown):,} more rows of the results table are left out here."))
    if others:
        parts.append(Details("Monthly returns of the baselines", [_months(view, others, caption)]))
    return parts


def _months(view: PageView, names: list[str], caption: str) -> Table:
    assert view.cash is not None
    body = []
    for name in names:
        curve = view.curves[name]
        days = pd.DatetimeIndex(curve["date"])
        found = {
            (int(year), int(month)): float(value)
            for year, month, value in zip(days.year, days.month, curve["equity"].tolist(), strict=True)
            if np.isfinite(value)
        }
        start = view.cash
        by_year: dict[int, dict[int, float]] = {}
        year_starts: dict[int, float] = {}
        for (year, month), end in found.items():
            year_starts.setdefault(year, start)
            by_year.setdefault(year, {})[month] = end / start - 1.0 if start > 0 else np.nan
            start = end
        for year, months in by_year.items():
            last = found[year, max(months)]
            whole = last / year_starts[year] - 1.0 if year_starts[year] > 0 else np.nan
            cells = [name_cell(view, name), Td(str(year), value=year)]
            cells += [_month(months.get(month)) for month in range(1, 13)]
            body.append([*cells, _month(whole)])
    header = [
        ("Strategy", "text"),
        ("Year", "number"),
        *((name, "number") for name in MONTHS),
        ("In the year", "number"),
    ]
    return Table(header, body, caption, css="months")


def _month(value: float | None) -> Td:
    if value is None or not np.isfinite(value):
        return Td("")
    size = sum(abs(value) >= step for step in STEPS)
    css = f"h{'u' if value > 0 else 'd'}{size}" if size else ""
    return Td(f"{value:+.1%}" if abs(value) >= 0.0005 else "0.0%", value=value, css=css)


def gross_to_net(view: PageView) -> list[Block]:
    """What each strategy earned before costs, what costs and slippage took, and what was left."""
    rows = []
    for row in table_rows(view):
        gross, net = metric(row, "gross_return"), metric(row, "total_return")
        costs, slippage = metric(row, "total_costs"), metric(row, "slippage_cost")
        if gross is None or net is None or view.cash is None or row.get("kind") == "benchmark":
            continue
        rows.append((row, gross, (costs or 0.0) / view.cash, (slippage or 0.0) / view.cash, net))
    if not rows:
        return [Absent("No strategy has a gross return, so there is no way from gross to net to show.")]
    values = [value for _, gross, _, _, net in rows for value in (gross, net, 0.0)]
    low, width = min(values), (max(values) - min(values)) or 1.0

    def at(value: float) -> float:
        return (value - low) / width

    body = []
    for row, gross, costs, slippage, net in rows:
        borrowed, dividends = metric(row, "borrow_cost"), metric(row, "dividends")
        tip = "; ".join(
            f"{money(value)} {view.currency} {word}"
            for value, word in ((borrowed, "of it for borrowing"), (dividends, "of dividends in the gross"))
            if value
        )
        body.append(
            [
                name_cell(view, str(row.get("name"))),
                Td(percent(gross), value=gross, css=_sign(gross)),
                Td(percent(-costs), value=-costs, tip=tip),
                Td(percent(-slippage), value=-slippage),
                Td(percent(net), value=net, css=_sign(net)),
                Td(
                    "",
                    bars=[
                        Bar(at(0.0), at(net), "net"), Bar(at(net), at(gross - slippage), "fees"),
                        Bar(at(gross - slippage), at(gross), "slip"),
                    ],
                    zero=at(0.0),
                ),
            ]
        )  # fmt: skip
    header = [("Strategy", "text"), ("Gross", "number"), ("Fees, taxes, borrowing", "number"), ("Slippage", "number"),
              ("Net", "number"), ("Net, fees and the like, slippage", "bar")]  # fmt: skip
    return [
        Table(header, body, "From gross to net, in percent of the initial cash", css="gross"),
        *left_out(view, MOST_LINES),
    ]


def _sign(value: float) -> str:
    return "up" if value > 0 else "down" if value < 0 else ""


def refused_orders(view: PageView) -> list[Block]:
    """Attempts that were refused or reduced, by reason and strategy, with what each reason means."""
    refused = refusals_by_reason(view.record)
    if not refused:
        return [Absent("No order was refused.")]
    names = [str(row.get("name")) for row in first_rows(view)]
    by_strategy: Mapping[str, Mapping[str, int]] = view.document.get("refusals") or {}
    most = max(refused.values())
    body = []
    for reason, number in refused.items():
        counts = [int(by_strategy.get(name, {}).get(reason, 0)) for name in names]
        body.append(
            [
                Td(reason_text(reason)),
                *(Td(f"{count:,}" if count else MISSING, value=count) for count in counts),
                Td("", bars=[Bar(0.0, number / most, "ref")], value=number),
                Td(refusal_sentence(reason)),
            ]
        )
    header = [("Reason", "text"), *((name, "number") for name in names), ("All", "bar"), ("What it means", "text")]
    caption = "Attempts to trade that were refused or cut, by reason; an order that tries again counts each time"
    return [Table(header, body, caption, css="refused"), *left_out(view, len(names))]
