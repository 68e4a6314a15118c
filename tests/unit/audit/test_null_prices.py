"""Null worlds keep what markets are like and leave the direction to chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.assembly import assemble
from newsbt.audit.null_prices import NullPrices, drawn_signs, null_prices, planted_at
from newsbt.config.loading import load
from newsbt.domain.progress import SilentProgress
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.prepare import PreparedRun, prepare
from newsbt.steps.simulate import strategy_books
from price_walks import walk

CONFIG = Path(__file__).parents[3] / "configs" / "rival_release.yaml"
NAMES = ("open", "high", "low", "close")


@pytest.fixture(scope="module")
def sample() -> PreparedRun:
    """The bundled sample: three markets, price limits, dividends, late listings."""
    return prepare(assemble(load(CONFIG)), SilentProgress())


@pytest.fixture(scope="module")
def source(sample: PreparedRun) -> NullPrices:
    return null_prices(sample.components, sample.market)


def world(source: NullPrices, k: int, seed: int = 7) -> MarketSetup:
    return source.market_of(drawn_signs(source.market.panel, np.random.default_rng([seed, k])))


def returns(market: MarketSetup) -> np.ndarray:
    panel = market.panel
    with np.errstate(invalid="ignore"):
        paid = (panel.close + panel.dividend) * panel.split / panel.reference - 1.0
    return np.where(panel.tradable, paid, np.nan)


def test_a_world_in_which_every_day_goes_as_it_went_is_the_market(source: NullPrices) -> None:
    panel = source.market.panel
    same = source.market_of(np.ones(len(panel.dates), dtype=np.int64)).panel
    for name in (*NAMES, "dividend", "prev_close"):
        assert np.allclose(getattr(same, name), getattr(panel, name), rtol=1e-12, atol=0, equal_nan=True), name
    assert (same.tradable == panel.tradable).all() and np.array_equal(same.volume, panel.volume, equal_nan=True)


def test_one_seed_one_world_and_another_seed_another(source: NullPrices) -> None:
    first, again, other = world(source, 3), world(source, 3), world(source, 4)
    assert np.array_equal(first.panel.close, again.panel.close, equal_nan=True)
    assert not np.array_equal(first.panel.close, other.panel.close, equal_nan=True)


def test_each_date_has_a_sign_of_its_own(sample: PreparedRun) -> None:
    panel = sample.market.panel
    signs = np.array([drawn_signs(panel, np.random.default_rng([1, k])) for k in range(400)])
    assert set(np.unique(signs)) == {-1, 1} and abs(signs.mean()) < 0.04
    for days in (1, 2, 5):
        assert (signs[:, days:] == signs[:, :-days]).mean() == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("k", range(3))
def test_sizes_of_returns_and_so_volatility_and_its_clustering_stay(source: NullPrices, k: int) -> None:
    mine, theirs = returns(source.market), returns(world(source, k))
    assert (np.isnan(mine) == np.isnan(theirs)).all()
    known = np.isfinite(mine)
    apart = np.abs(np.abs(mine[known]) - np.abs(theirs[known]))
    assert np.quantile(apart, 0.999) < 0.002  # half a price step, where limits put prices on them

    def clustering(values: np.ndarray) -> float:
        sizes = np.abs(values)
        rows = np.isfinite(sizes[1:]) & np.isfinite(sizes[:-1])
        return float(np.corrcoef(sizes[1:][rows], sizes[:-1][rows])[0, 1])

    assert clustering(theirs) == pytest.approx(clustering(mine), abs=0.01)


@pytest.mark.parametrize("k", range(3))
def test_tickers_move_together_as_they_did(source: NullPrices, k: int) -> None:
    mine, theirs = returns(source.market), returns(world(source, k))
    often = np.isfinite(mine).sum(axis=0) > 200
    mine, theirs = mine[:, often], theirs[:, often]

    def together(values: np.ndarray) -> np.ndarray:
        filled = np.nan_to_num(values)  # not centred: what is kept is the mean product
        sizes = np.sqrt((filled**2).mean(axis=0))
        return (filled.T @ filled) / len(filled) / np.outer(sizes, sizes)

    assert np.abs(together(theirs) - together(mine)).max() < 0.02


@pytest.mark.parametrize("k", range(5))
def test_no_price_passes_its_limit_and_bars_hold_together(source: NullPrices, k: int) -> None:
    market = world(source, k)
    panel, rules = market.panel, market.rules
    limited = np.isfinite(rules.limit_up) & panel.tradable
    assert limited.any()
    for name in NAMES:
        price = getattr(panel, name)[limited]
        assert (price <= rules.limit_up[limited] + 1e-9).all() and (price >= rules.limit_down[limited] - 1e-9).all()
        steps = price / rules.tick[limited]
        assert np.abs(steps - np.rint(steps)).max() < 1e-6
    bars = panel.tradable
    assert (panel.high[bars] >= np.maximum(panel.open, panel.close)[bars] - 1e-9).all()
    assert (panel.low[bars] <= np.minimum(panel.open, panel.close)[bars] + 1e-9).all()
    assert (panel.low[bars] > 0.0).all()


def test_what_closed_at_a_limit_does_so_and_hardly_anything_else(source: NullPrices) -> None:
    """A step beside a limit, in the mirror it may be rounded to the other."""

    def locked(market: MarketSetup) -> np.ndarray:
        close, rules = market.panel.close, market.rules
        with np.errstate(invalid="ignore"):
            return (close == rules.limit_up) | (close == rules.limit_down)

    mine = locked(source.market)
    assert mine.any()
    for k in range(4):
        theirs = locked(world(source, k))
        assert theirs[mine].all() and (theirs & ~mine).sum() <= 1


def test_who_knows_news_and_the_past_earns_nothing_on_average(source: NullPrices) -> None:
    """Over each pair of a world and its opposite the mean return of any day is zero, whatever came before."""
    panel = source.market.panel
    signs = drawn_signs(panel, np.random.default_rng(5))
    both = returns(source.market_of(signs)) + returns(source.market_of(-signs))
    known = np.isfinite(both)
    assert np.abs(both[known]).max() < 0.01 and abs(both[known].mean()) < 2e-5


def test_a_planted_effect_is_gained_by_every_trade_and_nobody_before() -> None:
    prepared, _ = walk(3)
    source = null_prices(prepared.components, prepared.market)
    sign = drawn_signs(prepared.market.panel, np.random.default_rng([7, 0]))
    null = source.market_of(sign)
    (spec,) = prepared.components.strategies

    def lots(market: MarketSetup) -> np.ndarray:
        ran = PreparedRun(components=prepared.components, market=market, news=prepared.news)
        return strategy_books(ran, spec, engine="compiled").ledger.lots

    before = lots(null)
    ledger = strategy_books(
        PreparedRun(components=prepared.components, market=null, news=prepared.news), spec, engine="compiled"
    ).ledger
    planted = source.market_of(sign, planted_at(ledger, 0.02, null.panel))
    after = lots(planted)
    assert len(before) == len(after) > 5
    gain = after["exit_price"] / after["entry_price"] - before["exit_price"] / before["entry_price"]
    alone = np.bincount(before["ticker"], minlength=5)
    side = np.sign(before["quantity"])
    assert (np.sign(gain) == side).all() and np.abs(gain).min() > 0.015 and alone.max() > 1
    first = int(before["entry_row"].min())
    assert np.array_equal(null.panel.close[:first], planted.panel.close[:first])
    assert np.allclose(null.panel.open[first], planted.panel.open[first])
