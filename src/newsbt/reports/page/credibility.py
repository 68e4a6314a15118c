"""Whether to believe a result: what speaks against it and what for it, in sentences."""

from __future__ import annotations

import pandas as pd

from newsbt.reports.page.view import PageView, metric
from newsbt.reports.run_text import reason_text
from newsbt.reports.table_columns import Row, interval_in, probability, ratio, share

__all__ = ["as_good", "beliefs", "count_of", "placebo_count", "span_text"]

FEW_DATES = 30
UNLIKELY = 0.05
CERTAIN = 0.95


def beliefs(view: PageView, row: Row) -> list[str]:
    """A judgement, then sentences against and for it, the weightiest doubt first."""
    doubts, support = [], []
    if "simulated" in " ".join(map(str, view.document.get("notices") or ())).lower():
        doubts.append("The prices are simulated, so nothing follows for real markets.")
    interval, p, adjusted = interval_in(row, "sharpe"), metric(row, "placebo_p"), metric(row, "p_adjusted")
    sharpe = metric(row, "sharpe")
    if sharpe is not None and sharpe <= 0:
        doubts.append("Its Sharpe ratio is not above 0.")
    elif interval is None:
        why = (row.get("reasons") or {}).get("sharpe_low") or "none was drawn"
        doubts.append(f"The Sharpe ratio has no interval: {why}.")
    elif interval[0] <= 0:
        doubts.append(f"The Sharpe ratio's 95% interval, {span_text(interval)}, includes 0: it may be luck.")
    else:
        support.append(f"the Sharpe ratio's 95% interval, {span_text(interval)}, excludes 0")
    if p is None:
        doubts.append(f"No placebo test: {(row.get('reasons') or {}).get('placebo_p') or 'none was run'}.")
    elif p > UNLIKELY:
        doubts.append(f"{_as_well(row, p)}.")
    elif adjusted is not None and adjusted > UNLIKELY:
        doubts.append(
            f"{_as_well(row, p)}; with the other strategies of this table tried beside it, p is "
            f"{probability(adjusted)}."
        )
    else:
        support.append(_as_well(row, p))
    deflated, trials = metric(row, "dsr"), metric(row, "dsr_trials")
    if deflated is not None and trials is not None and trials > 1 and deflated < CERTAIN:
        doubts.append(
            f"After {int(trials):,} configurations tried, its Sharpe ratio is more than luck with a probability of "
            f"{share(deflated)} (deflated)."
        )
    dates = count_of(row, "event_dates")
    if dates == 0:
        doubts.append("It traded on no announcement, so that nothing here is about news.")
    elif dates is not None and dates < FEW_DATES:
        are, plural = ("is", "") if dates == 1 else ("are", "s")
        doubts.append(f"There {are} only {dates:,} independent event date{plural}.")
    undated = {name: number for name, number in (view.document.get("hindsight") or {}).items() if number}
    if undated:
        words = ", ".join(f"{int(number):,} {reason_text(name)}" for name, number in undated.items())
        doubts.append(f"Hindsight is possible: {words} without a date since when they were known.")
    if row.get("warnings"):
        doubts.append("There is a warning beside the results table.")
    if not doubts:
        return [f"Nothing here speaks against it: {' and '.join(support)}."]
    judgement = "With care." if support else "Not on this evidence."
    return [judgement, *doubts, *([f"For it: {' and '.join(support)}."] if support else [])]


def _as_well(row: Row, p: float) -> str:
    """What the placebo found, counted in draws where the run says how many there were."""
    found = placebo_count(row)
    if found is None:
        return f"Other calendars of its news give p = {probability(p)}"
    better, draws = found
    return f"{better:,} of {draws:,} other calendars of its news did at least as well (p = {probability(p)})"


def placebo_count(row: Row) -> tuple[int, int] | None:
    """How many placebo draws did at least as well, and of how many; None where the run does not tell."""
    p, draws = metric(row, "placebo_p"), metric(row, "placebo_m")
    return None if p is None or not draws else (as_good(p, int(draws)), int(draws))


def as_good(p: float, draws: int) -> int:
    """How many of m draws p counts as at least as good: it is (b + 1) / (m + 1)."""
    return min(max(round(p * (draws + 1)) - 1, 0), draws)


def span_text(interval: tuple[float, float]) -> str:
    """An interval of ratios as people read it."""
    return f"{ratio(interval[0])} to {ratio(interval[1])}"


def count_of(row: Row, name: str) -> int | None:
    """A count of a row, None where it has none."""
    value = (row.get("counts") or {}).get(name)
    return int(value) if isinstance(value, float | int) and not pd.isna(value) else None
