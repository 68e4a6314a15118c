"""`newsbt events pull`: announcements of a config's companies from exchanges and regulators into its local store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_codes, print_document, print_problems, print_view
from newsbt.errors import ConfigError, DataError, Problem

if TYPE_CHECKING:
    from newsbt._plain import JsonValue
    from newsbt.config.loading import LoadedConfig
    from newsbt.disclosures.pulling import PullRequest, SourcePulled
    from newsbt.disclosures.source_contract import DisclosureSource
    from newsbt.domain.command_documents import PulledSource

__all__ = ["pull"]

FAILED = 1


@click.command("pull")
@click.argument("config", type=UserPath())
@click.option("--since", metavar="DATE", help="Ask from this day on, whatever was asked before; for daily use.")
@click.option("--source", "only", multiple=True, metavar="NAME", help="Only this source. Repeatable.")
@click.option("--probe", is_flag=True, help="Ask each source one small question, and write nothing.")
@set_option
@json_option
def pull(
    config: Path, since: str | None, only: tuple[str, ...], probe: bool, overrides: tuple[str, ...], as_json: bool
) -> int:
    """Pull disclosures of the companies of CONFIG, over its period, into the store that its `use: store` names.

    What is there stays; a changed item becomes its next version. What was asked is not asked again, but for the last
    days; a pull that is stopped goes on where it was. A company or source that fails is named, and the rest goes on:
    then it exits with 1. Each source is asked no more often than it wants (docs/disclosures.md).

    Examples:

    \b
    newsbt events pull configs/buybacks.yaml --probe
    newsbt events pull configs/buybacks.yaml --since 2026-03-01
    """
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.disclosures.disclosure_store import DisclosureStore
    from newsbt.disclosures.pulling import pull as pull_all
    from newsbt.disclosures.source_list import sources_of
    from newsbt.events.from_store import StoreAnnouncements
    from newsbt.reports.pull_text import pull_view

    loaded = load(config, overrides)
    components = assemble(loaded, skip=("prices", "fx", "strategies"))
    stores = [reader for reader in components.readers if isinstance(reader, StoreAnnouncements)]
    if len(stores) != 1:
        raise ConfigError(
            f"expected one reader `announcements: {{use: store, path: ..., sources: ...}}` in {config}, "
            f"there are {len(stores)}",
            code="bad_value",
        )
    sources = sources_of(stores[0].options, stores[0].former, only)
    if probe:
        return _probe(sources, as_json)
    request = _request(loaded, since)
    with TerminalProgress("pull") as progress:
        universe = components.read_universe()
        done = pull_all(request, universe, DisclosureStore(stores[0].path), sources, progress=progress)
    document = [_document(one) for one in done]
    if as_json:
        print_document({"path": str(stores[0].path), "sources": document})
    else:
        print_view(pull_view(document, str(stores[0].path)))
    problems = [problem for one in done for problem in one.problems]
    print_problems(problems)
    return FAILED if problems else 0


def _request(loaded: LoadedConfig, since: str | None) -> PullRequest:
    from datetime import date

    from newsbt.disclosures.pulling import PullRequest

    period = loaded.config.period
    if since is not None:
        try:
            return PullRequest(first=date.fromisoformat(since), last=period.end, is_since=True)
        except ValueError:
            raise click.UsageError(f"--since takes a day such as 2026-03-01, got {since!r}") from None
    if period.start is None:
        raise ConfigError("the config says no `period.start`: set it, or give --since DATE", code="missing_key")
    return PullRequest(first=period.start, last=period.end)


def _probe(sources: list[DisclosureSource], as_json: bool) -> int:
    from datetime import UTC, datetime

    today = datetime.now(UTC).date()
    found: list[dict[str, JsonValue]] = []
    problems: list[Problem] = []
    for source in sources:
        try:
            found.append({"source": source.name, "ok": True, "message": source.probe(today), "code": None})
        except DataError as error:
            problems += error.problems
            found.append({"source": source.name, "ok": False, "message": str(error), "code": error.code})
    if as_json:
        print_document({"sources": found})
    else:
        for one in found:
            click.echo(f"{one['source']}: {one['message']}")
        print_codes(problems)
    return FAILED if problems else 0


def _document(done: SourcePulled) -> PulledSource:
    return {
        "source": done.source, "companies": done.companies, "asked": done.asked, "up_to_date": done.up_to_date,
        "not_asked": done.not_asked, "unknown": list(done.unknown), "added": done.items.added,
        "revised": done.items.revised, "unchanged": done.items.unchanged, "announcing_nothing": done.silent,
        "problems": [problem.as_dict() for problem in done.problems],
    }  # fmt: skip
