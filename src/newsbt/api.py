"""newsbt from Python: a run of a file or of DataFrames, and results that show themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from newsbt.assembly import Components, StrategySpec, assemble
from newsbt.catalog import is_backtrader_strategy, source_hash
from newsbt.config.loading import LoadedConfig, from_mapping, load
from newsbt.config.schema import PositionConfig
from newsbt.domain.progress import Progress
from newsbt.domain.results import RunResult, StrategyResult
from newsbt.errors import ConfigError, Problem
from newsbt.ports import StepStrategy, Strategy

__all__ = ["SIZES", "Result", "capacity", "compare", "components_of", "run"]

SIZES = (1e5, 1e6, 1e7, 1e8, 1e9)  # accounts that `capacity` tries

Tables = pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class StrategyView(StrategyResult):
    """One strategy of a :class:`Result`: its tables, and figures in the colour it has everywhere."""

    look: Any = None

    def plot(self, what: str = "equity") -> Any:
        """A plotly figure of this strategy.

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


@dataclass(frozen=True, kw_only=True)
class Result(RunResult):
    """What :func:`run` returns. `table` has a row a strategy; ``result[name]`` is one strategy's result with
    `.equity .returns .fills .trades .refusals .events .metrics .plot()`. In a notebook it shows itself."""

    def __getitem__(self, name: str) -> StrategyView:
        item = super().__getitem__(name)
        return StrategyView(
            **{field.name: getattr(item, field.name) for field in fields(StrategyResult)}, look=self._look(name)
        )

    def _look(self, name: str) -> Any:
        from newsbt.reports.theme import look_of, looks

        return look_of(looks({"name": item.name, "kind": item.kind} for item in self.strategies), name)

    def plot(self, what: str = "equity") -> Any:
        """A plotly figure of all strategies, baselines and the benchmark.

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

    def _repr_html_(self) -> str:
        from newsbt.reports.notebook import result_html
        from newsbt.runs.document import record_of

        return result_html(record_of(self))

    def save(self, runs: str | Path, *, report: bool = True) -> Path:
        """Write a run folder into the folder `runs`, and return its path.

        Raises
        ------
        RunFolderError
            The folder cannot be written; nothing is left behind.
        """
        from newsbt.reports.html import report_page
        from newsbt.runs.document import record_of
        from newsbt.runs.folder import write_run

        return write_run(self, Path(runs), report_html=report_page(record_of(self)) if report else None)


def run(
    config: str | Path | LoadedConfig | Mapping[str, Any] | None = None,
    *,
    prices: Tables | None = None,
    announcements: Tables | None = None,
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
        Instead of the config's files, with the same columns. Times of announcements carry a zone.
    fx : DataFrame or mapping, optional
        ``pair, date, rate``; or fixed rates such as ``{"USDHKD": 7.78}``.
    strategies : sequence or mapping, optional
        Instances of Strategy or StepStrategy, or BacktraderStrategy classes, instead of the config's; a mapping names
        them. Names of the config's strategies choose among those.
    position : mapping, optional
        The `position:` block of the strategies given as objects.
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


def components_of(
    config: str | Path | LoadedConfig | Mapping[str, Any] | None = None,
    *,
    prices: Tables | None = None,
    announcements: Tables | None = None,
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
    **blocks: Any,
) -> Components:
    """What :func:`run` runs, from its own arguments; same errors."""
    frames = {
        "instruments": instruments, "relations": relations, "memberships": memberships, "status": status,
    }  # fmt: skip
    chosen = [item for item in strategies if isinstance(item, str)] if isinstance(strategies, Sequence) else []
    given = None if strategies is None or chosen else strategies
    loaded = _loaded(config, frames, prices, announcements, given, blocks)
    changes: list[Any] = [(key, value) for key, value in blocks.items() if config is not None]
    changes += [
        (f"account.{key}", value) for key, value in (("cash", cash), ("currency", currency)) if value is not None
    ]
    changes += list((overrides or {}).items())
    if changes:
        loaded = loaded.override(changes)
    stand_in = given is not None
    components = assemble(
        loaded,
        chosen,
        skip=frozenset(
            name
            for name, there in (
                ("announcements", announcements is not None),
                ("prices", prices is not None),
                ("universe", instruments is not None),
                ("fx", fx is not None),
                ("strategies", stand_in),
            )
            if there
        ),
    )
    components = _with_frames(components, frames, prices, announcements, fx)
    if given is not None:
        components = _with_strategies(components, given, position)
    return components


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
    """
    from newsbt.pipeline.capacity import capacity_table

    return capacity_table(components_of(config, **given), sizes, progress=progress)


