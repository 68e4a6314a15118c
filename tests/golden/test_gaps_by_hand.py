"""X19 where a row has no close, and positions that have not moved: worked out by hand, on both engines and the twin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time

import pytest

from twin.handmade import DAYS, A, C, U, flat, news, stock, world
from twin.product import ENGINES, kept_by
from twin.result import TwinResult
from twin.run import run
from twin.scenario import Bar, Execution, Position, Scenario, View

pytestmark = pytest.mark.rule("X19")

SHORT = stock("S.HK", "XHKG", shortable=True)
HELD = Position(weight=0.5, hold=3)


def silent(dividend: float = 0.0, split: float = 1.0) -> Bar:
    """A suspended day that says no more than that the ticker goes ex."""
    return Bar(None, None, None, None, None, dividend, split)


def bar_ex(price: float, **more: float) -> Bar:
    return replace(flat(price), **more)


def all_three(scenario: Scenario) -> Iterator[TwinResult]:
    """The twin's books, the backtrader engine's and the compiled engine's."""
    yield run(scenario)
    yield from (kept_by(scenario, engine) for engine in ENGINES)


def still(scenario: Scenario) -> None:
    """Nothing moves: equity is the cash in every row, to the last bit, and every lot's profit is 0."""
    for books in all_three(scenario):
        assert books.equity == [scenario.cash] * len(scenario.rows)
        assert [lot.pnl for lot in books.lots] == [0.0] * len(books.lots)
        assert len(books.fills) > 0


STILL = {
    # 0.5 x 100000 / 20 = 2500 shares; Wednesday, two for one without a close: 5000 at 20 / 2 = 10.
    "a split": (U, 1.0, [flat(20), flat(20), silent(split=2), flat(10), flat(10), flat(10)]),
    # 41,666 shares sold at 1.2; three for one: 124,998 at 1.2 / 3 = 0.4, which no binary division gives.
    "a short's split": (U, -1.0, [flat(1.2), flat(1.2), silent(split=3), flat(0.4), flat(0.4)]),
    # 2900 shares at 16.68 pay 0.3 each, 870 in all, and are worth 16.38 each, 870 less.
    "a dividend": (A, 1.0, [flat(16.68), flat(16.68), silent(dividend=0.3), flat(16.38), flat(16.38)]),
    "a short's dividend": (SHORT, -1.0, [flat(16.68), flat(16.68), silent(dividend=0.3), flat(16.38), flat(16.38)]),
    # 20 less 4 is 16, in two is 8; another 0.5 is 7.5.
    "three in a row": (
        U, 1.0, [flat(20), flat(20), silent(dividend=4), silent(split=2), silent(dividend=0.5), flat(7.5)]
    ),
    # The ex-date was Wednesday and is told on Thursday, both without a trade.
    "stamped a day late": (A, 1.0, [flat(20), flat(20), None, silent(split=2), flat(10)]),
    # 2551 shares at 19.6 become 1785 at 28 and 0.7, which is paid at 28.
    "a fraction of a share": (U, 1.0, [flat(19.6), flat(19.6), silent(split=0.7), flat(28), flat(28)]),
    # 2551 shares at 19.6 pay 1.6 each; 18 / 1.5 = 12: 3826 shares and a half, which is paid at 12.
    "a dividend and a split at once": (U, 1.0, [flat(19.6), flat(19.6), silent(1.6, 1.5), flat(12), flat(12)]),
    # The same to the last bit with closes on the ex-dates.
    "with closes": (U, 1.0, [flat(16.68), flat(16.68), bar_ex(16.38, dividend=0.3), bar_ex(5.46, split=3)]),
}  # fmt: skip


@pytest.mark.parametrize("case", STILL)
def test_going_ex_without_a_close_moves_nothing(case: str) -> None:
    """Fault 02: marks are the last close less the dividend, divided by the split."""
    item, signal, bars = STILL[case]
    still(world({item: bars}, news("e", 1, View(item.ticker, signal)), currency=item.currency, position=HELD,
                cash=100_000.0))  # fmt: skip


def test_another_tickers_split_moves_nothing() -> None:
    """A price that is one step of binary beside 10 stays that where V goes two for one; to eight decimals it is 10."""
    price, other = math.nextafter(10.0, 11.0), stock("V", "XNYS")
    bars = {U: [flat(price)] * 5, other: [flat(20), flat(20), bar_ex(10, split=2.0), flat(10), flat(10)]}
    views = View("U", 1.0), View("V", 1.0)
    still(world(bars, news("e", 1, *views), currency="USD", position=replace(HELD, weight=0.3), cash=100_000.0))


