"""What a grid asks of an index is asked of its proxy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from newsbt.linking.universe_tables import read_universe
from newsbt.steps.strategy_signals import traded_grid

INSTRUMENTS = """ticker,name,exchange,board,currency,proxy
^HSTECH,Hang Seng TECH,XHKG,index,HKD,3033.HK
3033.HK,ETF,XHKG,etf,HKD,
9988.HK,Alibaba,XHKG,main,HKD,
"""


@pytest.mark.rule("X18")
def test_an_indexs_signal_is_added_to_its_proxys_and_the_sum_cut(tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_text(INSTRUMENTS, encoding="utf-8")
    universe = read_universe(path)
    index, proxy, other = (universe.position[name] for name in ("^HSTECH", "3033.HK", "9988.HK"))
    grid = np.zeros((4, 3))
    grid[:, index], grid[:, proxy], grid[:, other] = (
        [0.7, -0.8, 0.5, 0.0],
        [0.6, -0.9, -0.2, 0.4],
        [0.3, -1.0, 1.0, 0.0],
    )
    found = traded_grid(universe, grid)
    assert found[:, proxy].tolist() == [1.0, -1.0, 0.3, 0.4]
    assert found[:, other].tolist() == [0.3, -1.0, 1.0, 0.0]
    assert not found[:, index].any()
