"""`newsbt orders`: what the strategies would send."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import rich_click as click

from newsbt.cli.options import UserPath, json_option, set_option, strategy_option
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.terminal import print_document, print_view

__all__ = ["command"]


@click.command("orders")
@click.argument("config", type=UserPath())
@click.option(
    "--as-of", "at", metavar="T", help="An instant with offset, such as 2025-03-06T08:00+08:00. Default: now."
)
@strategy_option
@set_option
@json_option
def command(
    config: Path, at: str | None, strategies: tuple[str, ...], overrides: tuple[str, ...], as_json: bool
) -> None:
    """What the strategies of CONFIG would send at T for each market's next opening, knowing only what was known then.

    News counts that was known by T, prices of sessions that had closed, rates of the days before and relations as of
    that day. Quantities are whole lots, before cash, limits and volume cut them; stops and targets, which wait for
    prices, are not listed.

    Examples:

    \b
    newsbt orders configs/rival_release.yaml --as-of 2025-03-06T08:00+08:00
    newsbt orders live.yaml --json
    """
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.live.pending_orders import orders_as_of
    from newsbt.reports.news_text import orders_view

    instant = datetime.now(UTC) if at is None else _instant(at)
    components = assemble(load(config, overrides), strategies)
    with TerminalProgress("orders") as progress:
        document = orders_as_of(components, instant, progress).as_dict()
    if as_json:
        print_document(document)
    else:
        print_view(orders_view(document))


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        hint = f"{found.isoformat()}+08:00" if found is not None else "2025-03-06T08:00+08:00"
        raise click.BadParameter(
            f"expected an instant with its offset, such as {hint}, got {text!r}", param_hint="--as-of"
        )
    return found
