"""Everything that a run would use, without running it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from newsbt.analysis.timing.week_shifts import DAYS
from newsbt.analysis.timing.withholding import LEAST_CALENDARS, least_p
from newsbt.assembly import StrategySpec, assemble
from newsbt.config.loading import LoadedConfig
from newsbt.domain.check_report import CheckReport
from newsbt.domain.progress import SilentProgress
from newsbt.errors import NewsbtError
from newsbt.evidence.gathering import refuse_names_of_evidence
from newsbt.simulation.position_block import unread_keys
from newsbt.steps.market_setup import MarketSetup
from newsbt.steps.missing_rates import Wanted, wanted_of
from newsbt.steps.prepare import PreparedRun, prepare_inputs, read_inputs
from newsbt.steps.simulate import refuse_mode, sizing_of
from newsbt.steps.strategy_signals import StrategyAnswer, signals_of
from newsbt.steps.summarise import summary_of

__all__ = ["check"]

ENOUGH_WEEKS = 40  # with which a placebo p can be as small as 2.5 %


def check(loaded: LoadedConfig) -> CheckReport:
    """Everything a run would use, without running: counts, spans, drops, doubts, and every error found.

    Strategies are asked for their signals, and nothing is simulated.
    """
    name = loaded.config.name
    try:
        refuse_names_of_evidence()
        components = assemble(loaded)
        inputs = read_inputs(components)
        prepared = prepare_inputs(components, inputs, SilentProgress())
        answers = _answers(prepared)
        summary = summary_of(prepared, inputs, _wanted(prepared, [answer for _, answer in answers]))
        unread = _unread_keys(prepared.market, answers)
    except NewsbtError as error:
        return CheckReport.failed(error, name)
    return CheckReport(
        name=name,
        counts=summary.counts,
        spans=summary.spans,
        drops=summary.drops,
        not_linked=summary.not_linked,
        without_sign=summary.without_sign,
        unused=summary.unused,
        hindsight=summary.hindsight,
        notices=summary.notices,
        doubts=(*summary.doubts, *unread, *_few_weeks(prepared)),
        strategies=tuple(spec.name for spec in components.strategies),
        read_as=summary.read_as,
        periods_per_year=summary.periods_per_year,
    )


def _few_weeks(prepared: PreparedRun) -> list[str]:
    """Says beforehand how small a placebo p can be, where the period is short."""
    config, dates = prepared.components.config, prepared.market.panel.dates
    weeks = int((dates[-1] - dates[0]).astype(np.int64)) // DAYS
    if not config.evaluation.placebo.draws or config.evaluation.placebo.use != "weeks" or not config.announcements:
        return []
    if weeks < LEAST_CALENDARS:
        return [
            f"the period has {weeks} whole weeks: there will be no placebo p, which needs {LEAST_CALENDARS} in which "
            "an event is held to its end"
        ]
    if weeks >= ENOUGH_WEEKS:
        return []
    return [
        f"the period has {weeks} whole weeks: moving the news by whole weeks, no placebo p can be below "
        f"{least_p(weeks - 1):.3f}; a longer period, or `evaluation.placebo.use: windows`, allows smaller ones"
    ]


def _answers(prepared: PreparedRun) -> list[tuple[StrategySpec, StrategyAnswer]]:
    """What strategies answer, without those that send orders of their own."""
    asked = [(spec, signals_of(prepared.market, prepared.news, spec)) for spec in prepared.components.strategies]
    return [(spec, answer) for spec, answer in asked if answer is not None]


def _wanted(prepared: PreparedRun, answers: Sequence[StrategyAnswer]) -> Wanted | None:
    """The entries of all answers; None where not every strategy has one."""
    if len(answers) < len(prepared.components.strategies):
        return None
    found = [wanted_of(prepared.market, prepared.news, answer) for answer in answers]
    nowhere = np.empty(0, dtype=np.int64)
    row, ticker = zip(Wanted(nowhere, nowhere), *found, strict=True)
    return Wanted(np.concatenate(row), np.concatenate(ticker))


def _unread_keys(market: MarketSetup, answers: Sequence[tuple[StrategySpec, StrategyAnswer]]) -> list[str]:
    """What each strategy's `position:` asks of another kind of signal than it answers; an error where that cannot be
    run."""
    found = []
    for spec, answer in answers:
        is_grid = answer.signal.array is not None
        if not is_grid:
            refuse_mode(spec.name, spec.position.mode)
        sizing_of(market, spec)
        unread = unread_keys(spec.position, is_grid=is_grid)
        found += [] if unread is None else [f"{spec.name}: {unread}"]
    return found
