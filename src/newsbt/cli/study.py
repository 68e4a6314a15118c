"""`newsbt study`: what prices did around the announcements of a config."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_view
from newsbt.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from newsbt.config.loading import LoadedConfig
    from newsbt.config.source_models import AnnouncementReaderConfig
    from newsbt.domain.evidence_documents import StudyDocument
    from newsbt.evidence.study_groups import Study, StudyPlan

__all__ = ["command"]

KNOWN = ("open", "stated")  # what a store's days are taken as: the config's reading, and the other one beside it
MODELS = ("market", "market_adjusted", "mean_adjusted", "sector", "factors")
MOST_DAYS = 2_520


def _parsed(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    """Two whole numbers each, such as ``-1,3``."""
    found = []
    for value in values:
        first, comma, last = value.partition(",")
        try:
            window = int(first), int(last)
        except ValueError:
            window = 1, 0
        if not comma or window[0] > window[1]:
            raise click.BadParameter(f"{value!r}: expected two days such as -1,3, the first not after the last")
        if max(-window[0], window[1]) > MOST_DAYS:
            raise click.BadParameter(f"{value!r}: expected days at most {MOST_DAYS:,} sessions from day 0")
        found.append(window)
    return tuple(found)


@click.command("study")
@click.argument("config", type=UserPath())
@set_option
@click.option(
    "--group",
    type=click.Choice(["both", "event_type", "relation", "issuer", "market", "cutoff", "all", "signals"]),
    default="both",
    show_default=True,
    help="Links by event type and kind of link (both), by one thing, such as the side of the labels' cut-off (cutoff), "
    "all together; or what the strategies signalled.",
)
@click.option("--model", type=click.Choice(MODELS), default="market", show_default=True, help="Normal returns.")
@click.option(
    "--factors",
    type=UserPath(dir_okay=False),
    metavar="FILE",
    help="CSV of a date and one column a factor, for --model factors.",
)
@click.option(
    "--market",
    "markets",
    multiple=True,
    metavar="TICKER",
    help="Stands for the market it trades in, before the benchmark and the universe's indices. Repeatable.",
)
@click.option(
    "--window", "windows", multiple=True, callback=_parsed, metavar="FIRST,LAST",
    help="Window to test, in sessions from day 0. Repeatable; the widest is followed day by day.",
)  # fmt: skip
@click.option(
    "--estimation", type=click.IntRange(3, MOST_DAYS), default=120, show_default=True, help="Estimation sessions."
)
@click.option(
    "--gap", type=click.IntRange(0, MOST_DAYS), default=10, show_default=True, help="Sessions before the window."
)
@click.option(
    "--overlap", type=click.Choice(["first", "merge", "all"]), default="first", show_default=True,
    help="Events of one ticker whose windows overlap.",
)  # fmt: skip
@click.option(
    "--least", type=click.IntRange(min=1), default=3, show_default=True, help="Pairs a group needs to be shown."
)
@click.option("--draws", type=click.IntRange(min=0), hidden=True, expose_value=False)  # of 0.1.0, which resampled
@click.option("--moves", is_flag=True, help="As CSV: the moves and their tradable part instead of the windows.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
@json_option
def command(
    config: Path,
    overrides: tuple[str, ...],
    group: str,
    model: str,
    factors: Path | None,
    markets: tuple[str, ...],
    windows: tuple[tuple[int, int], ...],
    estimation: int,
    gap: int,
    overlap: str,
    least: int,
    moves: bool,
    form: str,
    as_json: bool,
) -> None:
    """Study the announcements of CONFIG: abnormal returns by group and window, with tests, and the part of each move
    that could be traded.

    The market of an instrument is the config's benchmark where it keeps the same calendar, else the first index of the
    universe that does, unless --market names another. `--json` has every test of every window.

    Examples:

    \b
    newsbt study configs/rival_release.yaml
    newsbt study configs/rival_release.yaml --group signals --window 0,0 --window 0,3
    """
    from newsbt.config.loading import load
    from newsbt.evidence.study_groups import StudyPlan
    from newsbt.runs.json_values import plain

    if (model == "factors") != (factors is not None):
        raise click.UsageError("--model factors and --factors FILE go together")
    loaded = load(config, overrides)
    plan = StudyPlan(
        model=model, estimation=estimation, gap=gap, on_overlap=overlap, markets=markets, correlation=True,
        factors=None if factors is None else _read_factors(factors),
    )  # fmt: skip
    if windows:
        plan = replace(plan, window=_around(windows), windows=windows)
    form = "json" if as_json else form
    early = [f"announcements.{k}.known=stated" for k, one in enumerate(loaded.config.announcements) if _is_early(one)]
    others = [load(config, (*overrides, *early))] if early else []
    documents: list[StudyDocument] = []
    with TerminalProgress(loaded.config.name) as progress:
        for one in (loaded, *others):
            found, notices, reason = _study(one, group, least, plan, progress)
            document: StudyDocument = plain({**found.as_dict(), "reason": reason or None})
            documents.append(_with_tests(document, found) if form == "json" else document)
    _print(documents, loaded.config.name, notices, form, moves=moves)


def _is_early(block: AnnouncementReaderConfig) -> bool:
    """Whether a store's days are taken as known before their opening: then the study shows both."""
    return block.use == "store" and block.params.get("known") == "open"


