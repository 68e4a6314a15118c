"""`newsbt sweep`: the variants of a config's `sweep:` block, judged by how many there were."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_error, print_view
from newsbt.errors import NewsbtError, RunFolderError

if TYPE_CHECKING:
    from newsbt._plain import PlainValue
    from newsbt.sweeps.sweep import SweepResult
    from newsbt.sweeps.variant_result import VariantResult

__all__ = ["command"]

LARGE = 100_000  # variants beyond which a sweep says its cost first and asks
BYTES_ON_DISK, BYTES_IN_MEMORY = 800, 3_000  # of a variant


@click.command("sweep")
@click.argument("config", metavar="CONFIG", type=UserPath())
@set_option
@click.option(
    "--backend",
    type=click.Choice(["local", "dask"]),
    default="local",
    show_default=True,
    help="Where variants run: on this machine, or on a dask cluster.",
)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Threads or processes; by default one a core.")
@click.option("--sort", "metric", metavar="METRIC", help="Metric that ranks the variants, instead of sweep.metric.")
@click.option("--heat", nargs=2, metavar="KEY KEY", help="Swept keys of the heat map; by default those of most values.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="A dask scheduler, such as tcp://10.0.0.5:8786; without it --backend dask makes a cluster on this machine.",
)
@click.option(
    "--cache",
    type=UserPath(file_okay=False),
    metavar="DIR",
    help="A folder that dask's workers see too: inputs are put there once. Without it they are sent to each machine.",
)
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Variants to print.")
@click.option("--retry-failed", is_flag=True, help="Run variants again that had failed.")
@click.option("--yes", is_flag=True, help="Do not ask, however many variants there are.")
@click.option(
    "--runs",
    "runs_dir",
    type=UserPath(file_okay=False),
    metavar="DIR",
    help="Folder of the run folders, instead of the config's; outcomes are kept in its folder `sweeps`.",
)
@json_option
def command(
    config: Path,
    overrides: tuple[str, ...],
    backend: str,
    jobs: int | None,
    metric: str | None,
    heat: tuple[str, str] | None,
    scheduler: str | None,
    cache: Path | None,
    top: int,
    retry_failed: bool,
    yes: bool,
    runs_dir: Path | None,
    as_json: bool,
) -> int:
    """Run every variant of CONFIG's `sweep:` block on the compiled engine, or those that are missing.

    Outcomes are kept as they come: a sweep that was stopped goes on where it was, and one whose grid grew runs only
    what is new. The best variant is shown with the deflated Sharpe ratio over every configuration tried in the runs
    folder, and the sweep with its probability of overfitting. With `sweep.walk_forward` a further row says what
    choosing on the past only would have earned.

    Examples:

    \b
    newsbt sweep configs/sweep.yaml
    newsbt sweep configs/sweep.yaml --sort calmar --top 5
    newsbt sweep configs/sweep.yaml --json > variants.json
    newsbt sweep configs/sweep.yaml --backend dask --scheduler tcp://10.0.0.5:8786
    """
    import os

    from newsbt.config.loading import load
    from newsbt.reports.heat_map import write_heat_map
    from newsbt.runs.locations import runs_of
    from newsbt.runs.run_folder import check_writable
    from newsbt.runs.trials import note_trials, read_trials
    from newsbt.sweeps.checking import size_of
    from newsbt.sweeps.running import Backend, LocalBackend
    from newsbt.sweeps.sweep import sweep

    if backend == "local" and (scheduler or cache):
        raise click.UsageError("--scheduler and --cache belong to --backend dask")
    changes = [*overrides, *([f"sweep.metric={metric}"] if metric else [])]
    loaded = load(config, changes)
    _ask_about(size_of(loaded), yes)
    target = runs_of(loaded, runs_dir)
    check_writable(target)
    workers = jobs or os.cpu_count() or 1
    where: Backend = LocalBackend(workers)
    if backend == "dask":
        from newsbt.sweeps.cluster import DaskBackend

        where = DaskBackend(workers=workers, scheduler=scheduler, cache=cache, home=target / "sweeps" / ".inputs")
    try:
        with TerminalProgress(loaded.config.name) as progress:
            result = sweep(
                loaded, target, backend=where, progress=progress, trials=read_trials(target),
                note=lambda sharpes: note_trials(target, sharpes), retry_failed=retry_failed,
            )  # fmt: skip
    except KeyboardInterrupt:
        click.echo(f"stopped; what is done is kept in {target / 'sweeps'}: the same command goes on there", err=True)
        raise
    complaints = [NewsbtError(result.not_kept, code="unwritable")] if result.not_kept else []
    picture = None
    try:
        picture = write_heat_map(result.outcomes, result.metric, result.best, result.path, heat, loaded.config.name)
    except RunFolderError as error:
        complaints.append(error)
    if as_json:
        document = _document(result, picture)
        if complaints:
            document["errors"] = [problem.as_dict() for error in complaints for problem in error.listed]
        print_document(document)
    else:
        _show(result, top, heat, picture)
    for complaint in complaints:
        print_error(complaint)
    return 1 if complaints or all(item.error for item in result.outcomes) else 0


def _ask_about(size: int, yes: bool) -> None:
    """Say what a large sweep costs before it begins."""
    if size <= LARGE or yes:
        return
    cost = (
        f"{size:,} variants: at about a millisecond each that is {size / 60_000:,.0f} minutes of a core, "
        f"{size * BYTES_ON_DISK / 1e6:,.0f} MB on disk and {size * BYTES_IN_MEMORY / 1e6:,.0f} MB of memory"
    )
    if not sys.stdin.isatty():
        raise click.UsageError(f"{cost}; say --yes to go on, or let `sweep.search: random` try fewer")
    click.confirm(f"{cost}. Go on?", abort=True, err=True)


def _document(result: SweepResult, picture: Path | None) -> dict[str, PlainValue]:
    """The document of docs/files.md: variants in grid order, whatever ran first."""
    variants = [_entry(item) for item in result.outcomes]
    return {
        "strategy": result.strategy,
        "metric": result.metric,
        "variants": variants,
        "best": None if result.best is None else _entry(result.best),
        "dsr": result.dsr,
        "dsr_trials": result.trials,
        "pbo": result.pbo,
        "reasons": dict(result.reasons),
        "path": str(result.path),
        "heat_map": None if picture is None else str(picture),
        "walk_forward": _walk(result),
        "parts": {side: dict(metrics) for side, metrics in result.parts.items()},
        "notices": list(result.notices),
    }


def _walk(result: SweepResult) -> dict[str, PlainValue] | None:
    walked = result.walk_forward
    if walked is None:
        return None
    return {
        "metrics": dict(walked.metrics),
        "folds": [
            {"from": item.first, "to": item.last, "params": dict(item.params), "training": item.value}
            for item in walked.choices
        ],
        "dates": [str(day) for day in walked.dates],
        "returns": walked.returns.tolist(),
    }


def _entry(item: VariantResult) -> dict[str, PlainValue]:
    found: dict[str, PlainValue] = {"params": dict(item.params), "metrics": dict(item.metrics)}
    if item.error:
        found["error"] = item.error
    return found


def _show(result: SweepResult, top: int, heat: tuple[str, str] | None, picture: Path | None) -> None:
    from newsbt.reports.heat_map import heat_table
    from newsbt.reports.sweep_text import fold_view, sweep_view
    from newsbt.reports.wrapping import Prose
    from newsbt.runs.locations import near

    walked = result.walk_forward
    metrics = None if walked is None else dict(walked.metrics)
    views = [sweep_view(result.outcomes, result.metric, top, result.strategy, metrics)]
    if walked is not None:
        views.append(fold_view(walked.choices, result.metric))
    table = heat_table(result.outcomes, result.metric, result.best, heat)
    if table is not None:
        views.append(table)
    heat_map = [] if picture is None else [Prose(f"Heat map: {near(picture)}")]
    print_view(*views, "", *map(Prose, _verdict(result)), *heat_map)


def _verdict(result: SweepResult) -> list[str]:
    """What is left of the best after selection, in words."""
    from newsbt.runs.locations import near

    failed = sum(1 for item in result.outcomes if item.error)
    fate = f"{failed} failed (--retry-failed runs them again)" if failed else "none failed"
    kept = f"{'not all are ' if result.not_kept else ''}kept in {near(result.path)}"
    lines = [f"{len(result.outcomes)} variants, {result.reran} of them run now, {fate}; {kept}"]
    if result.best is None:
        return [*lines, f"No variant has a {result.metric}.", *result.notices]
    deflated = f"{result.dsr:.3f}" if result.dsr == result.dsr else f"undefined ({result.reasons.get('dsr')})"
    overfitted = f"{result.pbo:.2f}" if result.pbo == result.pbo else f"undefined ({result.reasons.get('pbo')})"
    lines.append(
        f"Deflated Sharpe of the best over {result.trials} trials: {deflated}; probability of overfitting: {overfitted}"
    )
    if result.dsr == result.dsr and result.pbo == result.pbo:
        survives = result.dsr >= 0.95 and result.pbo <= 0.2
        lines.append(
            "It survives selection at 95 %."
            if survives
            else "It does not survive selection: the best may well be luck."
        )
    for side, metrics in result.parts.items():
        value = metrics.get(result.metric, math.nan)
        shown = "undefined" if math.isnan(value) else f"{value:.4g}"
        lines.append(
            f"The best on events known {side}, the cut-off of the labels: {result.metric} {shown}, "
            f"total return {metrics.get('total_return', math.nan):.2%}"
        )
    return [*lines, *result.notices]
