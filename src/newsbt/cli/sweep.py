"""`newsbt sweep`: the variants of a config's `sweep:` block, judged by how many there were."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from newsbt.cli.options import json_option, set_option
from newsbt.cli.progress import TerminalProgress
from newsbt.cli.terminal import console, print_document
from newsbt.errors import UnsupportedError

if TYPE_CHECKING:
    from newsbt.sweeps.line import SweepResult

__all__ = ["command"]


@click.command("sweep")
@click.argument("config", metavar="CONFIG", type=click.Path(path_type=Path))
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
@click.option("--top", type=click.IntRange(min=1), default=20, show_default=True, help="Variants to print.")
@click.option("--yes", is_flag=True, help="Do not ask, however many variants there are.")
@click.option(
    "--runs",
    "runs_dir",
    type=click.Path(file_okay=False, path_type=Path),
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
    top: int,
    yes: bool,
    runs_dir: Path | None,
    as_json: bool,
) -> None:
    """Run every variant of CONFIG's `sweep:` block on the compiled engine, or those that are missing.

    Outcomes are kept as they come: a sweep that was stopped goes on where it was, and one whose grid grew runs only
    what is new. The best variant is shown with the deflated Sharpe ratio over every configuration tried in the runs
    folder, and the sweep with its probability of overfitting.

    Examples:

    \b
    newsbt sweep configs/sweep.yaml
    newsbt sweep configs/sweep.yaml --sort calmar --top 5
    newsbt sweep configs/sweep.yaml --json > variants.json
    """
    import os

    from newsbt.config.loading import load
    from newsbt.runs.folder import check_writable
    from newsbt.runs.trials import note_trials, read_trials
    from newsbt.sweeps.line import LARGE, size_of, sweep

    changes = [*overrides, *([f"sweep.metric={metric}"] if metric else [])]
    loaded = load(config, changes)
    if backend == "dask":
        raise UnsupportedError("--backend dask is not built yet; use local")
    size = size_of(loaded)
    if size > LARGE and not yes:
        click.confirm(
            f"{size:,} variants: at about a millisecond each that is {size / 60_000:,.0f} minutes a core, and "
            f"{size / 1000:,.0f} MB on disk. Go on?",
            abort=True,
            err=True,
        )
    target = (runs_dir or loaded.resolve(loaded.config.output.runs)).resolve()
    check_writable(target)
    with TerminalProgress(loaded.config.name) as progress:
        result = sweep(
            loaded, target, workers=jobs or os.cpu_count() or 1, progress=progress, trials=read_trials(target)
        )
    note_trials(target, {item.key: item.per_bar_sharpe for item in result.outcomes if not item.error})
    if as_json:
        print_document(_document(result))
    else:
        _show(result, top)


def _document(result: SweepResult) -> dict[str, Any]:
    """DESIGN 8's document: variants in grid order, whatever ran first."""
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
    }


def _entry(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"params": dict(item.params), "metrics": dict(item.metrics)}
    if item.error:
        found["error"] = item.error
    return found


def _show(result: SweepResult, top: int) -> None:
    from newsbt.reports.sweeps import sweep_view

    out = console()
    out.print(sweep_view(result.outcomes, result.metric, top, result.strategy))
    out.print(_verdict(result), soft_wrap=True)


def _verdict(result: SweepResult) -> str:
    """What is left of the best after selection, in words."""
    failed = sum(1 for item in result.outcomes if item.error)
    lines = [f"{len(result.outcomes)} variants, {result.reran} of them run now, {failed} failed; kept in {result.path}"]
    if result.best is None:
        lines.append(f"No variant has a {result.metric}.")
        return "\n".join(lines)
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
    return "\n".join(lines)
