"""What a config may say: one frozen model for each block, with its defaults.

The models check blocks and single values; what one block asks of another is in `consistency`. Blocks that name a
component (``use:``) keep their further keys as `params`, which the catalog checks against the component itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import core_schema

from newsbt.config.blocks import (
    Block,
    Boolean,
    Component,
    Count,
    Currency,
    Inside,
    Label,
    NotNegative,
    PathText,
    Positive,
    RunName,
    Share,
    Ticker,
    Whole,
)
from newsbt.config.field_types import (
    Day,
    Duration,
    FlagOrPath,
    HoldTime,
    Number,
    NumberOrWord,
    Text,
)
from newsbt.config.source_models import (
    AnnouncementReaderConfig,
    ExtractionConfig,
    FxReaderConfig,
    LabellerConfig,
    LinkerConfig,
    PriceReaderConfig,
    PullConfig,
    UniverseConfig,
)
from newsbt.config.two_forms import NumberFor, NumberOrBlock, OneOrMany

__all__ = [
    "BASELINES",
    "AccountConfig",
    "AnalyzerConfig",
    "CostConfig",
    "EvaluationConfig",
    "ExecutionConfig",
    "Hold",
    "OutputConfig",
    "PeriodConfig",
    "PositionConfig",
    "RunConfig",
    "SessionCount",
    "SizerConfig",
    "SlippageConfig",
    "StrategyConfig",
    "SweepConfig",
    "WalkForwardConfig",
]

BASELINES = ("buy_and_hold", "equal_weight", "benchmark")


class CostConfig(Component):
    """Commissions, taxes and fees: market_schedule (`commission`), flat (`commission_bps`, `minimum`), or zero."""


class SlippageConfig(Component):
    """What moves a fill against the trader: bps (`bps`), half_spread (`ticks`), volume_share, or zero."""


class AnalyzerConfig(Component):
    """One of backtrader's own analyzers, for a BacktraderStrategy; its bare name is enough."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, data: Any) -> Any:
        return {"use": data} if isinstance(data, str) else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        described = super().__get_pydantic_json_schema__(schema, handler)
        as_mapping = dict(described)
        described.clear()
        described.update({"anyOf": [{"type": "string"}, as_mapping]})
        return described


class PeriodConfig(Block):
    """The days of the run; a null end is that of the prices."""

    start: Annotated[date, Day()] | None = Field(default=None, description="First day; null is the prices' first.")
    end: Annotated[date, Day()] | None = Field(default=None, description="Last day; null is the prices' last.")


class AccountConfig(Block):
    """The money that each strategy starts with."""

    cash: Annotated[float, Number(above=0, most=10**15)] = Field(
        default=1_000_000.0, description="Starting cash, in the account's currency."
    )
    currency: Currency | None = Field(default=None, description="Null: the instruments' own, when they share one.")


class ExecutionConfig(Block):
    """How signals become fills."""

    engine: Literal["backtrader", "compiled"] = Field(default="backtrader", description="Which engine simulates.")
    entry: Literal["next_open", "same_close", "limit"] = Field(
        default="next_open",
        description="Fill at the next open, at the close of a session in which it was known, or at a limit.",
    )
    limit_distance: Annotated[float, Number(least=0, below=1)] = Field(
        default=0.01, description="How far from the reference price an `entry: limit` waits, in [0, 1)."
    )
    latency: Annotated[timedelta, Duration()] = Field(
        default=timedelta(minutes=5), description="From publication to the first order, such as 5min."
    )
    market_rules: Annotated[bool | str, FlagOrPath()] = Field(
        default=True, description="Lots, price limits, T+1, short rules; or the path of a rulebook of your own."
    )
    costs: CostConfig = Field(default=CostConfig(use="market_schedule"), description="Commissions, taxes and fees.")
    slippage: SlippageConfig = Field(
        default=SlippageConfig(use="bps", params={"bps": 5}), description="What moves a fill against the trader."
    )
    participation: Share | None = Field(default=0.1, description="Most of a bar's volume, in (0, 1]; null is no cap.")
    on_short_cash: Literal["reduce", "reject"] = Field(
        default="reduce", description="What becomes of an entry that the cash does not cover."
    )
    borrow_bps: NotNegative = Field(default=0.0, description="Cost of borrowing shares, basis points a year.")


