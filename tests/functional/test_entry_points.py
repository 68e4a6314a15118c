"""An installed package adds strategies, readers, providers, costs, slippage and metrics by entry points."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from newsbt.catalog import names
from newsbt.errors import ConfigError, StrategyError
from newsbt.runs.run_document import run_document
from projects import run_project

PACKAGE = '''
import math
from dataclasses import dataclass, field
import newsbt
from newsbt.events.from_csv import CsvAnnouncements
from newsbt.prices.price_readers import CsvPrices
from newsbt.markets.costs import Flat
from newsbt.simulation.slippage import Bps


class All(newsbt.Strategy):
    strength: float = 1.0

    def signal(self, view):
        links = view.links[["event_id", "ticker"]].drop_duplicates()
        return newsbt.Signal.for_events(links.assign(signal=self.strength))


class Shouting(CsvAnnouncements):
    pass


class Vendor(CsvPrices):
    pass


@dataclass(frozen=True, kw_only=True)
class Broker:
    fee: float = 7.0

    def table(self, panel, universe, rulebook):
        return Flat(commission_bps=0, minimum=self.fee).table(panel, universe, rulebook)


@dataclass(frozen=True, kw_only=True)
class Wide:
    def table(self, panel, rules):
        return Bps(bps=100).table(panel, rules)


@dataclass(frozen=True, kw_only=True)
class LongestFill:
    """Largest number of shares in one fill."""

    name: str = "largest_fill"
    unit: str = "shares"

    def compute(self, ledger):
        return float(ledger.fills["quantity"].max()) if len(ledger.fills) else math.nan


class Broken:
    name, unit = "broken", "none"

    def compute(self, ledger):
        return 1 / 0


class Twice:
    name, unit = "sharpe", "none"

    def compute(self, ledger):
        return 1.0
'''
POINTS = {
    "strategies": "all_links = demo_plugin:All",
    "readers": "shouting = demo_plugin:Shouting",
    "providers": "vendor = demo_plugin:Vendor",
    "costs": "my_broker = demo_plugin:Broker",
    "slippage": "wide = demo_plugin:Wide",
    "metrics": "largest = demo_plugin:LongestFill",
}
TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        H.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-05, 10,   11,   9,   10,    1000000
        """,
    "announcements": """
        event_id, published_at,         event_type, issuer, headline
        e,        2025-03-03T12:00:00Z, news,       Harbor, x
        """,
}
CONFIG = """
announcements: [{use: shouting, path: announcements.csv}]
prices: {use: vendor, path: prices.csv}
execution: {costs: {use: my_broker, fee: 9}, slippage: {use: wide}}
strategies: [{name: S, use: all_links, params: {strength: 0.5}, position: {weight: 0.1, hold: 1}}]
baselines: []
evaluation: {placebo: 0}
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Puts a package with these entry points where Python finds installed ones."""

    def install(**points: str) -> None:
        site = tmp_path / "site"
        about = site / "demo_plugin-1.0.dist-info"
        about.mkdir(parents=True)
        (site / "demo_plugin.py").write_text(PACKAGE, encoding="utf-8")
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: demo-plugin\nVersion: 1.0\n", encoding="utf-8")
        lines = [f"[newsbt.{group}]\n{line}\n" for group, line in points.items()]
        (about / "entry_points.txt").write_text("\n".join(lines), encoding="utf-8")
        monkeypatch.syspath_prepend(str(site))

    yield install
    sys.modules.pop("demo_plugin", None)


def test_every_group_works_in_a_run(installed, tmp_path: Path) -> None:
    installed(**POINTS)
    assert "all_links" in names("strategies")
    result = run_project(tmp_path, CONFIG, **TABLES)
    row = result["S"]
    assert row.fills["quantity"].tolist() == [5000, 5000]
    assert row.fills["price"].tolist() == pytest.approx([10.1, 9.9])
    assert row.fills["costs"].tolist() == [9.0, 9.0]
    assert row.metrics["largest_fill"] == 5000.0
    document = run_document(result)
    assert document["strategies"][0]["metrics"]["largest_fill"] == 5000.0
    assert document["definitions"]["largest_fill"] == "Largest number of shares in one fill; in shares."
    assert result.table["largest_fill"].tolist() == [5000.0]


def test_without_the_package_nothing_of_it_is_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'all_links' is not one of"):
        run_project(tmp_path, CONFIG.replace("shouting", "csv").replace("vendor", "csv"), **TABLES)


def test_an_undefined_metric_says_so(installed, tmp_path: Path) -> None:
    installed(**POINTS)
    none = TABLES["announcements"].replace("2025-03-03T12", "2025-03-09T12")
    row = run_project(tmp_path, CONFIG, **{**TABLES, "announcements": none})["S"]
    assert np.isnan(row.metrics["largest_fill"])
    assert row.reasons["largest_fill"]


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("Broken", StrategyError, r"'broken' raised ZeroDivisionError(.|\n)*demo_plugin.py:\d+ in compute"),
        ("Twice", ConfigError, "calls itself 'sharpe'"),
        ("Absent", ConfigError, "cannot be made: AttributeError"),
        ("Broker", ConfigError, r"has no attribute 'name' .*has no method compute\(ledger\)"),
    ],
)
def test_a_metric_that_cannot_be_used_is_named(
    installed, tmp_path: Path, name: str, error: type[Exception], words: str
) -> None:
    installed(**{**POINTS, "metrics": f"mine = demo_plugin:{name}"})
    with pytest.raises(error, match=words):
        run_project(tmp_path, CONFIG, **TABLES)
