"""A metric of a user's own that cannot be used, or is called as another, is told of when the config is loaded."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from newsbt.analysis.user_metrics import _made
from newsbt.cli import main
from newsbt.domain.metric_table import METRICS, MetricSpec
from newsbt.evidence import registry
from newsbt.evidence.contract import Evidence, RunEvidence
from projects import write_project

METRIC = """

class {cls}:
    name, unit = {name!r}, {unit!r}

    def compute(self, {parameters}):
        return 1.0
"""
TABLES = {
    "instruments": """
        ticker, name,   exchange, board, currency, lot_size
        H.HK,   Harbor, XHKG,     main,  HKD,      100
        """,
    "prices": """
        ticker, date,       open, high, low, close, volume
        H.HK,   2025-03-03, 10,   11,   9,   10,    1000000
        H.HK,   2025-03-04, 10,   11,   9,   10,    1000000
        """,
    "announcements": """
        event_id, published_at,         event_type, issuer, headline
        e,        2025-03-03T12:00:00Z, news,       Harbor, x
        """,
}
CONFIG = "strategies: [{name: S, use: named_tickers, params: {sign: one}}]\nbaselines: []\nevaluation: {placebo: 0}\n"
LUCK = MetricSpec("luck", "How lucky it was.", scope="evidence", unit="probability")

Check = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Install a package of metrics, each (name, unit, parameters of compute), and say what `newsbt check` tells."""
    config = write_project(tmp_path, CONFIG, **TABLES)

    def messages(*metrics: tuple[object, object, str]) -> list[dict[str, Any]]:
        site = tmp_path / "site"
        about = site / "demo_metrics-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: demo-metrics\nVersion: 1.0\n", encoding="utf-8")
        points = [f"m{k} = demo_metrics:M{k}\n" for k in range(len(metrics))]
        (about / "entry_points.txt").write_text(f"[newsbt.metrics]\n{''.join(points)}", encoding="utf-8")
        source = "".join(
            METRIC.format(cls=f"M{k}", name=name, unit=unit, parameters=parameters)
            for k, (name, unit, parameters) in enumerate(metrics)
        )
        (site / "demo_metrics.py").write_text(source, encoding="utf-8")
        monkeypatch.syspath_prepend(site)
        monkeypatch.delitem(sys.modules, "demo_metrics", raising=False)
        _made.cache_clear()  # of entry points that are called as these are
        code = main(["check", str(config), "--json"])
        errors: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["errors"]
        assert code == (2 if errors else 0)
        assert main(["run", str(config)]) == code
        return errors

    yield messages
    sys.modules.pop("demo_metrics", None)


def test_one_of_its_own_name_is_taken(check: Check) -> None:
    assert check(("longest_hold", "sessions", "ledger")) == []


@pytest.mark.parametrize("key", ["sharpe", "placebo_p", "event_dates"])
def test_one_called_as_a_metric_of_newsbts_own_is_refused(check: Check, key: str) -> None:
    assert key in METRICS
    (found,) = check((key, "x", "ledger"))
    assert "the metric 'm0' (demo_metrics:M0, an entry point of newsbt.metrics)" in found["message"]
    assert f"calls itself {key!r}, which is a metric of newsbt's own" in found["message"]


def test_one_called_as_a_metric_of_evidence_is_refused(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Evidence(name="luck_of_draws", find=lambda _: RunEvidence(), metrics=(LUCK,))
    monkeypatch.setattr(registry, "EVIDENCE", (*registry.EVIDENCE, kind))
    (found,) = check(("luck", "x", "ledger"))
    assert "demo_metrics:M0" in found["message"]
    assert "'luck', which is a metric of the evidence 'luck_of_draws'" in found["message"]


def test_two_of_one_name_are_both_named(check: Check) -> None:
    (found,) = check(("longest_hold", "sessions", "ledger"), ("longest_hold", "days", "ledger"))
    assert "demo_metrics:M0" in found["message"] and "demo_metrics:M1" in found["message"]
    assert "calls itself 'longest_hold', and so does" in found["message"]


def test_what_does_not_fit_is_told_in_one_go(check: Check) -> None:
    messages = [one["message"] for one in check(
        ("longest hold", "x", "ledger"), (3, "x", "ledger"), ("fits", 7, "ledger"), ("apt", "x", ""), ("1st", "", "l"),
    )]  # fmt: skip
    assert len(messages) == 5
    assert "calls itself 'longest hold'; expected one word" in messages[0]
    assert "has 3 as its 'name'; expected a text" in messages[1]
    assert "has 7 as its 'unit'; expected a text" in messages[2]
    assert "has compute(), which cannot be called as compute(ledger)" in messages[3]
    assert "calls itself '1st'" in messages[4]
    assert all("M" in one and "demo_metrics.py" in one for one in messages[1:4])
