"""`newsbt init`: a project folder that `newsbt run` works on at once."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from newsbt.cli.options import UserPath

__all__ = ["command"]


@click.command("init")
@click.argument("folder", metavar="DIR", type=UserPath())
@click.option(
    "--from",
    "prices",
    multiple=True,
    metavar="PRICES...",
    type=UserPath(),
    help="Price files or folders of your own, as they were downloaded; they stay where they are.",
)
@click.argument("more", nargs=-1, metavar="", type=UserPath())
@click.option("--news", metavar="FILE", type=UserPath(), help="Announcements of your own, beside --from.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=SOURCE",
    help="A column's heading in the price files, such as close=Schlusskurs. Repeatable.",
)
@click.option("--news-column", "news_columns", multiple=True, metavar="NAME=SOURCE", help="The same of the news.")
def command(
    folder: Path, prices: tuple[Path, ...], more: tuple[Path, ...], news: Path | None, columns: tuple[str, ...],
    news_columns: tuple[str, ...],
) -> None:  # fmt: skip
    """Make a project folder DIR with a sample of data, configs and strategies, or for files of your own.

    DIR must not exist, or be empty. The sample's prices are simulated. With --from there is no sample: a table of
    instruments is made of the tickers, as far as they say their exchange, with a config, and a strategy where there is
    no news. What the files leave open stands in the config as a question.

    Examples:

    \b
    newsbt init my-project
    cd my-project
    newsbt run configs/rival_release.yaml

    \b
    newsbt init my-project --from ~/Downloads/*.csv --news ~/Downloads/news.xlsx
    newsbt init my-project --from kurse.csv --column ticker=Wertpapier --column date=Datum --column close=Schluss
    """
    if not prices:
        if more or news is not None or columns or news_columns:
            raise click.UsageError(
                "price files are named behind --from: newsbt init DIR --from PRICES... [--news FILE]"
            )
        from newsbt.cli.project import create_project

        create_project(folder)
        click.echo(f"Made {folder}. Try:\n\n  cd {folder}\n  newsbt run configs/rival_release.yaml")
        return
    from newsbt.cli.first_project import CONFIG, create_first_project
    from newsbt.cli.price_sources import named_columns

    made = create_first_project(
        folder, [*prices, *more], news, named_columns(columns), named_columns(news_columns, "--news-column")
    )
    click.echo(f"Made {folder}.\n")
    for title, lines in (("Read", made.read), ("Not known, blank or ? in data/instruments.csv", made.unknown),
                         ("Asked before the first run", made.questions)):  # fmt: skip
        if lines:
            click.echo(f"{title}:\n" + "".join(f"  {line}\n" for line in lines))
    click.echo("The names are those of today: what was delisted meanwhile is not among them (survivors).")
    if news is None:
        click.echo("Without news there are no events to ask about: only what trades on prices alone runs.")
    then = "A run stops until the above is answered. Then try" if made.stops else "Try"
    click.echo(f"\n{then}:\n\n  cd {folder}\n  newsbt run {CONFIG}")
