"""C4: a position that has not moved since it was bought adds exactly nothing to equity, whatever is done with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.product import ENGINES, kept_by
from twin.run import run
from twin.scenario import Bar, Key, Scenario
from twin.worlds import Size, scenarios

pytestmark = pytest.mark.rule("C4")

PRICES = (0.1, 1.2, 16.68, 97.53, 0.33333333, 480.0)


def at_rest(scenario: Scenario, price: float, rate: float) -> Scenario:
    """The same world in which prices move by their dividends and splits alone, rates not at all, and nothing costs."""
    bars: dict[tuple[str, Key], Bar] = {}
    for item in scenario.instruments:
        at = price
        for key in scenario.rows:
            bar = scenario.bars.get((item.ticker, key))
            if bar is None:
                continue
            # With a close a fraction of a share is paid cum dividend (X19): one of the two.
            dividend = bar.dividend if bar.close is None or bar.split == 1.0 else 0.0
            after = round((at - dividend) / bar.split, 8)
            split = bar.split
            if after <= 0.01 or abs(after * split + dividend - at) > 1e-12:  # no price of eight decimals
                dividend, split, after = 0.0, 1.0, at
            at = after
            own = (None,) * 4 if bar.close is None else (at,) * 4
            bars[item.ticker, key] = Bar(*own, bar.volume, dividend, split)
    execution = replace(scenario.execution, costs="zero", slippage_bps=0.0, borrow_bps=0.0)
    return replace(
        scenario, bars=bars, execution=execution, close_before=dict.fromkeys(scenario.close_before, price),
        fx={currency: ((dated[0][0], rate),) for currency, dated in scenario.fx.items()},
    )  # fmt: skip


WORLDS = st.one_of(
    scenarios(), scenarios(intraday=True, size=Size(tickers=3, rows=4)), scenarios(grid=True, same_close=False)
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    WORLDS, st.sampled_from(PRICES), st.sampled_from((7.7812, 0.1285, 1.08)),
    st.sampled_from((11.0, 30_000.0, 1_000_003.7)),
)  # fmt: skip
def test_what_stands_still_is_worth_what_it_cost(scenario: Scenario, price: float, rate: float, cash: float) -> None:
    still = replace(at_rest(scenario, price, rate), cash=cash)
    for books in (run(still), *(kept_by(still, engine) for engine in ENGINES)):
        assert books.equity == [cash] * len(still.rows)
        assert [lot.pnl for lot in books.lots] == [0.0] * len(books.lots)
        assert all(str(fill.slippage_cost) == "0.0" for fill in books.fills)
