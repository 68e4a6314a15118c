"""newsbt from Python: a run of a file or of DataFrames, and results that show themselves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from newsbt.config.loading import LoadedConfig
from newsbt.domain.progress import Progress
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.from_objects import changes_of, components_of, loaded_of

if TYPE_CHECKING:
    from newsbt.domain.profit_breakdown import TradeDimension
    from newsbt.reports.html.figure import Figure
    from newsbt.reports.theme import Look
    from newsbt.sweeps.sweep import SweepResult

__all__ = ["SIZES", "Result", "capacity", "compare", "run", "sweep"]

SIZES = (1e5, 1e6, 1e7, 1e8, 1e9)  # accounts that `capacity` tries

Tables = pd.DataFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class StrategyView(StrategyResult):
    """One strategy of a :class:`Result`: its tables, and figures in the colour it has everywhere."""

    look: Look | None = None

    def plot(self, what: str = "equity") -> Figure:
        """A figure of this strategy.

        Parameters
        ----------
        what : {'equity', 'events', 'months'}
            Return and drawdown, P&L by announcement, or returns by month.

        Raises
        ------
        DataError
            There is no such figure.
        """
        from newsbt.reports.figures import strategy_figure

        return strategy_figure(self, self.look, what)


@dataclass(frozen=True, kw_only=True, repr=False)
class Result(RunResult):
    """What :func:`run` returns. In a notebook it shows itself.

    Attributes
    ----------
    table : DataFrame
        A row a strategy, a column a metric (`definitions` has a sentence on each).
    strategies : tuple of StrategyResult, benchmark : StrategyResult, optional
        ``result[name]`` is one of them, with `.equity .returns .fills .trades .refusals .events .metrics
        .plot()`.
    run_id, name, started_at : str, path : str, optional
        Of the run, when it began, and its folder; None where none was written.
    config : mapping, seed : int, hashes, versions : mapping
        What repeats it: the config with all defaults, hashes of inputs and code, versions of libraries.
    summary : RunSummary
        Counts, drops and doubts of what was read.
    definitions : mapping
        A sentence on each metric.
    timings : mapping, seconds
        By step.
    trials : mapping
        This run's, by key: Sharpe ratios per bar.
    context : RunContext, optional, evidence : mapping
        What the page is drawn of, and what stands in evidence.json.
    verified : tuple of str, optional
        The strategies whose books both engines kept alike, where that was asked.
    """

    def __getitem__(self, name: str) -> StrategyView:
        item = super().__getitem__(name)
        return StrategyView(
            **{field.name: getattr(item, field.name) for field in fields(StrategyResult)}, look=self._look(name)
        )

    def _look(self, name: str) -> Look:
        from newsbt.reports.theme import look_of, looks

        return look_of(looks({"name": item.name, "kind": item.kind} for item in self.strategies), name)

    def plot(self, what: str = "equity") -> Figure:
        """A figure of all strategies, baselines and the benchmark.

        Parameters
        ----------
        what : {'equity', 'drawdown', 'exposure'}

        Raises
        ------
        DataError
            There is no such figure.
        """
        from newsbt.reports.figures import run_figure

        return run_figure(self, what)

    def profit_by(self, by: TradeDimension) -> pd.DataFrame:
        """The profit of each strategy by what its trades were of, as ``newsbt show RUN --by`` and the report have it.

        Parameters
        ----------
        by : {'ticker', 'exit_reason', 'market', 'sector'}

        Returns
        -------
        DataFrame
            `strategy, key, events, trades, wins, pnl, return, share, costs`: rows of a strategy add up to its net
            profit (account currency; `return` is a fraction of the cash, `share` of the profit).

        Raises
        ------
        DataError
            There is no such dimension.
        """
        from newsbt.reports.profit_sources import profit_by
        from newsbt.runs.run_document import record_of

        return profit_by(record_of(self), by)

    def _repr_html_(self) -> str:
        from newsbt.reports.notebook import result_html
        from newsbt.runs.run_document import record_of

        return result_html(record_of(self))

    def save(self, runs: str | Path, *, report: bool = True) -> Path:
        """Write a run folder into the folder `runs`, and return its path.

        Raises
        ------
        RunFolderError
            The folder cannot be written; nothing is left behind.
        """
        from newsbt.reports.report_page import report_page
        from newsbt.runs.run_document import record_of
        from newsbt.runs.run_folder import write_run

        record = record_of(self)
        return write_run(self, Path(runs), report_html=report_page(record) if report else None, record=record)


def run(
    config: str | Path | LoadedConfig | Mapping[str, Any] | None = None,
    *,
    prices: Tables | Mapping[str, Tables] | None = None,
    announcements: Tables | Sequence[Any] | None = None,
    instruments: Tables | None = None,
    relations: Tables | None = None,
    memberships: Tables | None = None,
    status: Tables | None = None,
    fx: Tables | Mapping[str, float] | None = None,
    strategies: Sequence[Any] | Mapping[str, Any] | None = None,
    position: Mapping[str, Any] | None = None,
    cash: float | None = None,
    currency: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
    **blocks: Any,
) -> Result:
    """Backtest strategies on announcements and prices.

    Parameters
    ----------
    config : path, LoadedConfig or mapping, optional
        A config file, or its content; relative paths of a mapping start at the working directory. Without one,
        `prices`, `announcements`, `instruments` and `strategies` are needed.
    prices, announcements, instruments, relations, memberships, status : DataFrame, optional
        Each instead of the config's file of that name, with the same columns, of which some may be its index. Times of
        announcements carry a zone; ``announcements=[]`` is a run without any. Prices may also be a mapping of each
        ticker to a frame of its own, or what yfinance.download answers; what their head leaves open is said by
        `overrides`, such as ``{"prices.adjusted": True}``.
    fx : DataFrame or mapping, optional
        ``pair, date, rate``; or fixed rates such as ``{"USDHKD": 7.78}``.
    strategies : sequence or mapping, optional
        Instances of Strategy or StepStrategy, or BacktraderStrategy classes, instead of the config's; a mapping names
        them. Or names of the config's strategies, which choose among those.
    position : mapping, optional
        The `position:` block of the strategies given as objects, of each of them.
    cash, currency : optional
        The account's.
    overrides : mapping, optional
        Dotted keys to values, such as ``{"execution.latency": "15min"}``.
    **blocks
        Whole blocks of the config, such as ``benchmark="^HSTECH"`` or ``evaluation={"placebo": 0}``.

    Returns
    -------
    Result

    Raises
    ------
    ConfigError, DataError, UnsupportedError, StrategyError
        As ``newsbt run``, with the same messages.

    Examples
    --------
    >>> from newsbt.strategies import NamedTickers
    >>> from newsbt.testing import small_market
    >>> market = small_market(40)
    >>> result = run(
    ...     prices=market.prices, announcements=market.announcements, instruments=market.instruments, fx=market.fx,
    ...     strategies=[NamedTickers()], cash=1e6, currency="HKD", evaluation={"placebo": 0, "bootstrap": 0},
    ... )
    >>> result.table.index[0]
    'NamedTickers'
    """
    from newsbt.pipeline import run_components

    found = run_components(
        components_of(
            config, prices=prices, announcements=announcements, instruments=instruments, relations=relations,
            memberships=memberships, status=status, fx=fx, strategies=strategies, position=position, cash=cash,
            currency=currency, overrides=overrides, **blocks,
        ),
        progress=progress,
    )  # fmt: skip
    return Result(**{field.name: getattr(found, field.name) for field in fields(RunResult)})


def capacity(
    config: str | Path | LoadedConfig | Mapping[str, Any] | None = None,
    *,
    sizes: Sequence[float] = SIZES,
    progress: Progress | None = None,
    **given: Any,
) -> pd.DataFrame:
    """The net return of each strategy against the size of the account: where volumes, lots and impact end it.

    Parameters
    ----------
    config, **given
        As for :func:`run`, but for `cash`.
    sizes : sequence of float
        Cash of the accounts, in the account's currency.

    Returns
    -------
    DataFrame
        A row for each strategy and size, in that order: `strategy, size, total_return, gross_return` (before costs and
        slippage), `sharpe, costs, slippage` (all fractions of the size), `fills, cut` (entries that the bars' volume or
        the cash cut or refused), `below_one_lot, refusals`. `newsbt.capacity_figure` draws it.

    Raises
    ------
    ConfigError
        There is no size, or one is not above 0; and as :func:`run`.

    Notes
    -----
    The more honest the slippage, the more the answer says: ``execution.slippage: {use: volume_share}`` lets the price
    of a fill grow with the root of its share of the bar's volume; with `bps` only `participation` ends a strategy.

    Examples
    --------
    >>> capacity("config.yaml", sizes=[0.0])
    Traceback (most recent call last):
        ...
    newsbt.errors.ConfigError: ...
    """
    from newsbt.evidence.capacity_table import capacity_table

    return capacity_table(components_of(config, **given), sizes, progress=progress)


def sweep(
    config: str | Path | LoadedConfig | Mapping[str, Any],
    *,
    runs: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
) -> SweepResult:
    """Run the variants of a config's `sweep:` block, or those that are missing, as ``newsbt sweep`` does.

    Parameters
    ----------
    config : path, LoadedConfig or mapping
        A config file, or its content; relative paths of a mapping start at the working directory.
    runs : path, optional
        The runs folder instead of the config's: outcomes are kept in its folder `sweeps`, and its ledger of trials is
        what the best variant's Sharpe ratio is deflated by.
    overrides : mapping, optional
        Dotted keys to values, such as ``{"sweep.metric": "calmar"}``.
    workers : int, optional
        Threads, or processes for a BacktraderStrategy; by default one a core. Processes import the script that calls
        this, which then does so under ``if __name__ == "__main__":``.
    retry_failed : bool
        Whether variants that had failed run again.

    Returns
    -------
    SweepResult
        `.table` (a row a variant), `.best`, `.dsr`, `.trials`, `.pbo`, `.reasons`, `.walk_forward`, `.path`.

    Raises
    ------
    ConfigError, DataError, RunFolderError
        The sweep cannot start or be kept. A variant that fails is a row with its `error`.

    Examples
    --------
    >>> sweep({"name": "no sweep in it"})
    Traceback (most recent call last):
        ...
    newsbt.errors.ConfigError: ...
    """
    from newsbt.runs.locations import runs_of
    from newsbt.runs.run_folder import check_writable
    from newsbt.runs.trials import note_trials, read_trials
    from newsbt.sweeps.sweep import sweep as run_sweep

    loaded = loaded_of(config, changes_of(overrides))
    target = runs_of(loaded, runs)
    check_writable(target)
    return run_sweep(
        loaded,
        target,
        workers=workers or os.cpu_count() or 1,
        progress=progress,
        trials=read_trials(target),
        note=lambda sharpes: note_trials(target, sharpes),
        retry_failed=retry_failed,
    )


def compare(results: Sequence[RunResult]) -> pd.DataFrame:
    """The results tables of several runs as one: a row for each run and strategy, in the order given.

    The index is (run, strategy); runs of one name are told apart by a number.

    Parameters
    ----------
    results : sequence of Result
        What :func:`run` returned.

    Returns
    -------
    DataFrame
        The columns of `Result.table`; empty without results.

    Raises
    ------
    TypeError
        One of them is no result.

    Examples
    --------
    >>> compare([]).empty
    True
    """
    for result in results:
        if not isinstance(result, RunResult):
            raise TypeError(f"compare takes what newsbt.run returned, not {type(result).__name__}: {result!r:.80}")
    parts, names = [], []
    for result in results:
        name, k = result.name, 2
        while name in names:
            name, k = f"{result.name} {k}", k + 1
        names.append(name)
        parts.append(result.table)
    return pd.concat(parts, keys=names, names=["run", "strategy"]) if parts else pd.DataFrame()
