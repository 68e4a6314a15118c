"""Announcements from articles: files and folders of text, HTML and JSON."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import REASONS, BadRows, check_policy
from newsbt.domain.cells import items, session_day
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.size_limits import limit_of
from newsbt.domain.table_files import choose_columns, file_error, read_table
from newsbt.domain.ticker_forms import known_of
from newsbt.events.extraction.article_reading import read_items
from newsbt.events.extraction.extract import ReadsItems
from newsbt.events.extraction.news_item import NewsItem, RefusedItem
from newsbt.events.extraction.published import named_zone
from newsbt.events.labelling.rule_labeller import Rules
from newsbt.events.labelling.understanding import Understanding
from newsbt.events.labelling.unlabelled import unlabelled_event

__all__ = ["ArticleAnnouncements"]


@dataclass(frozen=True, kw_only=True)
class ArticleAnnouncements:
    """Articles (txt, html, json; a file or a folder) as announcements, by the rules of extraction.

    Each article is known from its own time of publication on, which it carries as `received_at`. Strings that announce
    nothing (denials, delays, rumours, opinion, wraps, follow-ups) are no announcements and no bad rows: they are
    counted as `silent`. The event's id is the file's name without its ending.

    Parameters
    ----------
    path : str or Path
    aliases : str or Path, optional
        An instruments table whose names and aliases are looked for; by default the universe of the run, which the
        run hands over by :meth:`with_universe`. Without either, companies are known by the rules' own names, and
        nothing has a ticker.
    zone : str, optional
        The zone (Asia/Shanghai, +08:00) of times without offset. By default such an article is a bad row.
    on_bad_row : str
        What becomes of an article without a clear date, or that nobody can read: ``error`` or ``skip``.
    max_mb : float, optional
        Megabytes that are read of one article, unpacked; see newsbt.domain.size_limits.
    """

    path: str | Path
    aliases: str | Path | None = None
    zone: str | None = None
    on_bad_row: str = "error"
    max_mb: float | None = None
    _universe: Universe | None = field(init=False, default=None, repr=False, compare=False)
    _understanding: Understanding = field(init=False, default_factory=Understanding, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_policy(self.on_bad_row)
        named_zone(self.zone)
        limit_of("article", self.max_mb)

    def with_universe(self, universe: Universe) -> ArticleAnnouncements:
        """The same reader, with the universe whose names it looks for unless `aliases` names a table."""
        return self._with("_universe", universe)

    def with_types(self, types: Path, extend: bool) -> ArticleAnnouncements:
        """The same reader, with a file of types of events beside the usual ones or instead of them."""
        return self.with_understanding(Understanding(Rules().with_types(types, extend)))

    def with_understanding(self, understanding: Understanding) -> ArticleAnnouncements:
        """The same reader, with the labeller that says what its articles announce."""
        return self._with("_understanding", understanding)

    def _with(self, name: str, value: Universe | Understanding) -> ArticleAnnouncements:
        other = copy.copy(self)
        vars(other)[name] = value
        return other

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read and understand all articles.

        Parameters
        ----------
        known_tickers
            The universe's tickers; an announcement keeps only these. None keeps all.

        Raises
        ------
        DataError
            A path does not exist, or an article cannot be used and `on_bad_row` is ``error``.
        """
        universe = self._universe if self.aliases is None else _universe_of(Path(self.aliases))
        reading = self._understanding.reading(universe)
        bad = BadRows(self.on_bad_row)
        found: list[Announcement] = []
        files: list[Path] = []
        origins: dict[str, Path] = {}
        silent = 0
        for path, item in read_items([self.path], named_zone(self.zone), max_mb=self.max_mb):
            files.append(path)
            try:
                if isinstance(item, RefusedItem):
                    raise item
                announcement = _announced(reading, item, path, known_tickers)
            except RefusedItem as error:
                problem = error.problem
                code = problem.code if problem.code in REASONS else "bad_value"
                bad.add(code, problem.message, file=str(path), line=problem.line)
                continue
            if announcement is None:
                silent += 1
                continue
            first = origins.setdefault(announcement.event_id, path)
            if first is path:
                found.append(announcement)
            else:
                message = f"{announcement.event_id!r} is already the name of {first}; give each article its own name"
                bad.add("duplicate_event_id", message, file=str(path), line=1, key="event_id")
        return AnnouncementBatch(
            announcements=tuple(found),
            rows_read=len(files),
            bad_rows=bad.finish(),
            files=tuple(files),
            on_bad_row=self.on_bad_row,
            silent=silent,
        )


def _announced(
    reading: ReadsItems, item: NewsItem, path: Path, known_tickers: Container[str] | None
) -> Announcement | None:
    answer = reading.extract(item)
    if answer.unlabelled:
        return replace(unlabelled_event(answer), origin=f"{path}:1")
    if not answer.is_announcement:
        return None
    found = answer.announcement()
    tickers, unknown = known_of(found.tickers, known_tickers)
    return replace(found, tickers=tickers, unknown_tickers=unknown, origin=f"{path}:1")


def _universe_of(path: Path) -> Universe:
    """As much of an instruments table as names need: the whole table is checked where the universe is read."""
    table = read_table(path, limit=limit_of("universe"))
    optional = ("name", "exchange", "board", "currency", "aliases", "company", "listed_on", "delisted_on")
    chosen = choose_columns(path, table.columns, {}, ("ticker",), optional)
    found = []
    for line, row in zip(table.lines, table.rows, strict=True):
        values = MappingProxyType(dict(zip(table.columns, row, strict=False)))
        cell = {name: values.get(column, "").strip() for name, column in chosen.items()}
        try:
            found.append(
                Instrument(
                    ticker=cell["ticker"],
                    name=cell.get("name", "") or cell["ticker"],
                    exchange=cell.get("exchange", ""),
                    board=cell.get("board", ""),
                    currency=cell.get("currency", ""),
                    aliases=items(cell.get("aliases", "")),
                    company=cell.get("company", ""),
                    listed_on=session_day(cell.get("listed_on", "")),
                    delisted_on=session_day(cell.get("delisted_on", "")),
                )
            )
        except ValueError as error:
            raise file_error(path, str(error), code="bad_value", line=line) from None
    repeated = [ticker for ticker, count in Counter(one.ticker for one in found).items() if count > 1]
    if repeated:
        raise file_error(path, f"{repeated[0]!r} stands twice; give each instrument one row", code="duplicate")
    return Universe(instruments=tuple(found))
