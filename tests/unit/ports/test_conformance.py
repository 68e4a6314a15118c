"""A plug-in that does not fit the contract of its kind is told of when the config is loaded, and by `newsbt check`."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

import newsbt
from newsbt.assembly import assemble
from newsbt.catalog import BUILT_IN, strategy_kind
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.errors import NewsbtError
from newsbt.events.labelling.llm import LanguageModel
from newsbt.ports.conformance import CONTRACTS, FURTHER, misfit
from newsbt.ports.strategy_contract import NewsWanted
from newsbt.testing import small_market
from projects import write_project

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
NEWS = "announcements: [{use: csv, path: announcements.csv}, {use: 'mine.py:Mine'}]"

# The key of a component in the config, its contract, and its method as the contract calls it.
KINDS = {
    "announcements": (NEWS, "announcements[1].use", "AnnouncementReader", "read(known_tickers)"),
    "labels": (NEWS, "announcements[1].use", "LabelReader", "read_labels(known_tickers)"),
    "prices": ("prices: {use: 'mine.py:Mine'}", "prices.use", "PriceReader", "read(known_tickers)"),
    "fx": ("fx: {use: 'mine.py:Mine'}", "fx.use", "FxReader", "read()"),
    "linker": ("linker: {use: 'mine.py:Mine'}", "linker.use", "Linker", "linking(universe, hops)"),
    "costs": ("execution: {costs: {use: 'mine.py:Mine'}}", "execution.costs.use", "CostModel",
              "table(panel, universe, rulebook)"),
    "slippage": ("execution: {slippage: {use: 'mine.py:Mine'}}", "execution.slippage.use", "SlippageModel",
                 "table(panel, rules)"),
    "sizer": ("strategies: [{name: S, use: named_tickers, position: {weight: {use: 'mine.py:Mine'}}}]",
              "strategies[0].position.weight.use", "Sizer", "weights(panel)"),
    "strategy": ("strategies: [{name: S, use: 'mine.py:Mine'}]", "strategies[0].use", "Strategy", "signal(view)"),
    "step strategy": ("strategies: [{name: S, use: 'mine.py:Mine'}]", "strategies[0].use", "StepStrategy",
                      "signal_at(t, past)"),
}  # fmt: skip
FAULTS = {
    "missing": ("", "has no method {call}"),
    "misspelt": ("def {name}s(self, *given): ...", "has no method {call}; did you mean '{name}s'?"),
    "too many": ("def {name}(self, a, b, c, d, e): ...", "has {name}(a, b, c, d, e), which cannot be called as {call}"),
    "too few": ("def {name}(self, *, other): ...", "has {name}(*, other), which cannot be called as {call}"),
    "no self": ("def {name}(): ...", "has {name}(), which cannot be called as {call}"),
    "no method": ("{name} = 'x'", "has 'x' as its '{name}'; expected a method {call}"),
    "async": ("async def {name}(self, *given): ...", "has {name} as a coroutine"),
}


def project(folder: Path, block: str, body: str, base: str = "") -> Path:
    decorator = "" if base else "@dataclass(frozen=True, kw_only=True)\n"
    (folder / "mine.py").write_text(
        "from dataclasses import dataclass\nimport newsbt\n\n\n"
        f"{decorator}class Mine{f'({base})' if base else ''}:\n    tag: str = ''\n    {body}\n",
        encoding="utf-8",
    )
    config = CONFIG if not block.startswith("strategies") else CONFIG.partition("\n")[2]
    return write_project(folder, f"{config}{block}\n", **TABLES)


def problems_of(config: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["check", str(config), "--json"]) == 2
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["errors"]
    return found


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_lacks_its_method_is_named(
    kind: str, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block, key, contract, call = KINDS[kind]
    name = call.partition("(")[0]
    body, words = (text.format(name=name, call=call) for text in FAULTS[fault])
    if kind == "labels" and fault in ("missing", "misspelt"):
        contract, call = "AnnouncementReader", "read(known_tickers)"  # nothing says that it was to give labels
        words = f"has no method {call}"
    base = f"newsbt.{contract}" if "strategy" in kind else ""
    config = project(tmp_path, block, body, base)
    (found,) = problems_of(config, capsys)
    assert found["key"] == key
    assert found["file"] == str(config) and found["line"] is not None
    assert found["message"].startswith(f"Mine ({tmp_path / 'mine.py'}) {words}")
    assert found["message"].endswith(f"newsbt.{contract} says what it needs (docs/strategies.md#components)")
    assert main(["run", str(config)]) == 2


def test_every_fault_is_told_in_one_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    block = "linker: {use: 'mine.py:Mine'}\nexecution: {costs: {use: 'mine.py:Mine'}, slippage: {use: 'mine.py:Mine'}}"
    found = problems_of(project(tmp_path, block, "def table(self, panel): ..."), capsys)
    assert [one["key"] for one in found] == ["linker.use", "execution.costs.use", "execution.slippage.use"]


def test_what_more_a_reader_may_do_has_its_parameters_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = problems_of(
        project(tmp_path, NEWS, "def read(self, known=None): ...\n    def with_universe(self): ..."), capsys
    )
    assert "has with_universe(), which cannot be called as with_universe(universe)" in found["message"]
    assert "newsbt.UniverseReader" in found["message"]


def test_what_is_no_dataclass_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = project(tmp_path, "fx: {use: 'mine.py:Mine'}", "def read(self): ...")
    source = (tmp_path / "mine.py").read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(source.replace("@dataclass(frozen=True, kw_only=True)", ""), encoding="utf-8")
    (found,) = problems_of(config, capsys)
    assert found["message"].startswith("Mine is no dataclass") and found["key"] == "fx.use"


@pytest.mark.parametrize(
    "body",
    [
        "def read(self, known_tickers=None): ...",
        "def read(self, anything): ...",
        "def read(self, *given, **named): ...",
        "read = staticmethod(lambda tickers: None)",
    ],
)
def test_what_can_be_called_fits(body: str, tmp_path: Path) -> None:
    assemble(load(project(tmp_path, "prices: {use: 'mine.py:Mine'}", body)))


def test_all_that_is_built_in_fits(tmp_path: Path) -> None:
    """Of every kind, and each in the only way that there is: what is built in is not asked in a run.

    Labellers say who they are by what they were made with; a trained one by its model, which its own test has."""
    asked = LanguageModel(url="https://localhost/v1", model="some-model", cutoff=None)
    for kind in CONTRACTS:
        for name, use in BUILT_IN[kind].items():
            if name == "learned":
                continue
            module, _, cls_name = use.partition(":")
            cls = getattr(importlib.import_module(module), cls_name)
            assert misfit(kind, asked if name == "llm" else object.__new__(cls)) == "", use


def test_strategies_that_are_objects_are_checked_too() -> None:
    class Silent(newsbt.Strategy):
        def signals(self, view: newsbt.EventView) -> newsbt.Signal:
            raise AssertionError

    assert strategy_kind(Silent) == "events"
    with pytest.raises(NewsbtError, match=r"has no method signal\(view\); did you mean 'signals'\?"):
        small_market(60).run(Silent())


def test_every_contract_that_a_message_names_is_public() -> None:
    named = {contract.__name__ for kinds in (CONTRACTS, FURTHER) for some in kinds.values() for contract in some}
    assert named | {"Strategy", "StepStrategy", "Metric", "Linking"} <= set(newsbt.__all__)


def test_what_a_linker_answers_is_checked_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (found,) = problems_of(
        project(tmp_path, "linker: {use: 'mine.py:Mine'}", "def linking(self, *a): return self"), capsys
    )
    assert "what Mine.linking() answers does not fit" in found["message"]
    assert "has no method link(item, on); did you mean 'linking'?" in found["message"]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("", NewsWanted()),
        ("hops: int = 3", NewsWanted(hops=3)),
        ("hops: int = 0", NewsWanted(hops=1)),
        ("themes: tuple = ('ai',); event_types: tuple = ('x', 'y')",
         NewsWanted(themes=("ai",), event_types=("x", "y"))),
    ],
)  # fmt: skip
def test_what_a_strategy_looks_for_is_read_of_its_parameters_once(
    body: str, wanted: NewsWanted, tmp_path: Path
) -> None:
    body = f"{body}\n    def signal(self, view): ..."
    config = project(tmp_path, "strategies: [{name: S, use: 'mine.py:Mine'}]", body, "newsbt.Strategy")
    (spec,) = assemble(load(config)).strategies
    assert spec.wanted == wanted and spec.wanted is spec.wanted
