"""The tables of a run folder: their columns and types, and how frames become Parquet and frames again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from newsbt.domain.parquet_files import beyond_calendars, open_parquet, read_parquet
from newsbt.domain.record import TABLES
from newsbt.domain.results import StrategyResult

__all__ = ["SCHEMAS", "frame_of", "read_table", "write_table"]

# Session dates are timestamps without a zone, at midnight: pandas then compares, plots and joins them as dates.
DATE = pa.timestamp("us")
INSTANT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
NUMBER = pa.float64()
COUNT = pa.int64()

SCHEMAS = {
    "equity": pa.schema(
        {"date": DATE, "strategy": TEXT, "equity": NUMBER, "cash": NUMBER, "gross_exposure": NUMBER, "drawdown": NUMBER}
    ),
    "fills": pa.schema(
        {
            "strategy": TEXT, "at": INSTANT, "date": DATE, "ticker": TEXT, "side": TEXT, "quantity": COUNT,
            "price": NUMBER, "price_account": NUMBER, "costs": NUMBER, "slippage_cost": NUMBER, "event_id": TEXT,
            "reason": TEXT,
        }
    ),
    "refusals": pa.schema(
        {
            "strategy": TEXT, "at": INSTANT, "date": DATE, "ticker": TEXT, "side": TEXT, "reason": TEXT,
            "wanted_quantity": NUMBER, "filled_quantity": COUNT, "would_have_returned": NUMBER, "event_id": TEXT,
        }
    ),
    "trades": pa.schema(
        {
            "strategy": TEXT, "ticker": TEXT, "entry_at": INSTANT, "exit_at": INSTANT, "quantity": COUNT,
            "entry_price": NUMBER, "exit_price": NUMBER, "pnl": NUMBER, "return": NUMBER, "costs": NUMBER,
            "event_id": TEXT, "exit_reason": TEXT,
        }
    ),
    "signals": pa.schema({"strategy": TEXT, "date": DATE, "ticker": TEXT, "event_id": TEXT, "signal": NUMBER}),
    "events": pa.schema(
        {
            "strategy": TEXT, "event_id": TEXT, "ticker": TEXT, "weight": NUMBER, "known_at": INSTANT,
            "first_tradable_at": INSTANT, "signal": NUMBER, "pnl": NUMBER, "costs": NUMBER, "refused_reason": TEXT,
        }
    ),
    "explanations": pa.schema(
        {"strategy": TEXT, "at": INSTANT, "ticker": TEXT, "event_id": TEXT, "reason": TEXT, "explanation": TEXT}
    ),
}  # fmt: skip
assert tuple(SCHEMAS) == TABLES
ALWAYS = {name: ("strategy", "date") if name in ("equity", "signals") else ("strategy",) for name in TABLES}
IN_EVERY_ROW = frozenset(("strategy", "date", "at", "entry_at"))


def arrow_of(items: Iterable[StrategyResult], name: str) -> pa.Table:
    """One table of several strategies, below each other, in the columns and types of its schema."""
    schema = SCHEMAS[name]
    parts = [_arrow(item.table("curve" if name == "equity" else name), schema) for item in items]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _arrow(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    # NaN and NaT become null here, so that every reader sees a missing value and not a number.
    columns = [pa.Array.from_pandas(frame[field.name], type=field.type, safe=False) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def frame_of(items: Iterable[StrategyResult], name: str) -> pd.DataFrame:
    """The frame that reading the written table would give."""
    frame: pd.DataFrame = arrow_of(items, name).to_pandas()
    return frame


def write_table(items: Iterable[StrategyResult], name: str, folder: Path) -> None:
    """Write ``<name>.parquet``; equal results give equal bytes in every column."""
    pq.write_table(arrow_of(items, name), folder / f"{name}.parquet", compression="zstd", use_dictionary=True)


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read ``<name>.parquet``; columns that an older version did not write are empty, and so are `explanations`.

    Raises DataError where the file is missing or no Parquet, or unfolds too far, and ValueError where its columns are
    not those of a run: of other types, without what every row has, or with a day that no calendar has.
    """
    path = folder / f"{name}.parquet"
    if name == "explanations" and not path.exists():
        nothing: pd.DataFrame = SCHEMAS[name].empty_table().to_pandas()
        return nothing
    found = read_parquet(path, open_parquet(path), may_be_empty=True)
    schema = SCHEMAS[name]
    if lacking := [column for column in ALWAYS[name] if column not in found.column_names]:
        raise ValueError(f"there is no column {lacking[0]}; every version writes it")
    try:
        columns = [
            found[field.name].cast(field.type) if field.name in found.column_names else pa.nulls(len(found), field.type)
            for field in schema
        ]
    except pa.ArrowNotImplementedError as error:  # the one of pyarrow's errors that is no ValueError
        raise ValueError(str(error)) from None
    for needed in sorted(IN_EVERY_ROW.intersection(found.column_names)):
        if missing := found[needed].null_count:
            raise ValueError(f"the column {needed} is empty in {missing} rows; every row has one")
    table = pa.Table.from_arrays(columns, schema=schema)
    if beyond := beyond_calendars(table):
        raise ValueError(f"the column {beyond} has a day that no calendar has")
    frame: pd.DataFrame = table.to_pandas()
    return frame