@pytest.mark.rule("C4")
@pytest.mark.parametrize("rate", [7.7812, 0.1285, 8.0, 1 / 3])
@pytest.mark.parametrize("cash", [11.0, 100_000.0, 1_000_003.7])
@pytest.mark.parametrize("price", [0.1, 1.2, 16.68, 1 / 3, 97.53])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_what_does_not_move_is_worth_what_it_cost(price: float, sign: float, cash: float, rate: float) -> None:
    """Fault 05, C4: four lots of two tickers, a fifth of which leave at a time, in two currencies whose rate stands
    still: the cash in every row, to the last bit."""
    other = stock("V", "XNYS")
    bars = {U: [flat(price, 10_000_000.0)] * 8, other: [flat(price * 1.1, 10_000_000.0)] * 8}
    events = [news(f"e{k}", k, View(("U", "V")[k % 2], sign * (1.0, 0.7)[k % 2])) for k in range(4)]
    made = world(bars, *events, fx={"USD": ((date(2025, 1, 1), rate),)}, cash=cash,
                 position=Position(weight=0.2, hold=2, on_repeat="add"))  # fmt: skip
    if cash > 100 * price * rate:
        still(made)
        still(replace(made, execution=Execution(participation=cash / price / rate / 10_000_000 / 20)))


def test_with_costs_equity_stands_still_between_the_fills() -> None:
    """Half of 11 USD is 4 shares at 1.2 sold short, for 0.1 % or 0.00480: 10.9952 until they are bought back."""
    made = world({U: [flat(1.2)] * 6}, news("e", 1, View("U", -1.0)), currency="USD", position=HELD, cash=11.0,
                 execution=Execution(costs="flat", commission_bps=10))  # fmt: skip
    for books in all_three(made):
        cost = books.fills[0].costs
        assert cost == pytest.approx(0.0048)
        assert books.equity == [11.0, *[11.0 - cost] * 3, *[11.0 - (cost + books.fills[1].costs)] * 2]
        assert books.lots[0].pnl == -(cost + books.fills[1].costs)


@pytest.mark.parametrize("cash", [64_000.0, 98_765.4, 250_000.0])
def test_what_stands_still_after_a_move_stands_still(cash: float) -> None:
    """Five lots go from 10.1 to 97.3 on Thursday, and leave one after the other at 97.3, part by part: from then on
    equity is the same to the last bit in every row, in whatever order the gains are added up."""
    others = [stock(name, "XNYS") for name in "VWXY"]
    bars = {item: [flat(10.1)] * 3 + [flat(97.3, 1_000.0)] * 5 for item in (U, *others)}
    events = [news(f"e{k}", 0, View(item.ticker, 0.97 - 0.11 * k), at=time(0, k)) for k, item in enumerate(bars)]
    made = world(bars, *events, fx={"USD": ((date(2025, 1, 1), 7.7812),)}, cash=cash,
                 position=Position(weight=0.2, hold=4), execution=Execution(participation=0.05))  # fmt: skip
    for books in all_three(made):
        assert len([fill for fill in books.fills if fill.reason == "hold"]) > 5
        assert books.equity[2] == cash < books.equity[3]
        assert set(books.equity[3:]) == {books.equity[3]}


def test_sizes_and_limits_after_a_split_without_a_close() -> None:
    """10 becomes 5 on the suspended Tuesday. Wednesday's order is half of 100,000 at 5: 10,000 shares; 5.50 is the
    upper limit of a tenth, so it is refused, having been told on Monday; Thursday's is filled."""
    made = world(
        {C: [flat(10), silent(split=2), flat(5.5), flat(5.5), flat(6.0)]},
        news("e1", 2, View("C.SH", 1.0)),
        news("e2", 3, View("C.SH", 1.0)),
        currency="CNY", position=Position(weight=0.5, hold=None), cash=100_000.0,
    )  # fmt: skip
    for books in all_three(made):
        (row,) = books.refusals
        assert (row.date, row.reason, row.wanted) == (DAYS[2], "limit_up", 10_000)
        assert row.would_have_returned == pytest.approx(6.0 / 5.5 - 1)
        assert [(fill.date, fill.quantity, fill.price) for fill in books.fills] == [(DAYS[3], 9_000, 5.5)]


def test_what_a_refused_entry_would_have_returned_over_a_split_at_the_end() -> None:
    """Too much for the cash at 10, to be held to the end, where two for one are marked at 5: nothing gained or lost."""
    made = world(
        {A: [flat(10), flat(10), silent(split=2)]},
        news("e", 1, View("A.HK", 1.0)),
        position=Position(weight=2.0, hold=None), execution=Execution(reject_short_cash=True), cash=100_000.0,
    )  # fmt: skip
    for books in all_three(made):
        assert [(row.reason, row.would_have_returned) for row in books.refusals] == [("cash", 0.0)]
