"""`newsbt data`: prices pulled and looked at, and market rules, before a run depends on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar, Unpack

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option
from newsbt.cli.terminal import print_document, print_view

if TYPE_CHECKING:
    from newsbt.cli.price_sources import PriceSources, SourceOptions

__all__ = ["command"]

BAD = 2
P = ParamSpec("P")
T = TypeVar("T")


@click.group("data")
def command() -> None:
    """Pull prices, look at them and at the rules of the markets."""


def _source_options(function: Callable[P, T]) -> Callable[P, T]:
    """How files are to be read that no config describes."""
    for option in reversed(
        (
            click.option(
                "--instruments",
                "--universe",
                "instruments",
                type=UserPath(),
                help="Table of instruments, for exchanges and boards; else they are guessed from the tickers.",
            ),
            click.option("--exchange", metavar="MIC", help="Exchange of all tickers, such as XHKG."),
            click.option(
                "--column", "columns", multiple=True, metavar="NAME=SOURCE",
                help="A column's name in the files, such as bar_start=datetime. Repeatable.",
            ),
            click.option("--volume-unit", type=float, help="Shares in one unit of the volume: 100 for files in lots."),
            click.option("--stamp", type=click.Choice(["start", "end"]), help="Which end of a bar its time is."),
            click.option("--timezone", metavar="ZONE", help="Of times without an offset, such as Asia/Shanghai."),
            click.option(
                "--adjusted/--not-adjusted", default=None, help="Whether dividends and splits are in the prices."
            ),
            click.option(
                "--splits", type=click.Choice(["as_traded", "in_prices"]), help="Whether the prices hold their splits."
            ),
        )
    ):  # fmt: skip
        function = option(function)
    return function


@command.command("pull")
@click.argument("config", type=UserPath(), required=False)
@set_option
@click.option("--store", type=UserPath(file_okay=False), help="Folder of the store, instead of the config's.")
@click.option("--probe", is_flag=True, help="Only ask each provider for one instrument, and say what it answers.")
@json_option
def pull(config: Path | None, overrides: tuple[str, ...], store: Path | None, probe: bool, as_json: bool) -> int:
    """Pull the prices and exchange rates that a CONFIG needs into its store: what is not there yet, and the last days.

    From Yahoo Finance (yfinance), East Money (akshare) and baostock, each of which is an extra: pip install
    'newsbt[yfinance,akshare,baostock]'. What came is kept when the command is stopped, and the next one goes on from
    there. Exits with 1 when something could not be asked for; what nobody has is listed and no failure.

    Examples:

    \b
    newsbt data pull configs/rival_release_real.yaml
    newsbt data pull configs/rival_release_real.yaml --set period.end=2025-12-31
    newsbt data pull --probe
    """
    from newsbt.cli.price_pull import probe_providers, pull_prices

    if probe:
        return probe_providers(as_json=as_json)
    if config is None:
        raise click.UsageError("name the CONFIG whose prices are to be pulled, or --probe")
    return pull_prices(config, overrides, store, as_json=as_json)


@command.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS|CONFIG", type=UserPath())
@_source_options
@json_option
def check(paths: tuple[Path, ...], as_json: bool, **options: Unpack[SourceOptions]) -> int:
    """Look for what is odd about prices: in files or folders (CSV, Excel, Parquet), or in those that a CONFIG names.

    Bad rows, gaps against the exchange's calendar, half days as flat bars, copied rows, impossible volumes, splits
    that no column tells or that count twice, prices off the limit or the step, stale tails, rows before a listing,
    stamps of another zone, one series under two tickers, sources that differ. Exits with 2 when a run would stop at
    what was found, else with 0.

    Examples:

    \b
    newsbt data check configs/rival_release.yaml
    newsbt data check prices/*.csv.gz --volume-unit 100
    newsbt data check bars.csv --stamp end --timezone Asia/Shanghai --column bar_start=datetime
    """
    from newsbt.cli.price_sources import price_sources
    from newsbt.domain.findings import rows_text
    from newsbt.prices.checking import check_sources
    from newsbt.reports.price_check import findings_view
    from newsbt.runs.json_values import plain

    sources = price_sources(paths, **options)
    checked = check_sources(
        sources.readers, sources.instrument_of, sources.rulebook, sources.known, sources.universe, sources.files
    )
    findings, tables = checked.findings, checked.tables
    stops = any(finding.is_error for finding in findings)
    if as_json:
        counts = {
            "files": len({file for table in tables for file in table.files}),
            "tickers": len({table.tickers[code] for table in tables for code in set(table.ticker_code.tolist())}),
            "rows": sum(table.rows_read for table in tables),
        }
        document = {"ok": not stops, "counts": counts, "findings": [finding.as_dict() for finding in findings]}
        print_document(plain(document))
    else:
        rows = sum(table.rows_read for table in tables)
        print_view(findings_view(findings), f"{rows_text(rows)} looked at, {rows_text(len(findings), 'finding')}")
    return BAD if stops else 0


@command.command("show")
@click.argument("paths", nargs=-1, required=True, metavar="PATHS|CONFIG", type=UserPath())
@_source_options
@json_option
def show(paths: tuple[Path, ...], as_json: bool, **options: Unpack[SourceOptions]) -> None:
    """Say what price files hold, or those that a CONFIG names: rows, spans and columns of each ticker.

    Example:

    \b
    newsbt data show data/prices --json
    """
    from newsbt.cli.price_sources import price_sources
    from newsbt.prices.checking.contents import contents
    from newsbt.reports.price_check import content_view

    sources: PriceSources = price_sources(paths, on_bad_row="skip", **options)
    documents = contents([reader.read(sources.known) for reader in sources.readers])
    if as_json:
        print_document({"tickers": documents})
    else:
        print_view(content_view(documents))


@command.command("compact")
@click.argument("source", metavar="CONFIG|FOLDER", type=UserPath())
@json_option
def compact(source: Path, as_json: bool) -> None:
    """Put the files of a price store together, one for each exchange and year: the store of a CONFIG, or in a FOLDER.

    Every row of every pull stays, and so does what a run as of any instant reads. Pulls and runs may go on meanwhile.
    What pulls that were cut off left behind is deleted.

    Examples:

    \b
    newsbt data compact configs/rival_release_real.yaml
    newsbt data compact data/store
    """
    from newsbt.cli.price_sources import store_of
    from newsbt.domain.findings import rows_text
    from newsbt.price_store import compact as compacted

    store = store_of(source)
    found = compacted(store)
    if as_json:
        print_document(
            {"folder": str(store.folder), "before": found.before, "after": found.after, "cut_off": found.cut_off}
        )
        return
    gone = f"; {rows_text(found.cut_off, 'file')} of pulls that were cut off deleted" if found.cut_off else ""
    print_view(f"{store.folder}: {rows_text(found.before, 'file')} before, {found.after:,} now{gone}")


@command.command("rules")
@click.option("--exchange", metavar="MIC", help="Exchange, such as XSHE; not needed with a ticker that is known.")
@click.option("--on", "on", metavar="DATE", help="Day, such as 2024-01-02; today where it is left out.")
@click.option("--ticker", help="Only what decides for this instrument.")
@click.option("--board", help="Its board, where no table of instruments says it.")
@click.option("--config", type=UserPath(), help="Config whose instruments and rule file count.")
@click.option(
    "--instruments",
    "--universe",
    "instruments",
    type=UserPath(),
    help="Table of instruments, instead of a config's.",
)
@click.option("--rules", "rule_file", type=UserPath(), help="Rule file laid over the packaged ones.")
@json_option
def rules(
    exchange: str | None,
    on: str | None,
    ticker: str | None,
    board: str | None,
    config: Path | None,
    instruments: Path | None,
    rule_file: Path | None,
    as_json: bool,
) -> None:
    """Print the rules in force on a day, with their sources.

    Examples:

    \b
    newsbt data rules --exchange XSHE --on 2024-01-02
    newsbt data rules --ticker 300663.SZ --on 2024-01-02 --config configs/rival_release.yaml
    """
    from newsbt.cli.rule_question import answer, ask
    from newsbt.reports.market_rules import rules_view
    from newsbt.runs.json_values import plain

    question = ask(
        exchange=exchange, on=_day(on), ticker=ticker, board=board, config=config, instruments=instruments,
        rule_file=rule_file,
    )  # fmt: skip
    document, title, lines, found = answer(question)
    if as_json:
        print_document(plain(document))
    else:
        print_view(rules_view(title, lines, found))


def _day(text: str | None) -> date:
    if text is None:
        return datetime.now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"expected a day such as 2024-01-02, got {text!r}", param_hint="--on") from None
