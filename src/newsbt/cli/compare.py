"""`newsbt compare`: one results table across runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import json_option, runs_option
from newsbt.cli.terminal import console, print_document, print_error, print_view
from newsbt.errors import DataError

if TYPE_CHECKING:
    from newsbt.domain.record import RunRecord
    from newsbt.reports.comparison import Comparison
    from newsbt.reports.pairwise_tests import Duel

__all__ = ["command"]

MOST_PAIRS = 10
DRAWS = 999


@click.command("compare")
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="The newest N runs of the runs folder.")
@click.option("--sort", "metric", metavar="METRIC", help="Best first by a metric or count, such as sharpe.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json", "markdown", "html"]),
    default="table",
    show_default=True,
)
@json_option
@runs_option
def command(
    runs: tuple[str, ...], last: int | None, metric: str | None, form: str, as_json: bool, runs_dir: Path
) -> None:
    """Put the strategies of several runs into one results table.

    RUNs are named as in `newsbt show`; without any, all runs of the runs folder are compared. Rows without a value
    come last when sorted. Below the table stand tests between the strategies' Sharpe ratios, their p also adjusted over
    all pairs (Holm), and what differs between the runs' configs, key by key.

    Examples:

    \b
    newsbt compare --last 2
    newsbt compare first-try second-try --sort sharpe
    newsbt compare --format markdown > table.md
    """
    from newsbt.reports.comparison import comparison
    from newsbt.runs.run_configs import read_config

    if runs and last is not None:
        raise click.UsageError("name runs or give --last, not both")
    records = _records(runs, last, runs_dir)
    configs = [read_config(record.path) for record in records]
    form = "json" if as_json else form
    # Programs get the rows only; they have the returns to test as they like.
    duels = _duels(records) if form in ("table", "markdown", "html") else []
    _print(comparison(records, metric, configs, duels), form)


def _duels(records: list[RunRecord]) -> list[Duel]:
    """Tests between the strategies of all runs, pair by pair, or against the best Sharpe ratio where those are many."""
    import math
    from dataclasses import replace

    import pandas as pd

    from newsbt.analysis.inference import holm, sharpe_difference
    from newsbt.domain.returns import session_returns, why_no_returns
    from newsbt.reports.pairwise_tests import Duel

    entrants = []
    for number, record in enumerate(records, start=1):
        curve = record.table("equity")
        if (
            curve.duplicated(["strategy", "date"]).any()
            or not curve.groupby("strategy")["date"].is_monotonic_increasing.all()
        ):
            message = (
                f"the run folder {record.path!r} is damaged: equity.parquet: the days of a strategy are not in order"
            )
            raise DataError(message, code="damaged_run")
        per_year = float(record.document.get("periods_per_year") or 252.0)
        for row in record.rows:
            if row.get("kind") == "strategy":
                equity = curve[curve["strategy"] == row["name"]].set_index("date")["equity"]
                cash = float((record.document.get("account") or {}).get("cash") or equity.iloc[0])
                values = session_returns(equity.to_numpy(), cash)
                returns = pd.Series(values, index=equity.index)
                lost = why_no_returns(values, equity.index) or str((row.get("reasons") or {}).get("sharpe") or "")
                name = str(row["name"]) if len(records) == 1 else f"{number}: {row['name']}"
                sharpe = (row.get("metrics") or {}).get("sharpe")
                entrants.append(
                    (name, returns, per_year, float(sharpe) if isinstance(sharpe, float | int) else -math.inf, lost)
                )
    entrants.sort(key=lambda entrant: -entrant[3])
    pairs = [(one, other) for index, one in enumerate(entrants) for other in entrants[index + 1 :]]
    there_are = len(pairs)
    if len(pairs) > MOST_PAIRS:
        pairs = [(entrants[0], other) for other in entrants[1 : MOST_PAIRS + 1]]
    duels = []
    for (one, mine, per_year, _, lost), (other, theirs, _, _, also_lost) in pairs:
        if lost or also_lost:
            duels.append(Duel(one=one, other=other, difference=math.nan, p=math.nan, reason=lost or also_lost))
            continue
        found = sharpe_difference(mine, theirs, draws=DRAWS)
        annual = math.sqrt(per_year)
        duels.append(
            Duel(one=one, other=other, difference=found.difference * annual, p=found.p_bootstrap, reason=found.reason)
        )
    # Pairs that were left out were not left out at random: they count as tests that found nothing.
    undefined = sum(math.isnan(duel.p) for duel in duels)
    adjusted = holm([duel.p for duel in duels], tests=there_are - undefined)
    return [replace(duel, adjusted=p) for duel, p in zip(duels, adjusted.tolist(), strict=True)]


def _records(runs: tuple[str, ...], last: int | None, runs_dir: Path) -> list[RunRecord]:
    """The runs that were named; of those that were not, a damaged one is named on stderr and left out."""
    from newsbt.runs.stored_runs import find_runs, read_run, resolve_run, without_runs

    if runs:
        return [read_run(path) for path in dict.fromkeys(resolve_run(run, runs_dir) for run in runs)]
    found = []
    for path in find_runs(runs_dir, last):
        try:
            found.append(read_run(path))
        except DataError as error:
            print_error(error)
    if not found:
        raise DataError(without_runs(runs_dir), code="missing_run")
    return found


def _print(compared: Comparison, form: str) -> None:
    from newsbt.reports import comparison as views
    from newsbt.reports.formats import rows_csv

    if form == "json":
        print_document(views.raw_rows(compared, with_config=True))
    elif form == "csv":
        click.echo(rows_csv(views.raw_rows(compared)), nl=False)
    elif form == "markdown":
        click.echo(views.markdown(compared), nl=False)
    elif form == "html":
        click.echo(views.page(compared), nl=False)
    else:
        print_view(views.terminal(compared, console().width))
