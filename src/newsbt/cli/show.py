"""`newsbt show`: one run, looked at closely."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import json_option, runs_option, strategy_option
from newsbt.cli.terminal import console, print_document, print_view
from newsbt.errors import DataError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from newsbt.domain.profit_breakdown import TradeDimension
    from newsbt.domain.record import RunRecord

__all__ = ["command"]

TABLES = ("events", "fills", "trades", "refusals")


@click.command("show")
@click.argument("run")
@click.option("--trades", "chosen", multiple=True, flag_value="trades", help="Lots from entry to exit.")
@click.option("--fills", "chosen", multiple=True, flag_value="fills", help="Executions, with the event behind each.")
@click.option("--refusals", "chosen", multiple=True, flag_value="refusals", help="What was not done, and why.")
@click.option("--events", "chosen", multiple=True, flag_value="events", help="Each event's links, fills and P&L.")
@click.option(
    "--by",
    type=click.Choice(["event", "event_type", "relation", "market", "year", "ticker", "exit_reason", "sector"]),
    help="Where the profit came from; by event: what is left without each.",
)
@click.option("--decay", "is_decay", is_flag=True, help="Net return by holding time and by latency.")
@strategy_option
@click.option("--event", "event_ids", multiple=True, metavar="ID", help="Only what belongs to this event. Repeatable.")
@click.option("--ticker", "tickers", multiple=True, metavar="TICKER", help="Only this ticker. Repeatable.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@json_option
@runs_option
def command(
    run: str,
    chosen: tuple[str, ...],
    by: str | None,
    is_decay: bool,
    strategies: tuple[str, ...],
    event_ids: tuple[str, ...],
    tickers: tuple[str, ...],
    form: str,
    as_json: bool,
    runs_dir: Path,
) -> None:
    """Show one RUN: its results table, or its trades, fills, refusals or events, or where its profit came from.

    `--event` and `--ticker` choose rows of these tables, of all four where none is named, and of `--by event`.

    RUN is a run folder, the name of one in the runs folder or its beginning, a config's name for the newest run of
    it, or `last` for the newest run of all. As csv and json, values are as in the run folder: fractions, UTC.

    Examples:

    \b
    newsbt show last
    newsbt show rival-release --events
    newsbt show last --fills --format csv > fills.csv
    newsbt show last --by market
    newsbt show last --event rel-0042 --ticker 0700.HK
    """
    from newsbt.runs.stored_runs import read_run, resolve_run

    form = "json" if as_json else form
    wanted: dict[str, Sequence[str]] = {"event_id": event_ids, "ticker": tickers}
    is_filtered = bool(event_ids or tickers)
    chosen = tuple(dict.fromkeys(chosen))
    if is_filtered and not (chosen or by or is_decay):
        chosen = TABLES
    if form == "csv" and len(chosen) > 1:
        raise click.UsageError(f"csv holds one table; choose one of {', '.join(f'--{name}' for name in chosen)}")
    record = read_run(resolve_run(run, runs_dir))
    names = _names(record, strategies)
    if sum([bool(chosen), by is not None, is_decay]) > 1:
        raise click.UsageError("choose tables, --by or --decay; they are shown apart")
    if not chosen and (tickers or (event_ids and by != "event")):
        raise click.UsageError("--event goes with tables and with --by event, --ticker with tables; say which")
    wanted = _found(record, wanted)
    if chosen:
        _print_tables(record, chosen, names, wanted, form)
    elif (dimension := _of_trades(record, by)) is not None:
        _print_profit(record, dimension, names, form)
    elif by is not None or is_decay:
        _print_evidence(record, by, names, event_ids, form)
    else:
        _print_results(record, names, form)


def _names(record: RunRecord, wanted: tuple[str, ...]) -> list[str]:
    known = [str(row.get("name")) for row in record.rows]
    for name in wanted:
        if name not in known:
            raise click.UsageError(f"no strategy {name!r} in this run{nearest(name, known)}; there are {known}")
    return [name for name in known if not wanted or name in wanted]


def _print_results(record: RunRecord, names: list[str], form: str) -> None:
    from newsbt.reports.formats import rows_csv
    from newsbt.reports.results_table import run_view
    from newsbt.reports.table_columns import raw_row

    rows = [row for row in record.rows if str(row.get("name")) in names]
    if form == "json":
        verdicts = {name: verdict.as_dict() for name, verdict in record.verdicts.items() if name in names}
        print_document(
            {"run_id": record.run_id, "path": record.path, **record.document, "strategies": rows, "verdicts": verdicts}
        )
    elif form == "csv":
        click.echo(rows_csv([raw_row(row) for row in rows]), nl=False)
    else:
        print_view(run_view(record, console().width, rows))


def _found(record: RunRecord, wanted: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Every event and ticker that was asked for, as the run writes it; UsageError, with the nearest, where it does not
    occur there."""
    return {key: [_found_name(record, key, name) for name in names] for key, names in wanted.items()}


