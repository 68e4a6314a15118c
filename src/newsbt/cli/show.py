"""`newsbt show`: one run, looked at closely."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import json_option, runs_option, strategy_option
from newsbt.cli.terminal import console, print_document
from newsbt.errors import DataError, nearest

if TYPE_CHECKING:
    import pandas as pd

    from newsbt.domain.record import RunRecord

__all__ = ["command"]


@click.command("show")
@click.argument("run")
@click.option("--trades", "chosen", multiple=True, flag_value="trades", help="Lots from entry to exit.")
@click.option("--fills", "chosen", multiple=True, flag_value="fills", help="Executions, with the event behind each.")
@click.option("--refusals", "chosen", multiple=True, flag_value="refusals", help="What was not done, and why.")
@click.option("--events", "chosen", multiple=True, flag_value="events", help="Each event's links, fills and P&L.")
@click.option(
    "--by",
    type=click.Choice(["event", "event_type", "relation", "market", "year"]),
    help="Where the profit came from; by event: what is left without each.",
)
@click.option("--decay", "is_decay", is_flag=True, help="Net return by holding time and by latency.")
@strategy_option
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@json_option
@runs_option
def command(
    run: str,
    chosen: tuple[str, ...],
    by: str | None,
    is_decay: bool,
    strategies: tuple[str, ...],
    form: str,
    as_json: bool,
    runs_dir: Path,
) -> None:
    """Show one RUN: its results table, or its trades, fills, refusals or events, or where its profit came from.

    RUN is a run folder, the name of one in the runs folder or its beginning, a config's name for the newest run of
    it, or `last` for the newest run of all. As csv and json, values are as in the run folder: fractions, UTC.

    Examples:

    \b
    newsbt show last
    newsbt show rival-release --events
    newsbt show last --fills --format csv > fills.csv
    newsbt show last --by market
    """
    from newsbt.runs.stored import read_run, resolve_run

    form = "json" if as_json else form
    chosen = tuple(dict.fromkeys(chosen))
    if form == "csv" and len(chosen) > 1:
        raise click.UsageError(f"csv holds one table; choose one of {', '.join(f'--{name}' for name in chosen)}")
    record = read_run(resolve_run(run, runs_dir))
    names = _names(record, strategies)
    if sum([bool(chosen), by is not None, is_decay]) > 1:
        raise click.UsageError("choose tables, --by or --decay; they are shown apart")
    if chosen:
        _print_tables(record, chosen, names, form)
    elif by is not None or is_decay:
        _print_evidence(record, by, names, form)
    else:
        _print_results(record, names, form)


def _names(record: RunRecord, wanted: tuple[str, ...]) -> list[str]:
    known = [str(row.get("name")) for row in record.rows]
    for name in wanted:
        if name not in known:
            raise click.UsageError(f"no strategy {name!r} in this run{nearest(name, known)}; there are {known}")
    return [name for name in known if not wanted or name in wanted]


def _print_results(record: RunRecord, names: list[str], form: str) -> None:
    from newsbt.reports.columns import raw_row
    from newsbt.reports.formats import rows_csv
    from newsbt.reports.table import run_view

    rows = [row for row in record.rows if str(row.get("name")) in names]
    if form == "json":
        print_document({"run_id": record.run_id, "path": record.path, **record.document, "strategies": rows})
    elif form == "csv":
        click.echo(rows_csv([raw_row(row) for row in rows]), nl=False)
    else:
        out = console()
        out.print(run_view(record, out.width, rows))


def _print_tables(record: RunRecord, chosen: tuple[str, ...], names: list[str], form: str) -> None:
    from newsbt.reports.formats import frame_csv, frame_rows
    from newsbt.reports.listing import listing

    frames = {name: _frame(record, name, names) for name in chosen}
    if form == "csv":
        click.echo(frame_csv(frames[chosen[0]]), nl=False)
    elif form == "json":
        documents = {name: frame_rows(frame) for name, frame in frames.items()}
        print_document(documents if len(chosen) > 1 else documents[chosen[0]])
    else:
        own = {str(row.get("name")) for row in record.rows if row.get("kind") == "strategy"}
        out = console()
        for name, frame in frames.items():
            with_rows = set(frame["strategy"])
            shown = [strategy for strategy in names if strategy in own or strategy in with_rows]
            out.print(listing(name, frame, out.width, shown))


def _print_evidence(record: RunRecord, by: str | None, names: list[str], form: str) -> None:
    """Attribution by something, or the decay curves where `by` is None."""
    from newsbt.reports import attribution
    from newsbt.reports.formats import rows_csv

    part = "decay" if by is None else "attribution"
    found = (record.extra("evidence") or {}).get(part)
    if not found or not any(name in found for name in names):
        raise DataError(f"the run {record.run_id!r} holds no {part}; run it again to have it")
    rows = attribution.decay_rows(found, names) if by is None else attribution.attribution_rows(found, by, names)
    if form == "json":
        print_document(rows)
    elif form == "csv":
        click.echo(rows_csv(rows), nl=False)
    elif by is None:
        console().print(attribution.decay_view(found, names))
    else:
        console().print(attribution.attribution_view(found, by, names))


def _frame(record: RunRecord, name: str, strategies: list[str]) -> pd.DataFrame:
    from newsbt.reports.listing import events_with_counts

    frame = events_with_counts(record) if name == "events" else record.table(name)
    return frame[frame["strategy"].isin(strategies)]