def _around(windows: tuple[tuple[int, int], ...]) -> tuple[int, int]:
    """The window of day 0 and all of these."""
    return min(0, *(w[0] for w in windows)), max(0, *(w[1] for w in windows))


def _read_factors(path: Path) -> pd.DataFrame:
    import io

    import pandas as pd

    from newsbt.domain.input_files import read_bytes
    from newsbt.domain.size_limits import limit_of

    content = read_bytes(path, limit_of("universe"))
    try:
        found = pd.read_csv(io.BytesIO(content), index_col=0, parse_dates=True).astype(float)
        if found.empty:
            raise ValueError("there are no numbers in it")
        return found
    except (OSError, ValueError, ArithmeticError) as error:
        raise ConfigError(
            f"--factors {str(path)!r}: expected a CSV of a date and numbers: {error}", code="wrong_format"
        ) from error


def _study(
    loaded: LoadedConfig, group: str, least: int, plan: StudyPlan, progress: TerminalProgress
) -> tuple[Study, tuple[str, ...], str]:
    from newsbt.assembly import assemble
    from newsbt.evidence import registry
    from newsbt.evidence.event_pairs import link_pairs, signal_pairs
    from newsbt.evidence.run_study import study
    from newsbt.evidence.study_groups import why_empty
    from newsbt.steps.prepare import prepare_inputs, read_inputs
    from newsbt.steps.simulate import strategy_books
    from newsbt.steps.summarise import summary_of

    components = assemble(loaded)
    progress.stage("load", None)
    inputs = read_inputs(components)
    prepared = prepare_inputs(components, inputs, progress)
    progress.stage("study", None)
    if group == "signals":
        signalling = [spec for spec in components.strategies if not spec.is_backtrader]
        families = [signal_pairs(strategy_books(prepared, spec, engine="compiled")) for spec in signalling]
    else:
        families = [link_pairs(prepared.market.universe, prepared.news, group)]
    asked = [pairs for pairs in families if len(pairs)]
    found = study(prepared, inputs, asked, plan, registry.EVIDENCE).with_at_least(least)
    summary = summary_of(prepared, inputs)
    return found, summary.notices, why_empty(found, summary, families)


def _with_tests(document: StudyDocument, found: Study) -> StudyDocument:
    from newsbt.reports.formats import frame_rows

    for one, group in zip(document["groups"], found.groups, strict=True):
        one["tests"] = frame_rows(group.study.tests)
    return document


def _print(documents: list[StudyDocument], name: str, notices: tuple[str, ...], form: str, *, moves: bool) -> None:
    """The study, and behind it the one with days known at their end where they are taken as known before."""
    from newsbt.reports.formats import rows_csv
    from newsbt.reports.study_text import move_rows, study_view, window_rows

    first, *later = documents
    if form == "json":
        stated = {"stated": later[0]} if later else {}
        print_document({"name": name, "notices": list(notices), **first, **stated})
    elif form == "csv":
        rows_of = move_rows if moves else window_rows
        rows = rows_of(first)
        if later:
            both = zip(KNOWN, documents, strict=True)
            rows = [{"known": known, **row} for known, one in both for row in rows_of(one)]
        click.echo(rows_csv(rows), nl=False)
    elif later:
        print_view(study_view(first, f"{name}: days known before their opening (`known: open`)", notices))
        print_view(study_view(later[0], f"{name}: days known at their end (`known: stated`)", notices))
    else:
        print_view(study_view(first, name, notices))