def _found_name(record: RunRecord, key: str, name: str) -> str:
    from newsbt.domain.ticker_forms import AmbiguousTickerError, KnownTickers

    known = sorted({str(name) for table in TABLES for name in record.table(table)[key].dropna().unique()})
    if name in known:
        return name
    what = {"event_id": "event", "ticker": "ticker"}[key]
    if key == "ticker":
        try:
            if meant := KnownTickers(dict.fromkeys(known, "")).meant(name):
                return meant
        except AmbiguousTickerError as error:
            raise click.UsageError(str(error)) from None
    hint = nearest(name, known) or (f"; there are {len(known):,}, such as {', '.join(known[:3])}")
    raise click.UsageError(f"no {what} {name!r} in this run{hint if known else '; it has none'}")


def _print_tables(
    record: RunRecord, chosen: tuple[str, ...], names: list[str], wanted: Mapping[str, Sequence[str]], form: str
) -> None:
    from newsbt.reports.formats import frame_csv, frame_rows
    from newsbt.reports.run_listing import listing
    from newsbt.reports.run_text import linking_text
    from newsbt.reports.wrapping import Prose

    whole = {name: _frame(record, name, names) for name in chosen}
    frames = {name: _filtered(frame, wanted) for name, frame in whole.items()}
    if form == "csv":
        click.echo(frame_csv(frames[chosen[0]]), nl=False)
    elif form == "json":
        documents = {name: frame_rows(frame) for name, frame in frames.items()}
        print_document(documents if len(chosen) > 1 else documents[chosen[0]])
    else:
        own = {str(row.get("name")) for row in record.rows if row.get("kind") == "strategy"}
        linking = linking_text(record.document) if "events" in frames else None
        if linking is not None:
            print_view(Prose(linking))
        for name, frame in frames.items():
            with_rows = set(frame["strategy"])
            shown = [strategy for strategy in names if strategy in own or strategy in with_rows]
            totals = dict(Counter(map(str, whole[name]["strategy"]))) if any(wanted.values()) else None
            print_view(listing(name, frame, shown, totals))


def _filtered(frame: pd.DataFrame, wanted: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    for key, values in wanted.items():
        if values:
            frame = frame[frame[key].isin(values)]
    return frame


def _of_trades(record: RunRecord, by: str | None) -> TradeDimension | None:
    """What trades are told apart by, where `by` says so; markets only where the run holds no attribution to them."""
    from newsbt.domain.profit_breakdown import DIMENSIONS_OF_TRADES

    if by == "market" and (record.extra("evidence") or {}).get("attribution"):
        return None
    return next((one for one in DIMENSIONS_OF_TRADES if one == by), None)


def _print_profit(record: RunRecord, by: TradeDimension, names: list[str], form: str) -> None:
    from newsbt.reports.formats import frame_csv, frame_rows
    from newsbt.reports.profit_sources import profit_by, profit_view

    kinds = {str(row.get("name")): row.get("kind") for row in record.rows}
    found = profit_by(record, by, [name for name in names if kinds[name] == "strategy"])
    if form == "json":
        print_document(frame_rows(found))
    elif form == "csv":
        click.echo(frame_csv(found), nl=False)
    else:
        print_view(profit_view(found, by))


def _print_evidence(record: RunRecord, by: str | None, names: list[str], event_ids: Sequence[str], form: str) -> None:
    """Attribution by something, or the decay curves where `by` is None."""
    from newsbt.domain.evidence_documents import Attribution, DecayCurves
    from newsbt.domain.shapes import wrong_shape
    from newsbt.reports import attribution_text
    from newsbt.reports.formats import rows_csv

    part = "decay" if by is None else "attribution"
    evidence = record.extra("evidence") or {}
    found = evidence.get(part)
    if found and (fault := wrong_shape(found, dict[str, DecayCurves] if by is None else dict[str, Attribution])):
        message = f"the run folder {record.path!r} is damaged: evidence.json: {part}.{fault}"
        raise DataError(message, code="damaged_run")
    if not found or not any(name in found for name in names):
        none = by is None and "attribution" in evidence
        advice = "only signals of single events inside the period have it" if none else "run it again to have it"
        raise DataError(f"the run {record.run_id!r} holds no {part}; {advice}", code="no_data")
    rows = (
        attribution_text.decay_rows(found, names)
        if by is None
        else attribution_text.attribution_rows(found, by, names, event_ids)
    )
    if form == "json":
        print_document(rows)
    elif form == "csv":
        click.echo(rows_csv(rows), nl=False)
    elif by is None:
        print_view(attribution_text.decay_view(found, names))
    else:
        print_view(attribution_text.attribution_view(found, by, names, event_ids))


def _frame(record: RunRecord, name: str, strategies: list[str]) -> pd.DataFrame:
    from newsbt.reports.run_listing import events_with_counts

    frame = events_with_counts(record) if name == "events" else record.table(name)
    return frame[frame["strategy"].isin(strategies)]
