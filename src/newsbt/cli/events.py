"""`newsbt events`: articles, feeds and disclosures to announcements, and what a config's announcements come to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from newsbt.cli import event_names
from newsbt.cli.options import (
    UserPath,
    json_option,
    max_mb_option,
    published_option,
    refuse_own_input,
    set_option,
    types_option,
)
from newsbt.cli.progress_bar import TerminalProgress
from newsbt.cli.pull_events import pull
from newsbt.cli.terminal import print_document, print_doubts, print_notes, print_problems, print_view
from newsbt.errors import ConfigError

if TYPE_CHECKING:
    from newsbt._plain import JsonValue
    from newsbt.domain.command_documents import LinkingCount
    from newsbt.domain.entity import Universe
    from newsbt.events.extraction.extraction_result import Extraction
    from newsbt.events.from_feeds import FeedAnnouncements
    from newsbt.events.labelling.understanding import Understanding

__all__ = ["command"]

MOST = 8  # findings of one kind on the terminal

FORMATS = ("rss", "alpaca", "gdelt", "mapped")

instruments_option = click.option(
    "--instruments",
    type=UserPath(),
    metavar="TABLE",
    help="Instruments whose names and tickers to look for; without it companies are known by common names only.",
)
config_option = click.option(
    "--config",
    type=UserPath(),
    metavar="CONFIG",
    help="Whose labeller to use and, without --instruments, whose universe; without it the rules.",
)
zone_option = click.option("--zone", metavar="ZONE", help="Zone of times without offset, such as Asia/Shanghai.")


@click.group("events")
def command() -> None:
    """Articles, feeds and disclosures to announcements, and a look at a config's own."""


command.add_command(pull)


@command.command("extract")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...", type=UserPath())
@click.option("--out", type=UserPath(), metavar="FILE", help="CSV to write; default: the terminal.")
@config_option
@instruments_option
@zone_option
@published_option
@types_option
@max_mb_option
@json_option
def extract(
    articles: tuple[Path, ...], out: Path | None, config: Path | None, instruments: Path | None, zone: str | None,
    published: str | None, types: Path | None, max_mb: float | None, as_json: bool,
) -> int:  # fmt: skip
    """Extract announcements from each ARTICLE (txt, html, json, or a folder of them).

    Articles that announce nothing (denials, delays, opinion, market wraps, follow-ups) are counted. One that nobody can
    date or read is named on stderr; exits with 2 when that is true of all of them. --published dates those that do not
    say when they were published; the own time of the others stands, and where it is another both are named on stderr.

    Examples:

    \b
    newsbt events extract articles/ --instruments data/universe/instruments.csv --out announcements.csv
    newsbt events extract tweet.txt --published 2025-03-06T16:45+08:00
    """
    from newsbt.domain.read_files import recording
    from newsbt.events.extraction.extract import extract_files
    from newsbt.events.extraction.extraction_result import Rejection
    from newsbt.events.extraction.published import instant, named_zone, unused
    from newsbt.events.extraction.writing import announcements_csv, write_announcements

    given = None if published is None else instant(published, "--published")
    most = _checked_mb("article", max_mb)
    with TerminalProgress("extract"), recording() as read:
        understanding, universe = _understanding(config, instruments, types)
        found = extract_files(
            articles, zone=named_zone(zone), published=given, max_mb=most, reading=understanding.reading(universe)
        )
    refused = [one.problem for one in found if isinstance(one, Rejection)]
    understood = [one for one in found if not isinstance(one, Rejection)]
    kinds: dict[str, int] = {}
    for one in understood:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    if out is not None:
        refuse_own_input(out, read)
        write_announcements(found, out)
    if as_json:
        print_document({"articles": len(found), "kinds": kinds, "refused": [problem.as_dict() for problem in refused],
                        "announcements": [_extracted(one) for one in understood if one.is_announcement]})  # fmt: skip
    elif out is None:
        click.echo(announcements_csv(found), nl=False)
    else:
        counted = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        click.echo(f"{len(found)} articles: {counted or 'none understood'}; refused {len(refused)}. Written to {out}")
    print_problems(refused)
    print_notes(understanding.notices())
    others = [note for one in understood if (note := unused(given, one.published_at, one.origin))]
    print_notes(others[:MOST] + ([f"{len(others) - MOST:,} more like these"] if len(others) > MOST else []))
    return 2 if refused and not understood else 0


