"""The evidence beside each row: placebo runs, decay curves, and what selection among trials leaves of a Sharpe."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from newsbt.analysis.inference import dsr, holm
from newsbt.analysis.inference.checked_values import nan_because
from newsbt.assembly import StrategySpec
from newsbt.digests import digest_of
from newsbt.domain.entries import Entries
from newsbt.domain.results import StrategyResult
from newsbt.evidence.placebo import PlaceboError, placebo
from newsbt.evidence.profit_attribution import attribution
from newsbt.evidence.retimed_signals import RetimableSignals, movable
from newsbt.simulation.account_terms import AccountTerms, Hold
from newsbt.steps.prepare import PreparedRun
from newsbt.steps.simulate import Simulate, simulator
from newsbt.steps.simulated_strategy import READ_NO_EVENTS, SimulatedStrategy

__all__ = ["THIN", "decay", "judge", "trial_key", "with_evidence"]

THIN = 10  # independent event dates below which a row says that nothing can be concluded
HOLDS = tuple(range(1, 21))
SIZES = (1e5, 1e6, 1e7, 1e8, 1e9)  # accounts of the capacity curve, account currency
# Blocks of a config that make no trial: they change no result, or are strategies, of which the own one counts.
NO_TRIAL = ("name", "strategies", "baselines", "evaluation", "output", "sweep")
LATENCIES = (("0", np.timedelta64(0, "m")), ("5min", np.timedelta64(5, "m")), ("1h", np.timedelta64(60, "m")))


def with_evidence(prepared: PreparedRun, books: SimulatedStrategy, result: StrategyResult) -> StrategyResult:
    """A strategy's row with its placebo p-value, decay curves, attribution, and a word where the evidence is thin.

    Placebo and decay need signals of single events: a grid or orders of the strategy's own cannot be moved without
    asking it again, and say so.
    """
    metrics: dict[str, Any] = {"placebo_p": math.nan, "placebo_m": 0}
    reasons: dict[str, str] = {}
    found: dict[str, Any] = {}
    warnings = list(result.warnings)
    draws = prepared.components.config.evaluation.placebo
    simulate = simulator(prepared, books.hedge)
    dates = int(result.counts["event_dates"])
    if not books.read_news:
        warnings.append(f"{READ_NO_EVENTS}: its results say nothing about news")
    elif dates < THIN:
        plural = "" if dates == 1 else "s"
        warnings.append(f"{dates} independent event date{plural}: nothing can be concluded")
    if not books.read_news:
        reasons["placebo_p"] = READ_NO_EVENTS
    elif books.placed is None or books.terms is None:
        reasons["placebo_p"] = "only signals of single events can be moved"
    elif not len(books.placed.entries):
        reasons["placebo_p"] = "no signal inside the period"
    else:
        signals = movable(prepared, books)
        found["decay"] = decay(signals, books.terms, simulate)
        found["capacity"] = _capacity(books.terms, books.placed.entries, simulate)
        if draws == 0:
            reasons["placebo_p"] = "switched off (evaluation.placebo: 0)"
        else:
            try:
                moved = placebo(
                    signals,
                    books.terms,
                    float(result.metrics["total_return"]),
                    draws=draws,
                    seed=prepared.components.config.evaluation.seed,
                    simulate=simulate,
                )
            except PlaceboError as error:
                reasons["placebo_p"] = str(error)
            else:
                metrics |= {"placebo_p": moved.p, "placebo_m": draws}
                found["placebo"] = {
                    "metric": "total_return",
                    "observed": moved.observed,
                    "p": moved.p,
                    "m": draws,
                    "seed": moved.seed,
                    "clusters": moved.clusters,
                    "admissible_days": moved.instants,
                    "overlapping": moved.overlapping,
                    "returns": moved.returns.tolist(),
                    "note": f"{moved.clusters} clusters of events, each on one of {moved.instants} days in all; "
                    f"{moved.overlapping:.0%} of the moved holding windows meet another's.",
                }
    found["attribution"] = attribution(prepared, books, simulate)
    kept = {key: why for key, why in result.reasons.items() if key not in metrics}
    return dataclasses.replace(
        result,
        metrics={**result.metrics, **metrics},
        reasons={**kept, **reasons},
        evidence=found,
        warnings=tuple(warnings),
    )


def _capacity(terms: AccountTerms, entries: Entries, simulate: Simulate) -> list[dict[str, float]]:
    """Net return against the size of the account: the same signals with other cash."""
    curve = []
    for size in SIZES:
        ledger = simulate(dataclasses.replace(terms, cash=size), entries)
        curve.append({"size": size, "total_return": ledger.total_return})
    return curve


def judge(
    results: Sequence[StrategyResult], keys: Mapping[str, str], trials: Mapping[str, float], periods_per_year: float
) -> list[StrategyResult]:
    """All rows with what only the whole table can say: Holm's p over its strategies, deflated Sharpe over all trials.

    Parameters
    ----------
    keys : mapping
        The trial key of each strategy by name.
    trials : mapping
        Per-bar Sharpe ratios of every configuration run before, by trial key; NaN where undefined.
    """
    strategies = [row for row in results if row.kind == "strategy"]
    every = {**trials, **{keys[row.name]: row.metrics["sharpe"] / math.sqrt(periods_per_year) for row in strategies}}
    sharpes = np.array([every[key] for key in sorted(every)], dtype=np.float64)
    tested = [row for row in strategies if not math.isnan(row.metrics["placebo_p"])]
    adjusted = dict(zip([row.name for row in tested], holm([row.metrics["placebo_p"] for row in tested]), strict=True))
    judged = []
    for row in results:
        if row.kind != "strategy":
            why = "not a strategy that was chosen"
            reasons = {**row.reasons, **dict.fromkeys(("placebo_p", "p_holm", "dsr", "dsr_trials"), why)}
            judged.append(dataclasses.replace(row, reasons=reasons))
            continue
        deflated = nan_because(row.lost) if row.lost else dsr(row.returns.to_numpy(), sharpes)
        metrics = {
            **row.metrics,
            "dsr": float(deflated),
            "dsr_trials": len(sharpes),
            "p_holm": float(adjusted.get(row.name, math.nan)),
        }
        reasons = {key: why for key, why in row.reasons.items() if key not in ("dsr", "dsr_trials", "p_holm")}
        if math.isnan(metrics["dsr"]):
            reasons["dsr"] = deflated.reason or "undefined"
        if math.isnan(metrics["p_holm"]):
            reasons["p_holm"] = "no placebo p-value"
        judged.append(dataclasses.replace(row, metrics=metrics, reasons=reasons))
    return judged


def trial_key(prepared: PreparedRun, spec: StrategySpec) -> str:
    """What makes a configuration a trial of its own: its data, the strategy, and the config but for :data:`NO_TRIAL`.

    Which engine simulates is no part of it either: both keep the same books.
    """
    document = prepared.components.document
    named = {str(item.get("name")): item for item in document.get("strategies", ()) if isinstance(item, Mapping)}
    mine = {key: value for key, value in named.get(spec.name, {}).items() if key != "name"}
    shared = {key: value for key, value in document.items() if key not in NO_TRIAL}
    shared["execution"] = {key: value for key, value in document["execution"].items() if key != "engine"}
    content = [mine, dict(spec.params), shared, prepared.hashes["data"], spec.source_hash]
    own = prepared.hashes.get("components")
    return digest_of([*content, own] if own else content)


def decay(signals: RetimableSignals, terms: AccountTerms, simulate: Simulate) -> dict[str, Any]:
    """Net return against the holding time in sessions, and against what passes from the news to the order."""
    prepared = signals.prepared
    known_at = prepared.events.known_at
    holding = []
    for count in HOLDS:
        held = dataclasses.replace(terms, position=dataclasses.replace(terms.position, hold=Hold("sessions", count)))
        holding.append({"hold": count, "net_return": simulate(held, signals.at(known_at)).total_return})
    own = np.timedelta64(round(prepared.components.config.execution.latency.total_seconds() * 1e9), "ns")
    latency = [
        {"latency": name, "net_return": simulate(terms, signals.at(known_at - own + wait)).total_return}
        for name, wait in LATENCIES
    ]
    later = signals.at(known_at, extra_delay=1)
    latency.append({"latency": "one session", "net_return": simulate(terms, later).total_return})
    return {"hold": holding, "latency": latency}