def compare(results: Sequence[RunResult]) -> pd.DataFrame:
    """The results tables of several runs as one: a row for each run and strategy, in the order given.

    The index is (run, strategy); runs of one name are told apart by a number.
    """
    parts, names = [], []
    for result in results:
        name, k = result.name, 2
        while name in names:
            name, k = f"{result.name} {k}", k + 1
        names.append(name)
        parts.append(result.table)
    return pd.concat(parts, keys=names, names=["run", "strategy"]) if parts else pd.DataFrame()


def _loaded(
    config: Any,
    frames: Mapping[str, Any],
    prices: Any,
    announcements: Any,
    strategies: Any,
    blocks: Mapping[str, Any],
) -> LoadedConfig:
    if isinstance(config, LoadedConfig):
        return config
    if isinstance(config, str | Path):
        return load(Path(config))
    if config is not None:
        return from_mapping(dict(config))
    needed = (
        ("prices", prices),
        ("announcements", announcements),
        ("instruments", frames["instruments"]),
        ("strategies", strategies),
    )
    missing = [name for name, value in needed if value is None]
    if missing:
        message = f"newsbt.run needs a config, or DataFrames; missing: {', '.join(missing)}"
        raise ConfigError(message, [Problem(code="missing_key", message=message, key=missing[0])])
    return from_mapping(
        {
            "name": "notebook",
            "universe": {"instruments": "<DataFrame>"},
            "announcements": {"use": "csv", "path": "<DataFrame>"},
            "prices": {"use": "csv", "path": "<DataFrame>"},
            "strategies": [{"name": name, "use": "<object>"} for name in _named(strategies)],
            "output": {"runs": "./runs"},
            **blocks,
        }
    )


def _named(strategies: Any) -> dict[str, Any]:
    if isinstance(strategies, Mapping):
        return dict(strategies)
    found: dict[str, Any] = {}
    for item in strategies:
        base = item.__name__ if isinstance(item, type) else type(item).__name__
        name, k = base, 2
        while name in found:
            name, k = f"{base} {k}", k + 1
        found[name] = item
    return found


def _with_strategies(components: Components, strategies: Any, position: Mapping[str, Any] | None) -> Components:
    block = PositionConfig(**(position or {}))
    specs = []
    for name, item in _named(strategies).items():
        cls = item if isinstance(item, type) else type(item)
        strategy = item() if isinstance(item, type) and issubclass(item, Strategy | StepStrategy) else item
        if not isinstance(strategy, Strategy | StepStrategy) and not is_backtrader_strategy(cls):
            raise ConfigError(
                f"strategies: {name!r} is a {cls.__name__}; expected an instance of newsbt.Strategy or "
                "newsbt.StepStrategy, or a newsbt.BacktraderStrategy class"
            )
        specs.append(StrategySpec(name=name, strategy=strategy, position=block, source_hash=source_hash(cls)))
    return replace(components, strategies=tuple(specs))


def _with_frames(
    components: Components, frames: Mapping[str, Any], prices: Any, announcements: Any, fx: Any
) -> Components:
    from newsbt.events.from_frame import FrameAnnouncements
    from newsbt.linking.tables import read_universe
    from newsbt.prices.fx import FixedFx, FrameFx
    from newsbt.prices.reading import FramePrices

    if frames["instruments"] is not None:
        tables = {name: frame for name, frame in frames.items() if frame is not None}
        components = replace(components, read_universe=lambda: read_universe(**tables))
    if prices is not None:
        components = replace(components, prices=(FramePrices(frame=prices),))
    if announcements is not None:
        components = replace(components, readers=(FrameAnnouncements(frame=announcements),))
    if fx is not None:
        components = replace(components, fx=FrameFx(frame=fx) if isinstance(fx, pd.DataFrame) else FixedFx(rates=fx))
    return components
