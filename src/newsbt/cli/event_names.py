"""`newsbt events names`: what news call the companies of an instruments table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli.options import UserPath, json_option, refuse_own_input
from newsbt.cli.terminal import print_document, print_view

if TYPE_CHECKING:
    from newsbt.domain.command_documents import MadeNameRow

__all__ = ["command"]


@click.command("names")
@click.argument("instruments", metavar="TABLE", type=UserPath())
@click.option("--out", type=UserPath(), metavar="FILE", help="CSV to write: the table with these aliases.")
@json_option
def command(instruments: Path, out: Path | None, as_json: bool) -> None:
    """Make the names that news use for the companies of an instruments TABLE, from their full ones.

    Names without legal forms and classes of shares, those in brackets, and initials. Of each that says too little by
    itself it is told why: a word of the language, initials, or a name of several companies. The first two count in a
    text beside another name of their company only; --out leaves them for you to add.

    Examples:

    \b
    newsbt events names data/universe/instruments.csv
    newsbt events names listed.csv --out data/universe/instruments.csv
    """
    from newsbt.domain.made_names import made_names
    from newsbt.events.extraction.extraction_rules import default_rules
    from newsbt.linking.named_table import with_names
    from newsbt.linking.universe_tables import read_universe
    from newsbt.reports.news_text import names_view

    if out is not None:
        refuse_own_input(out, [instruments])
    universe = read_universe(instruments, boards=None)
    made = list(made_names(universe, default_rules().words))
    if out is not None:
        with_names(instruments, out, universe, made)
    rows: list[MadeNameRow] = [
        {"company": one.company, "name": one.name, "why": one.why,
         "tickers": [universe.tickers[n] for n in universe.listings(one.company)]}
        for one in made
    ]  # fmt: skip
    path = None if out is None else str(out)
    if as_json:
        print_document({"instruments": len(universe.instruments), "names": rows, "path": path})
    else:
        print_view(names_view(rows, len(universe.instruments), path))