class SessionCount(Block):
    """A hold counted in sessions rather than bars."""

    sessions: Count


Hold: TypeAlias = int | SessionCount | timedelta


class SizerConfig(Component):
    """What share of equity a signal of 1 asks for: inverse_volatility (`target`, `window`, `max_weight`), or own."""


class PositionConfig(Block):
    """How a strategy's signals are sized, held and left."""

    weight: Annotated[float | SizerConfig, NumberOrBlock(Number(above=0, most=1), SizerConfig)] = Field(
        default=0.05, description="Share of equity at a signal of 1, in (0, 1], or what tells it at each placement."
    )
    hold: Annotated[Hold, HoldTime(SessionCount)] | None = Field(
        default=5, description="Bars, {sessions: n} or a duration such as 30min; null holds to the end."
    )
    stop_loss: Inside | None = Field(default=None, description="Fraction of the entry price, in (0, 1).")
    take_profit: Positive | None = Field(default=None, description="Fraction of the entry price, above 0.")
    trailing_stop: Inside | None = Field(default=None, description="Fraction of the best price since, in (0, 1).")
    max_positions: Count | None = Field(default=None, description="Most tickers held at once.")
    event_weight: Share | None = Field(default=None, description="Most weight for one event over all its tickers.")
    on_repeat: Literal["extend", "ignore", "add"] = Field(
        default="extend", description="What a further event of the same sign does to a position."
    )
    mode: Literal["events", "target"] = Field(
        default="events", description="`events` trades signals of events; `target` follows a grid of weights."
    )
    rebalance: Literal["daily", "weekly", "monthly", "on_change"] = Field(
        default="daily", description="When `mode: target` trades."
    )
    min_trade: Annotated[float, Number(least=0, below=1)] = Field(
        default=0.001, description="Smallest change worth a trade in `mode: target`, as a fraction of equity."
    )
    hedge: Literal["benchmark", "sector_index"] | None = Field(
        default=None, description="Index sold short beside every position."
    )


class StrategyConfig(Block):
    """One row of the results table."""

    name: Label = Field(description="What the tables call it.")
    use: Annotated[str, Text("the name of a strategy, pkg.module:Class, or path.py:Class")] = Field(
        description="A built-in name, `pkg.module:Class`, or `path.py:Class`."
    )
    params: dict[str, Any] = Field(default_factory=dict, description="The strategy's own parameters.")
    position: PositionConfig = Field(default=PositionConfig(), description="Sizes, holds and stops.")
    analyzers: tuple[AnalyzerConfig, ...] = Field(default=(), description="backtrader analyzers to add to run.json.")


class PlaceboConfig(Block):
    """What a strategy's timing is compared with."""

    use: Literal["weeks", "windows", "independent_days"] = Field(
        default="weeks",
        description="`weeks` moves all news by every number of weeks, `windows` each 13 weeks of it by "
        "themselves where the table needs a smaller p; `independent_days` each event, right for scattered news only.",
    )
    draws: Whole = Field(default=200, description="Draws of `windows` and `independent_days`; 0 switches all off.")


class EvaluationConfig(Block):
    """How much evidence a run gathers."""

    placebo: Annotated[PlaceboConfig, NumberFor("draws", Number(least=0, whole=True))] = Field(
        default=PlaceboConfig(), description="Other calendars of the news; a number stands for {draws: number}."
    )
    bootstrap: Whole = Field(default=1000, description="Bootstrap draws; 0 switches them off.")
    seed: Annotated[int, Number(least=0, most=2**63 - 1, whole=True)] = Field(
        default=7, description="Seed of every random procedure."
    )
    periods_per_year: Annotated[float | Literal["auto"], NumberOrWord(Number(above=0), "auto")] = Field(
        default="auto", description="Rows a year, for annual figures; auto counts them by calendar."
    )


