"""`result.returns` is a Series that empyrical and quantstats take as it is, and says the same there."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import textwrap
import warnings
from functools import cache

import numpy as np
import pandas as pd
import pytest

import newsbt
from newsbt.api import Result
from newsbt.strategies.fade import Fade
from newsbt.strategies.issuer_drift import IssuerDrift
from newsbt.testing import small_market


@cache
def result() -> Result:
    return small_market(90, events=40).run(Fade(), IssuerDrift(), position={"weight": 0.2}, evaluation={"placebo": 0})


def test_returns_are_a_plain_series_by_date() -> None:
    returns = result()["Fade"].returns
    assert isinstance(returns, pd.Series) and isinstance(returns.index, pd.DatetimeIndex)
    assert returns.dtype == np.float64 and returns.index.tz is None and returns.index.is_monotonic_increasing
    assert np.isfinite(returns).all() and (returns != 0).any()
    assert (1 + returns).prod() - 1 == pytest.approx(result()["Fade"].metrics["total_return"])


def test_empyrical_takes_them_and_agrees() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of empyrical's own imports
        import empyrical
    row = result()["Fade"]
    q = row.metrics["periods_per_year"]
    assert empyrical.max_drawdown(row.returns) == pytest.approx(row.metrics["max_drawdown"])
    assert empyrical.cum_returns_final(row.returns) == pytest.approx(row.metrics["total_return"])
    assert empyrical.annual_volatility(row.returns, annualization=q) == pytest.approx(row.metrics["volatility"])
    assert empyrical.sharpe_ratio(row.returns, annualization=q) == pytest.approx(row.metrics["sharpe"])


@pytest.mark.skipif(importlib.util.find_spec("quantstats") is None, reason="quantstats is not installed")
def test_quantstats_takes_them_and_agrees() -> None:
    """In a process of its own: quantstats changes pandas when it is imported."""
    code = """
        import sys, warnings
        warnings.simplefilter("ignore")
        import pandas as pd
        from quantstats import stats
        returns = pd.read_pickle(sys.argv[1])
        print(repr(float(stats.max_drawdown(returns))), repr(float(stats.comp(returns))))
    """
    row = result()["Fade"]
    with tempfile.NamedTemporaryFile(suffix=".pkl") as file:
        row.returns.to_pickle(file.name)
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), file.name], capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    drawdown, total = map(float, done.stdout.split()[-2:])
    assert drawdown == pytest.approx(row.metrics["max_drawdown"])
    assert total == pytest.approx(row.metrics["total_return"])


def test_compare_puts_results_below_each_other() -> None:
    table = newsbt.compare([result(), result()])
    assert table.index.names == ["run", "strategy"]
    assert [run for run, _ in table.index] == ["notebook"] * 2 + ["notebook 2"] * 2
    assert {"sharpe", "hedged_return", "trades"} <= set(table.columns)
    assert newsbt.compare([]).empty
