"""The blocks that say where data come from: tables, readers, labellers and linker, and who is asked for prices."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from newsbt.config.blocks import (
    BAD_ROW,
    COLUMNS,
    Block,
    Boolean,
    Columns,
    Component,
    OnBadRow,
    PathText,
    Positive,
    Share,
)
from newsbt.config.field_types import Duration, Text

__all__ = [
    "AnnouncementReaderConfig",
    "DedupeConfig",
    "ExtractionConfig",
    "FxReaderConfig",
    "LabellerConfig",
    "LinkerConfig",
    "PriceReaderConfig",
    "PullConfig",
    "UniverseConfig",
]


class UniverseConfig(Block):
    """Who can be traded, and how they hang together."""

    instruments: PathText = Field(description="Table of instruments.")
    relations: PathText | None = Field(default=None, description="Table of dated relations between companies.")
    memberships: PathText | None = Field(default=None, description="Table of dated theme memberships.")
    status: PathText | None = Field(default=None, description="Table of dated statuses, such as special treatment.")
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class DedupeConfig(Block):
    """One story, one event: what of one reader tells a story again."""

    window: Annotated[timedelta, Duration(positive=True)] = Field(
        default=timedelta(hours=24), description="How far apart two items of one story may be."
    )
    threshold: Share | None = Field(
        default=0.8,
        description="Likeness of words, in (0, 1], from which two items are one story; null: words decide nothing.",
    )


class AnnouncementReaderConfig(Component):
    """A reader of announcements: csv, jsonl, parquet, excel, articles, rss, gdelt, alpaca, mapped, labels, or own."""

    columns: Columns = Field(default_factory=dict, description=COLUMNS)
    dedupe: DedupeConfig | Literal["none"] | None = Field(
        default=None,
        description="What tells a story again is no event of its own; null: of texts and feeds, by issuer, type and "
        "subject within a day; none: never.",
    )
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class ExtractionConfig(Block):
    """By what texts become announcements: articles and feeds, and what `newsbt explain` is given."""

    types: PathText | None = Field(default=None, description="Types of events of your own (YAML); null: the usual.")
    extend: Boolean = Field(default=True, description="Whether they stand beside the usual ones, or alone.")


class PriceReaderConfig(Component):
    """A reader of prices: csv, parquet, excel, store, or your own."""

    columns: Columns = Field(default_factory=dict, description=COLUMNS)
    volume_unit: Positive | None = Field(
        default=None,
        description="Shares in one unit of the volume column; 100 for lots. Null: 1, or what the head tells.",
    )
    stamp: Literal["start", "end"] | None = Field(
        default=None, description="Which end of an intraday bar is stamped. Null: the start, or what the stamps tell."
    )
    adjusted: Boolean | None = Field(
        default=None, description="Whether the prices are adjusted for dividends and splits. Null: no, or asked for."
    )
    splits: Literal["as_traded", "in_prices"] | None = Field(
        default=None, description="Whether prices are as traded, or hold their splits; null: as traded, with a doubt."
    )
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class FxReaderConfig(Component):
    """Exchange rates: csv with a path, fixed with `rates`, or store."""

    columns: Columns = Field(default_factory=dict, description=COLUMNS)
    on_bad_row: OnBadRow = Field(default="error", description=BAD_ROW)


class LabellerConfig(Component):
    """What says what texts of news announce: rules, learned, llm, or your own."""

    on_unlabelled: Literal["error", "keep"] = Field(
        default="error", description="`keep` counts a text that cannot be labelled, and goes on; of a list the last."
    )


class LinkerConfig(Component):
    """Which instruments an announcement touches: table (`same_company`, `mentioned`), or your own."""


ProviderName: TypeAlias = Literal["yfinance", "akshare", "baostock"]
Providers: TypeAlias = tuple[ProviderName, ...]
Exchange: TypeAlias = Annotated[str, Text("an exchange's MIC, such as XHKG", pattern="[A-Z0-9]{4}")]


class PullConfig(Block):
    """Whom `newsbt data pull` asks for prices and rates, where it is not the usual; a run reads none of it."""

    providers: dict[Exchange, Providers] = Field(
        default_factory=dict, description="Providers by exchange, in the order in which they are asked."
    )
    indices: dict[Exchange, Providers] = Field(default_factory=dict, description="The same of an exchange's indices.")
    rates: Providers = Field(default=(), description="Providers of exchange rates, in order; [] for the usual.")
    symbols: dict[ProviderName, dict[str, str]] = Field(
        default_factory=dict, description="What a provider calls a ticker or pair, where that is not known here."
    )
    per_minute: Positive | None = Field(
        default=None, description="Most questions a minute to each provider; null: as often as each is asked usually."
    )
