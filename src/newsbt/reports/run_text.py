"""What stands around a results table: which data, how much of it was used, what to be careful about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from newsbt.domain.metric_table import MetricSpec
from newsbt.domain.record import RunRecord
from newsbt.domain.run_documents import RunDocument, UnusedName
from newsbt.reports.placebo_text import calendars_text, placebo_lines
from newsbt.reports.table_columns import Row, cell

__all__ = [
    "Fact",
    "counted",
    "facts",
    "footnotes",
    "linking_text",
    "not_linked_text",
    "notices",
    "period_text",
    "reason_text",
    "refusals_by_reason",
    "unsigned_text",
    "unused_lines",
    "warnings",
]

Fact = tuple[str, str]

MOST_REASONS = 12
MOST_NAMES = 5
_WORDS = {"t_plus_one": "T+1"}


def reason_text(reason: str) -> str:
    """``limit_up`` as people write it."""
    return _WORDS.get(reason, str(reason).replace("_", " "))


def counted(reasons: Mapping[str, int]) -> str:
    """``12 before period, 1 after period``: reasons with a number, most frequent first."""
    found = {reason: int(number) for reason, number in reasons.items() if number}
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{number:,} {reason_text(reason)}" for reason, number in ordered[:MOST_REASONS]]
    if len(ordered) > MOST_REASONS:
        parts.append(f"{sum(number for _, number in ordered[MOST_REASONS:]):,} for {len(ordered) - MOST_REASONS} more")
    return ", ".join(parts)


def not_linked_text(announcements: int, reasons: Mapping[str, int]) -> str:
    """``3 of 6 not linked: 2 unknown issuer, 1 ambiguous issuer``: the same words wherever a run is told of."""
    number = sum(int(count) for count in reasons.values())
    return f"{number:,} of {announcements:,} not linked" + (f": {counted(reasons)}" if number else "")


def linking_text(document: RunDocument) -> str | None:
    """:func:`not_linked_text` of a run; None where its folder does not say."""
    announcements, reasons = (document.get("counts") or {}).get("announcements"), document.get("not_linked")
    if not isinstance(announcements, int) or reasons is None:
        return None
    return not_linked_text(announcements, reasons)


def unsigned_text(without_sign: Mapping[str, int]) -> str:
    """``34 (Follow the issuer, Sector index), 2 (Chain)``: events without a sign, by strategy; empty without any."""
    names: dict[int, list[str]] = {}
    for name, number in without_sign.items():
        if number:
            names.setdefault(int(number), []).append(name)
    return ", ".join(f"{number:,} ({', '.join(listed)})" for number, listed in names.items())


def unused_lines(unused: Iterable[UnusedName], most: int = MOST_NAMES) -> list[Fact]:
    """A line for each reason for which something was not resolved or not used: the names, with what is near them."""
    by_reason: dict[str, list[UnusedName]] = {}
    for one in unused:
        by_reason.setdefault(str(one.get("reason")), []).append(one)
    lines = []
    for reason, rows in by_reason.items():
        parts = []
        for row in rows[:most]:
            times = f" ({row['count']:,})" if int(row.get("count") or 1) > 1 else ""
            message = str(row.get("message") or "")
            _, sign, hint = message.partition("did you mean ")
            hint = message if reason == "ambiguous_issuer" else sign + hint
            parts.append(f"{row.get('name')}{times}" + (f" [{hint}]" if hint else ""))
        more = f", and {len(rows) - most} more" if len(rows) > most else ""
        label = reason_text(reason)
        lines.append((label[:1].upper() + label[1:], ", ".join(parts) + more))
    return lines


def period_text(document: RunDocument) -> str:
    """First and last row, and how many there are."""
    period = document.get("period") or {}
    if not period.get("start"):
        return "unknown"
    return f"{period['start']} to {period.get('end')}, {int(period.get('rows') or 0):,} rows"


def refusals_by_reason(record: RunRecord) -> dict[str, int]:
    """Refusal rows of the strategies, by reason, most frequent first; baselines are left out."""
    names = {str(row.get("name")) for row in record.rows if row.get("kind") == "strategy"}
    total: Counter[str] = Counter()
    for name, reasons in (record.document.get("refusals") or {}).items():
        if name in names:
            total.update({str(reason): int(number) for reason, number in reasons.items()})
    return dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def _evidence(record: RunRecord) -> str:
    """What stands behind the placebo p-values."""
    return calendars_text(record)


def facts(record: RunRecord, most: int | None = None) -> list[Fact]:
    """Label and text of each line of the header: period, markets, account, events, links, drops, refusals; what the
    placebo says of `most` strategies, of all with None."""
    document = record.document
    exchanges = ", ".join(document.get("exchanges") or ())
    per_year = document.get("periods_per_year")
    found = [("Period", period_text(document) + (f" on {exchanges}" if exchanges else ""))]
    if isinstance(per_year, float | int):
        found[0] = ("Period", f"{found[0][1]} ({per_year:.1f} rows a year)")
    found.append(("Account", _account(document)))
    found.append(("Events", _events(document)))
    linking = linking_text(document)
    found += [] if linking is None else [("Linking", linking)]
    unsigned = unsigned_text(document.get("without_sign") or {})
    found += [("Without a sign", unsigned)] if unsigned else []
    found += [("Read as", line) for line in document.get("read_as") or ()]
    found += unused_lines(document.get("unused") or ())
    found += [
        (f"Dropped {source}", counted(reasons))
        for source, reasons in (document.get("drops") or {}).items()
        if source != "events" and any(reasons.values())
    ]
    refused = refusals_by_reason(record)
    found.append(("Refused orders", f"{sum(refused.values()):,}: {counted(refused)}" if refused else "none"))
    found += [("Verified", line) for line in _verified(document)]
    evidence = _evidence(record)
    if evidence:
        found.append(("Evidence", evidence))
    found += [("Placebo", line) for line in placebo_lines(record, most)]
    undated = {what: number for what, number in (document.get("hindsight") or {}).items() if number}
    if undated:
        listed = ", ".join(f"{number:,} {reason_text(what)}" for what, number in undated.items())
        found.append(("Hindsight", f"{listed} without a date since when they were known"))
    return found


def _verified(document: RunDocument) -> Iterator[str]:
    """Which books both engines kept, where the run was asked to keep both."""
    if (verified := document.get("verified")) is None:
        return
    rows = [str(row["name"]) for row in document.get("strategies") or () if row.get("kind") != "benchmark"]
    rest = [name for name in rows if name not in verified]
    yield (
        f"both engines keep the same books, to the last bit, of {len(verified)} of {len(rows)} strategies and "
        "baselines: fills, refusals, lots, cash and equity of every row"
        + (f"; not of {', '.join(rest)}, whose own orders only backtrader runs" if rest else "")
    )


def _account(document: RunDocument) -> str:
    account = document.get("account") or {}
    tickers = document.get("tickers") or {}
    strategies = [row for row in document.get("strategies") or () if row.get("kind") == "strategy"]
    engines = sorted({str(row["engine"]) for row in strategies if row.get("engine")})
    parts = []
    if isinstance(account.get("cash"), float | int):
        parts.append(f"{account['cash']:,.0f} {account.get('currency', '')} for each strategy".replace("  ", " "))
    if tickers:
        parts.append(
            f"{int(tickers.get('with_prices') or 0):,} of {int(tickers.get('universe') or 0):,} tickers priced"
        )
    if engines:
        parts.append(f"engine {', '.join(engines)}")
    return "; ".join(parts) or "unknown"


def _events(document: RunDocument) -> str:
    counts = document.get("counts") or {}
    dropped = (document.get("drops") or {}).get("events") or {}
    parts = [f"{int(counts[key]):,} {text}" for key, text in _EVENT_COUNTS if isinstance(counts.get(key), float | int)]
    if any(dropped.values()):
        parts.append(f"dropped: {counted(dropped)}")
    return "; ".join(parts) or "unknown"


_EVENT_COUNTS = (("events", "read"), ("events_in_run", "in the period"), ("events_linked", "linked"))


def notices(record: RunRecord) -> list[str]:
    """Sentences about the data and the rules that belong beside the numbers wherever they are shown."""
    return [str(notice) for notice in record.document.get("notices") or ()]


def warnings(record: RunRecord) -> list[str]:
    """Sentences about single rows of the results table, each with the name of its strategy."""
    return [f"{row.get('name')}: {warning}" for row in record.rows for warning in row.get("warnings") or ()]


def grouped(sentences: Iterable[str], most: int | None = None) -> list[str]:
    """Sentences that differ in their first word only (a ticker, as a rule), put together; no word is lost, but where
    more than `most` are put together.

    >>> grouped(["A has no price", "B moves a lot", "C has no price"])
    ['A has no price. Likewise: C', 'B moves a lot']
    """
    subjects: dict[str, list[str]] = {}
    for sentence in sentences:
        subject, _, rest = sentence.partition(" ")
        subjects.setdefault(rest, []).append(subject)
    parts = []
    for rest, (first, *others) in subjects.items():
        count = f" {len(others)} more" if len(others) > 1 else ""
        shown = others[:most]
        cut = ", ..." if len(shown) < len(others) else ""
        parts.append(f"{first} {rest}".strip() + (f". Likewise{count}: {', '.join(shown)}{cut}" if others else ""))
    return parts


def footnotes(rows: Sequence[Row], columns: Sequence[MetricSpec]) -> list[str]:
    """Why cells are empty, a line for each reason: ``Hit, Sharpe: no trades (A, B)``."""
    found: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    reasons: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        for column in columns:
            reason = cell(row, column).reason
            if reason:
                names = reasons.setdefault(reason, {}).setdefault(column.title, [])
                names.append(str(row.get("name")))
    for reason, by_title in reasons.items():
        for title, names in by_title.items():
            found.setdefault((reason, tuple(names)), []).append(title)
    everybody = len(rows)
    return [
        f"{', '.join(titles)}: {reason}" + ("" if len(names) == everybody else f" ({', '.join(dict.fromkeys(names))})")
        for (reason, names), titles in found.items()
    ]