@command.command("import")
@click.argument("source")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What SOURCE is.")
@click.option("--out", type=UserPath(), required=True, metavar="FILE", help="Archive to add to (JSON lines).")
@click.option("--map", "mapping", type=UserPath(), metavar="YAML", help="Column map, for `mapped`.")
@click.option("--header", "headers", multiple=True, metavar="NAME=VALUE", help="Sent with each request. Repeatable.")
@click.option("--all", "every", is_flag=True, help="Keep items that announce nothing too, as events of the type news.")
@click.option(
    "--stamp",
    is_flag=True,
    help="Count new items as received now, for an archive that grows by regular imports; otherwise the source's times "
    "are believed.",
)
@config_option
@instruments_option
@zone_option
@types_option
@max_mb_option
@json_option
def import_(
    source: str, form: str, out: Path, mapping: Path | None, headers: tuple[str, ...], every: bool, stamp: bool,
    config: Path | None, instruments: Path | None, zone: str | None, types: Path | None, max_mb: float | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Import SOURCE, a file or an http(s) address, into an archive that `use: jsonl` reads.

    An item that the archive has is left alone. A revised one becomes its next version (ID.v2), known when it was
    revised. Items that cannot be used are named on stderr; exits with 2 when that is true of all of them.

    Examples:

    \b
    newsbt events import https://example.com/feed.xml --format rss --out data/news.jsonl
    newsbt events import vendor.csv --format mapped --map vendor.yaml --out data/news.jsonl
    """
    from datetime import UTC, datetime

    from newsbt.domain.read_files import recording
    from newsbt.events.feeds.announcing import Announcer
    from newsbt.events.feeds.archive import import_items

    reader = _reader(form, source, mapping, headers, zone, max_mb)
    with TerminalProgress("import"):
        with recording() as files:
            read = reader.source()
            understanding, universe = _understanding(config, instruments, types)
        refuse_own_input(out, files)
        announcer = Announcer(universe, "all" if every else "announcements", understanding)
        done = import_items(read.items, out, announcer, now=datetime.now(UTC), stamp=stamp)
    refused = (*read.refused, *done.refused)
    counts = {
        "items": read.rows, "added": done.added, "revised": done.revised, "unchanged": done.unchanged,
        "announcing_nothing": done.silent, "unlabelled": done.unlabelled, "refused": len(refused),
    }  # fmt: skip
    if as_json:
        print_document({**counts, "path": str(out), "problems": [problem.as_dict() for problem in refused]})
    else:
        summary = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in counts.items())
        click.echo(f"{summary}. Archive: {out}")
    print_problems(refused)
    print_notes(understanding.notices())
    return 2 if refused and len(refused) >= read.rows else 0


@command.command("train")
@click.argument("labels", type=UserPath())
@click.option("--out", type=UserPath(), required=True, metavar="MODEL", help="Archive to write, such as model.npz.")
@click.option("--name", default="learned", metavar="NAME", help="What results call it, beside a digest.")
@json_option
def train_(labels: Path, out: Path, name: str, as_json: bool) -> None:
    """Train a labeller on the headlines of LABELS (CSV: headline, event_type, and perhaps published_at, weight).

    Writes MODEL, an archive of numbers, and a card of the same name that ends in .json. A config uses them by
    labeller: {use: learned, model: MODEL}. Needs scikit-learn (pip install 'newsbt[learn]'); using the model does not.

    Example:

    \b
    newsbt events train labels.csv --out model.npz
    """
    from newsbt.events.labelling.learned_model import card_path
    from newsbt.events.labelling.training import read_training_labels, train

    if out.suffix == ".json":
        raise click.UsageError("--out names the archive, such as model.npz; its card ends in .json")
    refuse_own_input(out, [labels])
    refuse_own_input(card_path(out), [labels])
    with TerminalProgress("train"):
        read = read_training_labels(labels)
        model = train(read.rows, made_by=name, digest=read.digest)
        model.write(out)
    card = model.card
    if as_json:
        document = {"path": str(out), "card": str(card_path(out)), "rows": len(read.rows), "undecided": read.undecided}
        print_document({**document, "threshold": card["threshold"], "cross_validation": card["cross_validation"]})
        return
    found = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in card["cross_validation"].items())
    click.echo(f"{len(read.rows)} headlines, {read.undecided} undecided; cross-validated {found}. Written to {out}")


@command.command("check")
@click.argument("config", type=UserPath())
@click.option("--all", "every", is_flag=True, help="List every finding, not the first few of each kind.")
@set_option
@json_option
def check(config: Path, every: bool, overrides: tuple[str, ...], as_json: bool) -> None:
    """List what linking could not resolve in the announcements and tables of CONFIG.

    How many announcements are linked to nothing and why, as a run counts them; unknown tickers and issuers with the
    nearest right name, issuers listed later, names that several companies share, mentions without context, unknown
    rivals, relations that lead nowhere, and undated relations and themes. Nothing of it is guessed. Of a store of
    disclosures, what it holds of each company and month: items, gaps, and shares of those dated by the day alone,
    unlinked, and of no known type.
    """
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.explain.unresolved import KINDS, check_news
    from newsbt.reports.news_text import findings_view
    from newsbt.reports.pull_text import coverage_view
    from newsbt.steps.prepare import read_inputs
    from newsbt.steps.read_news import news_doubts

    components = assemble(load(config, overrides))
    with TerminalProgress("check"):
        inputs = read_inputs(components)
        checked = check_news(components, inputs.universe, inputs.batch)
        found = [one.as_dict() for one in checked.findings]
        doubts = [doubt.message for doubt in news_doubts(components, inputs.batch)]
    linking: LinkingCount = {"announcements": checked.announcements, "not_linked": dict(checked.not_linked)}
    if as_json:
        counts: dict[str, int] = {}
        for one in found:
            counts[str(one["kind"])] = counts.get(str(one["kind"]), 0) + 1
        document = {**linking, "counts": counts, "findings": found, "doubts": doubts}
        print_document({**document, "disclosures": checked.coverage} if checked.coverage else document)
    else:
        print_view(findings_view(linking, found, KINDS, len(found) if every else MOST))
        if checked.coverage:
            print_view(coverage_view(checked.coverage, every=every))
    print_doubts(doubts)


@command.command("show")
@click.argument("config", type=UserPath())
@set_option
@json_option
def show(config: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Show the events of CONFIG: when each became known, its links, and its first tradable opening in each market."""
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.live.event_listing import event_rows
    from newsbt.reports.news_text import events_view
    from newsbt.reports.run_text import not_linked_text
    from newsbt.steps.prepare import prepare_inputs, read_inputs
    from newsbt.steps.summarise import summary_of

    components = assemble(load(config, overrides))
    with TerminalProgress("show") as progress:
        progress.stage("load", None)
        inputs = read_inputs(components)
        prepared = prepare_inputs(components, inputs, progress)
        rows = event_rows(prepared.market, prepared.news)
    if as_json:
        print_document(rows)
    else:
        summary = summary_of(prepared, inputs)
        print_view(events_view(rows, not_linked_text(summary.counts["announcements"], summary.not_linked)))


command.add_command(event_names.command)


def _understanding(
    config: Path | None, instruments: Path | None, types: Path | None
) -> tuple[Understanding, Universe | None]:
    """How texts are understood, and by the names of which universe: those of a config, or rules and --instruments;
    by the types of --types where it names a file."""
    from newsbt.assembly import assemble
    from newsbt.config.loading import load
    from newsbt.events.labelling.rule_labeller import Rules
    from newsbt.events.labelling.understanding import Understanding
    from newsbt.linking.universe_tables import read_universe

    named = None if instruments is None else read_universe(instruments, boards=None)
    if config is None:
        return Understanding(Rules() if types is None else Rules().with_types(types, True)), named
    changes = {} if types is None else {"extraction.types": str(types.absolute())}
    components = assemble(load(config, changes.items()), skip=("announcements", "prices", "fx", "strategies"))
    return components.understanding(), components.read_universe() if named is None else named


def _checked_mb(kind: str, max_mb: float | None) -> float | None:
    from newsbt.domain.size_limits import limit_of

    try:
        limit_of(kind, max_mb)
    except ValueError as error:
        raise ConfigError(str(error), code="bad_value") from None
    return max_mb


def _reader(
    form: str, source: str, mapping: Path | None, headers: tuple[str, ...], zone: str | None, max_mb: float | None
) -> FeedAnnouncements:
    from newsbt.events import from_feeds

    if (form == "mapped") != (mapping is not None):
        raise click.UsageError("--map goes with --format mapped, and only with it")
    classes: dict[str, Callable[..., FeedAnnouncements]] = {
        "rss": from_feeds.RssAnnouncements,
        "alpaca": from_feeds.AlpacaAnnouncements,
        "gdelt": from_feeds.GdeltAnnouncements,
        "mapped": from_feeds.MappedAnnouncements,
    }
    sent = {}
    for header in headers:
        name, sign, value = header.partition("=")
        if not sign or not name:
            raise click.UsageError(f"--header takes NAME=VALUE, got {name!r}")
        sent[name] = value
    where: dict[str, str | Path] = {"url": source} if "://" in source else {"path": source}
    if mapping is not None:
        where["map"] = mapping
    try:
        return classes[form](**where, zone=zone, headers=sent, max_mb=max_mb)
    except ValueError as error:
        raise ConfigError(str(error), code="bad_value") from None


def _extracted(one: Extraction) -> dict[str, JsonValue]:
    from math import isnan

    known = {} if isnan(one.score) else {"score": one.score}
    return {
        "event_id": one.event_id, "published_at": one.published_at.isoformat(),
        "received_at": one.received_at.isoformat(),
        "event_type": one.event_type, "broader_type": one.broader_type,
        "issuer": one.issuer, "subject": one.subject, "rivals": list(one.rivals),
        "tickers": list(one.tickers), "headline": one.headline, "language": one.language, "origin": one.origin,
        "evidence": {
            name: [{"start": span.start, "end": span.end, "text": span.text} for span in spans]
            for name, spans in one.evidence.items()
        },
        **known,
    }  # fmt: skip
