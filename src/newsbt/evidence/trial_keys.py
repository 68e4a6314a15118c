"""Which configurations are trials of their own: what a Sharpe ratio is deflated by."""

from __future__ import annotations

import math
from collections.abc import Mapping

from newsbt.assembly import Components, StrategySpec
from newsbt.digests import digest_of
from newsbt.domain.run_documents import RunHashes
from newsbt.evidence.contract import Case

__all__ = ["own_trials", "trial_key"]

# Blocks of a config that make no trial: they change no result, or are strategies, of which the own one counts.
NO_TRIAL = ("name", "strategies", "baselines", "evaluation", "output", "sweep", "pull")


def own_trials(case: Case) -> Mapping[str, float]:
    """Per-bar Sharpe ratios of a run's strategies, by trial key; NaN where undefined."""
    per_bar = math.sqrt(case.prepared.market.periods_per_year)
    components = case.prepared.components
    keys = {spec.name: trial_key(components, case.hashes, spec) for spec in components.strategies}
    return {keys[row.name]: row.number("sharpe") / per_bar for _, row in case.strategies}


def trial_key(components: Components, hashes: RunHashes, spec: StrategySpec) -> str:
    """What makes a configuration a trial of its own: its data, the strategy, and the config but for :data:`NO_TRIAL`.

    Which engine simulates is no part of it either: both keep the same books.
    """
    document = components.document
    named = {str(item.get("name")): item for item in document.get("strategies", ()) if isinstance(item, Mapping)}
    mine = {key: value for key, value in named.get(spec.name, {}).items() if key != "name"}
    shared = {key: value for key, value in document.items() if key not in NO_TRIAL}
    shared["execution"] = {key: value for key, value in document["execution"].items() if key != "engine"}
    content = [mine, dict(spec.params), shared, hashes["data"], spec.source_hash]
    further = [hashes[name] for name in ("components", "labeller") if name in hashes]
    return digest_of([*content, *further])
