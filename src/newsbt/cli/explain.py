"""`newsbt explain`: one news item through a config's linker and strategies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, published_option, set_option, types_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_notes, print_view

if TYPE_CHECKING:
    from newsbt.explain import Explanation

__all__ = ["command"]


@click.command("explain")
@click.argument("item", type=UserPath(allow_dash=True))
@click.option(
    "--config",
    required=True,
    type=UserPath(),
    metavar="CONFIG",
    help="Whose linker, prices and strategies to use.",
)
@click.option(
    "--zone", metavar="ZONE", help="Zone of times without offset, such as Asia/Shanghai; without it they are refused."
)
@published_option
@click.option("--all", "is_all", is_flag=True, help="Every link, ticker and reason, however many screens.")
@types_option
@set_option
@json_option
def command(
    item: Path, config: Path, zone: str | None, published: str | None, types: Path | None, overrides: tuple[str, ...],
    is_all: bool, as_json: bool,
) -> None:  # fmt: skip
    """Explain a news ITEM: a text or HTML file, a JSON announcement, or - for stdin.

    Says what it announces and which words say so, which tickers and index it touches and over which path, which signal
    each strategy gives, and when each market could first trade it and why: on one screen, or with `--all` in full.

    Examples:

    \b
    newsbt explain article.txt --config configs/rival_release.yaml
    newsbt explain tweet.txt --config configs/rival_release.yaml --published 2025-03-06T16:45+08:00
    pbpaste | newsbt explain - --config configs/rival_release.yaml --json
    """
    given = () if types is None else (f"extraction.types={types.absolute()}",)
    found = _explained(item, config, zone, published, (*overrides, *given))
    document = found.as_dict()
    if as_json:
        print_document(document)
        return
    from newsbt.explain.explanation import utc_text
    from newsbt.reports.explanation_text import explanation_view

    own = utc_text(found.announcement_known_at)
    print_view(explanation_view(document, found.item.headline, found.verdict, found.markets, own, is_all=is_all))


def _explained(
    item: Path, config: Path, zone: str | None, published: str | None, overrides: tuple[str, ...]
) -> Explanation:
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.events.extraction.published import instant, named_zone, unused
    from newsbt.explain import explain, read_item, text_item
    from newsbt.steps.prepare import read_inputs

    components = assemble(load(config, overrides))
    named = named_zone(zone)
    given = None if published is None else instant(published, "--published")
    text = _piped(item)
    with TerminalProgress("explain") as progress:
        progress.stage("load", None)
        inputs = read_inputs(components)
        universe = inputs.universe
        reading = components.understanding().reading(universe)
        if text is None:
            read = read_item(item, universe, named, given, reading)
        else:
            read = text_item(text, universe, named, given, reading=reading)
        found = explain(components, read, inputs)
    print_notes(filter(None, [unused(given, read.fields["published_at"])]))
    return found


def _piped(item: Path) -> str | None:
    """What comes by stdin or a FIFO, None where the item is a file."""
    from newsbt.domain.input_files import file_error, kind_of, read_piped
    from newsbt.domain.size_limits import limit_of

    is_stdin = str(item) == "-"
    if not is_stdin and kind_of(item) != "FIFO":
        return None
    name = "<stdin>" if is_stdin else str(item)
    if is_stdin and sys.stdin is None:
        raise file_error(name, "it is closed; pass the item, or name its file", code="missing_file")
    data = read_piped(sys.stdin.fileno() if is_stdin else item, name, limit_of("item"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8; pass the item as UTF-8"
        raise file_error(name, message, code="not_utf8") from None
