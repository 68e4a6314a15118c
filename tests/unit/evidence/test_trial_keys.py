"""A trial is a configuration with results of its own: what changes them changes its key, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsbt.assembly import assemble
from newsbt.config.loading import load
from newsbt.evidence.trial_keys import trial_key
from newsbt.steps.prepare import read_inputs
from newsbt.steps.run_hashes import hashes_of
from newsbt.testing import small_market

CONFIG = Path(__file__).parents[3] / "configs" / "rival_release.yaml"
COMPONENTS = small_market(10).components()
HASHES = hashes_of(COMPONENTS, read_inputs(COMPONENTS))


def key_of(*changes: str, name: str = "Buy on rival release") -> str:
    components = assemble(load(CONFIG, list(changes)), [name])
    return trial_key(components, HASHES, components.strategies[0])


@pytest.mark.parametrize(
    "change",
    [
        "announcements.0.dedupe={window: 24h}", "announcements.0.on_bad_row=skip", "prices.0.adjusted=true",
        "prices.0.on_bad_row=skip", "linker={use: 'newsbt.linking.links:TableLinker'}",
        "fx={use: fixed, rates: {CNYHKD: 1.1, USDHKD: 7.8}}",
        "benchmark=null", "period.end=2025-06-30", "account.cash=5000", "execution.latency=1h",
        "execution.entry=same_close", "execution.costs={use: zero}", "universe.memberships=null",
        "strategies.0.position.hold=2", "strategies.0.params.themes=[chips]",
    ],
)  # fmt: skip
def test_another_configuration_is_another_trial(change: str) -> None:
    assert key_of(change) != key_of()


@pytest.mark.parametrize(
    "change",
    [
        "name=other", "execution.engine=compiled", "baselines=[]", "evaluation.seed=8", "evaluation.placebo=0",
        "output.report=false", "sweep={strategy: Buy on rival release, grid: {position.hold: [1, 2]}}",
        "strategies.1.position.hold=9",
    ],
)  # fmt: skip
def test_what_changes_no_result_makes_no_trial(change: str) -> None:
    assert key_of(change) == key_of()


def test_a_name_makes_no_trial() -> None:
    assert key_of("strategies.0.name=Another", name="Another") == key_of()


def test_other_data_make_another_trial() -> None:
    (spec,) = COMPONENTS.strategies
    other = {**HASHES, "data": {"prices.csv": "ab" * 32}}
    assert trial_key(COMPONENTS, other, spec) != trial_key(COMPONENTS, HASHES, spec)
