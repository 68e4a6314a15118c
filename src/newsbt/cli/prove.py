"""`newsbt prove`: how often would chance pass this test, and what would it see?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option, strategy_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_view

if TYPE_CHECKING:
    from collections.abc import Mapping

    from newsbt._plain import JsonValue
    from newsbt.config.loading import LoadedConfig

__all__ = ["command"]


@click.command("prove")
@click.argument("config", type=UserPath())
@strategy_option
@set_option
@click.option(
    "--worlds",
    type=click.IntRange(min=1),
    metavar="N",
    help="How many null worlds, instead of as many as about a minute allows (at least 40).",
)
@click.option("--seed", type=click.IntRange(min=0), help="Of the worlds, instead of the config's.")
@click.option(
    "--runs",
    "runs_dir",
    type=UserPath(file_okay=False),
    metavar="DIR",
    help="Folder of the run folders, instead of the config's.",
)
@json_option
def command(
    config: Path,
    strategies: tuple[str, ...],
    overrides: tuple[str, ...],
    worlds: int | None,
    seed: int | None,
    runs_dir: Path | None,
    as_json: bool,
) -> None:
    """Prove the placebo p of CONFIG on its own calendar, universe, strategies, costs and rules.

    The strategies run in worlds made of the config's own prices in which news means nothing: how often p is at most
    5 % there is how often chance alone would pass. Then effects of 0.25 to 3 % a trade are planted from each entry's
    fill on: how often p is at most 5 % is the power. Every share has its 95 % interval.

    The result is kept in evidence.json of the config's newest run, and its report shows it; a config without a run is
    run first.

    Examples:

    \b
    newsbt prove configs/rival_release.yaml
    newsbt prove configs/rival_release.yaml --strategy "Follow the issuer" --worlds 400
    """
    from newsbt.assembly import assemble
    from newsbt.audit.proving import prove
    from newsbt.config.loading import load
    from newsbt.runs.json_values import plain

    loaded = load(config, overrides)
    components = assemble(loaded, strategies)
    with TerminalProgress(loaded.config.name) as progress:
        found = prove(components, worlds=worlds, seed=seed, progress=progress)
    folder = _kept(loaded, strategies, found.sections(), runs_dir)
    document = plain({**found.as_dict(), "run": str(folder)})
    if as_json:
        print_document(document)
        return
    from newsbt.reports.prove_text import prove_view
    from newsbt.reports.wrapping import Prose
    from newsbt.runs.locations import near

    print_view(prove_view(document), Prose(f"Kept in {near(folder / 'evidence.json')}"))


def _kept(
    loaded: LoadedConfig, strategies: tuple[str, ...], sections: Mapping[str, JsonValue], runs_dir: Path | None
) -> Path:
    """Put the result into the config's newest run, which is made where there is none; its folder."""
    from newsbt.assembly import assemble
    from newsbt.cli.run import run_and_write
    from newsbt.reports.report_page import report_page
    from newsbt.runs.json_values import plain
    from newsbt.runs.later_evidence import add_evidence, run_with
    from newsbt.runs.locations import runs_of
    from newsbt.runs.run_folder import write_report
    from newsbt.runs.stored_runs import read_run
    from newsbt.steps.prepare import read_inputs
    from newsbt.steps.run_hashes import hashes_of

    components = assemble(loaded, strategies)
    folder = run_with(hashes_of(components, read_inputs(components)), runs_of(loaded, runs_dir))
    if folder is None:
        folder = Path(run_and_write(loaded, strategies, None, runs_dir, verify=False, with_report=True).path or "")
    add_evidence(folder, "prove", plain(sections))
    if (folder / "report.html").exists():
        write_report(folder, report_page(read_run(folder)))
    return folder