class OutputConfig(Block):
    """What a run writes, and where."""

    runs: PathText | None = Field(
        default=None,
        description="Folder of the run folders; null is `runs` beside the config's `configs`, else beside the config.",
    )
    report: Boolean = Field(default=True, description="Whether to write report.html.")


class WalkForwardConfig(Block):
    """Choosing on the past only: each test block by what was best, and over, before it."""

    folds: Count = Field(default=5, description="Consecutive test blocks, after a first block for training only.")
    embargo: Whole = Field(default=5, description="Sessions left out between training and each test block.")


class SweepConfig(Block):
    """Variants of one strategy: every combination of the grid, or a search over it."""

    strategy: Label | None = Field(default=None, description="Name of the strategy; null when there is only one.")
    grid: dict[str, Annotated[tuple[Any, ...], OneOrMany("value to try", single=False)]] = Field(
        description="Dotted keys (params.x, position.hold, execution.latency) to the values to try."
    )
    search: Literal["grid", "random", "optuna"] = Field(default="grid", description="How the variants are chosen.")
    trials: Count | None = Field(default=None, description="How many variants a search tries.")
    metric: Label = Field(default="sharpe", description="Metric that ranks the variants.")
    walk_forward: WalkForwardConfig | None = Field(
        default=None, description="Adds a row chosen on past sessions only, such as {folds: 5, embargo: 5}."
    )


class RunConfig(Block):
    """A whole run."""

    name: RunName = Field(description="Name of the run: letters, digits, spaces and . _ - up to 80 characters.")
    universe: UniverseConfig = Field(description="Who can be traded.")
    announcements: Annotated[
        tuple[AnnouncementReaderConfig, ...], OneOrMany("reader of announcements", may_be_empty=True)
    ] = Field(description="Readers of announcements; [] for a run without any.")
    extraction: ExtractionConfig = Field(default=ExtractionConfig(), description="By what texts become announcements.")
    prices: Annotated[tuple[PriceReaderConfig, ...], OneOrMany("reader of prices")] = Field(
        description="One reader of prices, or a list."
    )
    labeller: Annotated[tuple[LabellerConfig, ...], OneOrMany("labeller")] | None = Field(
        default=None, description="What says what texts announce, or a list: each is asked where those before abstain."
    )
    linker: LinkerConfig = Field(default=LinkerConfig(use="table"), description="From announcements to instruments.")
    fx: FxReaderConfig | None = Field(default=None, description="Exchange rates, needed where two currencies meet.")
    period: PeriodConfig = Field(default=PeriodConfig(), description="The days of the run.")
    account: AccountConfig = Field(default=AccountConfig(), description="Starting cash and its currency.")
    execution: ExecutionConfig = Field(default=ExecutionConfig(), description="How signals become fills.")
    benchmark: Ticker | None = Field(default=None, description="Ticker to measure against.")
    strategies: Annotated[tuple[StrategyConfig, ...], OneOrMany("strategy", single=False)] = Field(
        description="The strategies to compare."
    )
    baselines: tuple[Literal["buy_and_hold", "equal_weight", "benchmark"], ...] = Field(
        default=("buy_and_hold", "equal_weight", "benchmark"), description="Rows to compare with; [] for none."
    )
    evaluation: EvaluationConfig = Field(default=EvaluationConfig(), description="Evidence for every row.")
    output: OutputConfig = Field(default=OutputConfig(), description="What is written, and where.")
    sweep: SweepConfig | None = Field(default=None, description="Variants for `newsbt sweep`.")
    pull: PullConfig | None = Field(default=None, description="Whom `newsbt data pull` asks; null: the usual.")
