"""The one word on each strategy, in a line that says which figures decided it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from newsbt.domain.metrics import spec_of
from newsbt.domain.verdict import ADJUSTED_P, CERTAIN, FEWEST_DATES, HOLDS, Verdict
from newsbt.reports.table_columns import Row, number, value_of

__all__ = ["VERDICT_STYLES", "verdict_lines"]

VERDICT_STYLES: Mapping[str, str] = {"holds": "green", "weak": "yellow", "looks ahead": "bold red"}
WHY = {
    ADJUSTED_P: ("adjusted p", f"above {HOLDS:.2f}"),
    "dsr": ("deflated Sharpe", f"not above {CERTAIN:.2f}"),
    "hedged_return": ("hedged return", "not above 0"),
    "event_dates": ("independent dates", f"below {FEWEST_DATES}"),
}
AUDITS = {
    "passed": "audited, no look-ahead found",
    "not audited": "not audited (newsbt audit CONFIG)",
    "looks ahead": "newsbt audit found a look-ahead",
}


def verdict_lines(rows: Sequence[Row], verdicts: Mapping[str, Verdict]) -> Iterator[str]:
    """A line for each strategy, then what its figures are over."""
    judged = [(row, verdicts[str(row.get("name"))]) for row in rows if str(row.get("name")) in verdicts]
    for row, verdict in judged:
        failed = ", ".join(_failed(row, verdict))
        parts = [verdict.word, *([f"failed: {failed}"] if failed else []), AUDITS[verdict.audited]]
        yield f"{row.get('name')}: {'; '.join(parts)}"
    tried = {int(found) for row, _ in judged if (found := (row.get("metrics") or {}).get("dsr_trials"))}
    if tried:
        tested = sum((row.get("metrics") or {}).get(ADJUSTED_P) is not None for row, _ in judged)
        over = (
            f"Adjusted p: over the {_counted(tested, 'strategy', 'strategies')} of this run with a p. "
            if tested
            else ""
        )
        yield (
            f"{over}Deflated Sharpe: over the {_counted(max(tried), 'configuration', 'configurations')} ever tried in "
            f"this runs folder{', which the p leaves to it' if tested else ''}."
        )


def _failed(row: Row, verdict: Verdict) -> Iterator[str]:
    for key in verdict.failed:
        spec, (name, why) = spec_of(key), WHY[key]
        value = None if spec is None else value_of(row, spec)
        if value is None:
            yield f"no {name} ({_reason(row, 'placebo_p' if key == ADJUSTED_P else key)})"
        else:
            yield f"{name} {number(key, value)} ({why})"


def _reason(row: Row, key: str) -> str:
    return str((row.get("reasons") or {}).get(key) or "undefined")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
