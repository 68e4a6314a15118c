"""How findings about prices read: gravest first, a heading a kind, the first few of each."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from newsbt.domain.findings import Finding
from newsbt.prices.doubt_sentences import doubt_sentences
from newsbt.prices.quality import Doubt
from newsbt.reports.price_check import findings_view


def shown(width: int, *findings: Finding) -> list[str]:
    out = StringIO()
    Console(file=out, width=width).print(findings_view(findings))
    return out.getvalue().splitlines()


def gap(ticker: str) -> Finding:
    return Finding(
        kind="gap", ticker=ticker, count=2, message=f"{ticker} has no row for 2 of 9 sessions of XHKG: 2025-03-03"
    )


FINDINGS = [
    Finding(kind="late_start", ticker="Z.HK", message="Z.HK begins on 2025-03-03, 40 sessions after most others"),
    *(gap(f"{letter}.HK") for letter in "ABCDEFG"),
    Finding(
        kind="duplicate", ticker="B.HK", file="p.csv", line=7, message="B.HK on 2025-03-04: the row stands already"
    ),
]


def test_the_gravest_come_first_and_the_same_sentence_once() -> None:
    assert shown(120, *FINDINGS) == [
        "A run stops at these rows",
        "  duplicate: a ticker and time that stand twice (1)",
        "    p.csv:7: B.HK on 2025-03-04: the row stands already",
        "To look at",
        "  gap: sessions of the exchange without a row (14, 7 tickers)",
        "    A.HK has no row for 2 of 9 sessions of XHKG: 2025-03-03. Likewise 6 more: B.HK, C.HK, D.HK, E.HK, ...",
        "To know",
        "  late_start: a ticker that begins after the others of its exchange (1)",
        "    Z.HK begins on 2025-03-03, 40 sessions after most others",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(map(len, shown(width, *FINDINGS))) <= width


def test_more_than_three_sentences_of_a_kind_are_counted() -> None:
    rows = [Finding(kind="ohlc_order", file="p.csv", line=n, message=f"row {n}") for n in range(2, 9)]
    assert shown(80, *rows)[1:] == [
        "  ohlc_order: open or close outside low to high (7)",
        *(f"    p.csv:{n}: row {n}" for n in (2, 3, 4)),
        "    and 4 more; --json lists all",
    ]


def test_doubts_of_one_kind_are_one_sentence() -> None:
    priceless = [Doubt(kind="no_prices", ticker=f"T{n}", message=f"T{n} has no price row at all") for n in range(9)]
    splits = [
        Doubt(kind="split_in_prices", ticker="S", date=f"2025-03-0{n}", message=f"S splits on 2025-03-0{n}.")  # type: ignore[arg-type]
        for n in range(1, 6)
    ]
    assert doubt_sentences([*priceless, *splits], 40) == (
        "9 of 40 tickers have no prices and cannot be traded: T0, T1, T2, T3, T4, ...",
        "S splits on 2025-03-01.",
        "S splits on 2025-03-02.",
        "S splits on 2025-03-03. Likewise 2 more: S on 2025-03-04, S on 2025-03-05",
    )
    assert doubt_sentences(priceless[:1], 40) == ("T0 has no price row at all",)
