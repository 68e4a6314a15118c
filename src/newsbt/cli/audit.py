"""`newsbt audit`: can this backtest be believed?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option, strategy_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_error, print_view
from newsbt.errors import NewsbtError

if TYPE_CHECKING:
    from newsbt.assembly import Components
    from newsbt.audit.auditing import Audit

__all__ = ["command"]

FAILED = 1


@click.command("audit")
@click.argument("config", type=UserPath())
@strategy_option
@set_option
@click.option(
    "--cuts",
    type=click.IntRange(min=1),
    help="At how many decisions of each strategy the future is changed. [default: all of fewer than 100, else 16]",
)
@click.option(
    "--placebo",
    "draws",
    type=click.IntRange(min=0),
    metavar="M",
    help="Placebo runs of each kind, instead of the config's; 999 for a claim at 1 %.",
)
@click.option(
    "--runs",
    "runs_dir",
    type=UserPath(file_okay=False),
    metavar="DIR",
    help="Folder whose runs are told what was found, instead of the config's.",
)
@json_option
def command(
    config: Path,
    strategies: tuple[str, ...],
    overrides: tuple[str, ...],
    cuts: int | None,
    draws: int | None,
    runs_dir: Path | None,
    as_json: bool,
) -> int:
    """Prove that the strategies of CONFIG do not look ahead, and say what else may explain their results.

    Prices, rates, announcements, relations, memberships, listings and the calendar are changed after many instants, one
    bar included, and everything decided before must stay as it was; a strategy that fails is named with the first
    decision that moved, and the exit code is 1, as it is for one that opens a file of the run while it is asked. Then:
    placebo runs, other events in the way, the smallest effect that these events could have shown, and doubts about the
    data. What is found of a strategy's source is kept in the runs folder: `newsbt run` and `newsbt show` tell it
    beside its results.

    Examples:

    \b
    newsbt audit configs/rival_release.yaml
    newsbt audit configs/rival_release.yaml --strategy "Buy on rival release" --placebo 999
    """
    from newsbt.assembly import assemble
    from newsbt.audit.auditing import audit
    from newsbt.config.loading import load
    from newsbt.runs.json_values import plain
    from newsbt.runs.locations import runs_of

    loaded = load(config, overrides)
    with TerminalProgress(loaded.config.name) as progress:
        components = assemble(loaded, strategies)
        found = audit(components, cuts=cuts, draws=draws, progress=progress)
    _keep(found, components, runs_of(loaded, runs_dir))
    failures = [NewsbtError(failure, code="strategy_failed") for failure in found.failures]
    document = plain(found.as_dict())
    if failures:
        document["errors"] = [problem.as_dict() for error in failures for problem in error.listed]
    if as_json:
        print_document(document)
    else:
        from newsbt.reports.audit_text import audit_view

        print_view(audit_view(document, found.name, found.notices))
    for error in failures:
        print_error(error)
    return 0 if found.ok else FAILED


def _keep(found: Audit, components: Components, runs_dir: Path) -> None:
    """Note in the runs folder what was found, so that runs of the same sources are told of it; where it cannot be
    noted, say so and go on."""
    from newsbt.domain.verdict import code_of
    from newsbt.runs.audit_findings import note_audits
    from newsbt.steps.run_hashes import component_hashes

    own = component_hashes(components)
    sources = {spec.name: code_of(spec.source_hash, own) for spec in components.strategies}
    looks_ahead: dict[str, bool] = {}
    for one in found.strategies:
        source = sources[one.name]
        if source and (one.proof.looks_ahead or one.proof.decisions):  # what decided nothing was not proved
            looks_ahead[source] = looks_ahead.get(source, False) or one.proof.looks_ahead
    try:
        note_audits(runs_dir, looks_ahead)
    except NewsbtError as error:
        print_error(error)
