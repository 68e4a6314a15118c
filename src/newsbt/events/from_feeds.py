"""Announcements from feeds and vendors, from a file or from the network: readers `rss`, `alpaca`, `gdelt`, `mapped`."""

from __future__ import annotations

import copy
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlencode

from newsbt._plain import JsonValue
from newsbt.config.field_types import parse_duration
from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.bad_rows import REASONS, BadRows, check_policy
from newsbt.domain.entity import Universe
from newsbt.domain.read_files import note_read
from newsbt.domain.size_limits import TooLargeError, limit_of
from newsbt.domain.table_files import file_error, read_bytes
from newsbt.errors import Problem
from newsbt.events.extraction.news_item import RefusedItem
from newsbt.events.extraction.published import named_zone
from newsbt.events.feeds.announcing import Announcer, check_keep
from newsbt.events.feeds.feed_item import FeedItem, Parsed
from newsbt.events.feeds.mapped import load_map, map_of, parse_mapped
from newsbt.events.feeds.versions import versioned
from newsbt.events.labelling.rule_labeller import Rules
from newsbt.events.labelling.understanding import Understanding
from newsbt.net.addresses import Address, check_headers
from newsbt.net.fetching import Fetcher, default_cache

__all__ = [
    "AlpacaAnnouncements",
    "FeedAnnouncements",
    "FeedSource",
    "GdeltAnnouncements",
    "MappedAnnouncements",
    "RssAnnouncements",
]  # fmt: skip

MOST_PAGES = 1000
PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")  # gzip, Zstandard
LONGEST_TIMEOUT = 3600
MOST_RETRIES = 100


@dataclass(frozen=True, kw_only=True)
class FeedSource:
    """What a feed held: all versions of its items, why others cannot be used, how many there were, and its files."""

    items: tuple[FeedItem, ...]
    refused: tuple[Problem, ...]
    rows: int
    files: tuple[Path, ...]

    @property
    def repeated(self) -> int:
        """How many items say the same again."""
        return self.rows - len(self.items) - len(self.refused)


@dataclass(frozen=True, kw_only=True)
class FeedAnnouncements:
    """What the readers of feeds have in common.

    A version of an item is known when it was published, revised or received, whichever came last; a later version is
    an event of its own (``<id>.v2``). Items that announce nothing are no bad rows: they are counted as `silent`.

    Parameters
    ----------
    path : str or Path, optional
        A file; or
    url : str, optional
        an http or https address.
    keep : {'announcements', 'all'}
        ``all`` keeps items that announce nothing too, as events of the type ``news``.
    zone : str, optional
        The zone (Asia/Shanghai, +08:00) of times without offset. By default such an item is a bad row.
    headers : mapping
        Sent with each request, such as a key.
    cache : str or Path, optional
        Folder for copies of what came from the network; by default the user's own.
    max_age : str
        How old a copy may be to be used without asking, such as 15min.
    timeout : float
        Seconds to wait for the server.
    retries : int
        Further attempts after a failure, with growing pauses.
    on_bad_row : str
        ``error`` or ``skip``.
    max_mb : float, optional
        Megabytes that are read of one document, unpacked, and of a column map; see newsbt.domain.size_limits.
    """

    path: str | Path | None = None
    url: str | None = field(default=None, repr=False)
    keep: str = "announcements"
    zone: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    cache: str | Path | None = None
    max_age: str = "15min"
    timeout: float = 20.0
    retries: int = 3
    on_bad_row: str = "error"
    max_mb: float | None = None
    _universe: Universe | None = field(init=False, default=None, repr=False, compare=False)
    _understanding: Understanding = field(init=False, default_factory=Understanding, repr=False, compare=False)

    def __post_init__(self) -> None:
        if (self.path is None) == (self.url is None):
            raise ValueError("give a path or a url, one of the two")
        if self.url is not None:
            Address.of(self.url)
        check_headers(self.headers)
        if parse_duration(self.max_age) is None:
            raise ValueError(f"max_age is a duration such as 15min or 1d, not {self.max_age!r}")
        if not 0 < self.timeout <= LONGEST_TIMEOUT or not 0 <= self.retries <= MOST_RETRIES:
            raise ValueError(
                f"timeout counts seconds, above 0 and at most {LONGEST_TIMEOUT}; retries is from 0 to {MOST_RETRIES}"
            )
        check_keep(self.keep)
        check_policy(self.on_bad_row)
        named_zone(self.zone)
        limit_of("feed", self.max_mb)

    def with_universe(self, universe: Universe) -> FeedAnnouncements:
        """The same reader, with the universe whose names it looks for."""
        return self._with("_universe", universe)

    def with_types(self, types: Path, extend: bool) -> FeedAnnouncements:
        """The same reader, with a file of types of events beside the usual ones or instead of them."""
        return self.with_understanding(Understanding(Rules().with_types(types, extend)))

    def with_understanding(self, understanding: Understanding) -> FeedAnnouncements:
        """The same reader, with the labeller that says what its items announce."""
        return self._with("_understanding", understanding)

    def _with(self, name: str, value: Universe | Understanding) -> FeedAnnouncements:
        other = copy.copy(self)
        vars(other)[name] = value
        return other

    def read(self, known_tickers: Container[str] | None = None) -> AnnouncementBatch:
        """Read, order and understand all items.

        Parameters
        ----------
        known_tickers
            The universe's tickers; an announcement keeps only these. None keeps all.

        Raises
        ------
        DataError
            The source cannot be had or is no such document, or an item cannot be used and `on_bad_row` is ``error``.
        """
        source = self.source()
        announcer = Announcer(self._universe, self.keep, self._understanding)
        bad = BadRows(self.on_bad_row)
        found: list[Announcement] = []
        silent = 0
        for problem in source.refused:
            _count(bad, problem)
        for item in source.items:
            try:
                announcement = announcer.announce(item, known_tickers)
            except RefusedItem as error:
                _count(bad, error.problem)
                continue
            if announcement is None:
                silent += 1
            else:
                found.append(announcement)
        return AnnouncementBatch(
            announcements=tuple(found), rows_read=source.rows, bad_rows=bad.finish(), files=source.files,
            on_bad_row=self.on_bad_row, silent=silent, repeated=source.repeated,
        )  # fmt: skip

    def source(self) -> FeedSource:
        """All versions of all items, before anybody has understood them.

        Raises
        ------
        DataError
        """
        items: list[FeedItem] = []
        refused: list[Problem] = []
        files: list[Path] = []
        for data, origin, file in self._documents():
            if data.startswith(PACKED):
                message = "the document is packed more than once; unpack it, and read what is in it"
                raise file_error(origin, message, code="unreadable_file")
            parsed = self._parse(data, origin)
            items.extend(parsed.items)
            refused.extend(parsed.refused)
            files.append(file)
        kept, problems = versioned(items)
        return FeedSource(
            items=tuple(kept), refused=(*refused, *problems), rows=len(items) + len(refused), files=tuple(files)
        )

    def _parse(self, data: bytes, origin: str) -> Parsed:
        raise NotImplementedError

    def _documents(self) -> Iterator[tuple[bytes, str, Path]]:
        if self.path is not None:
            path = Path(self.path)
            yield read_bytes(path, limit_of("feed", self.max_mb)), str(path), path
            return
        assert self.url is not None
        fetched = self._fetcher().get(self.url, self.headers)
        note_read(fetched.path, fetched.data)
        yield fetched.data, Address.of(self.url).shown, fetched.path

    def _fetcher(self) -> Fetcher:
        age = parse_duration(self.max_age)
        assert age is not None
        return Fetcher(
            cache=default_cache() if self.cache is None else Path(self.cache), timeout_seconds=self.timeout,
            retries=self.retries, max_age_seconds=age.total_seconds(), limit=limit_of("network", self.max_mb),
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class RssAnnouncements(FeedAnnouncements):
    """An RSS or Atom feed, by feedparser (``pip install 'newsbt[news]'``)."""

    def _parse(self, data: bytes, origin: str) -> Parsed:
        from newsbt.events.feeds.rss import parse_feed

        return parse_feed(data, origin, named_zone(self.zone))


@dataclass(frozen=True, kw_only=True)
class AlpacaAnnouncements(FeedAnnouncements):
    """Alpaca's news interface (Benzinga), from saved JSON or from its address; further pages are fetched too."""

    def _parse(self, data: bytes, origin: str) -> Parsed:
        from newsbt.events.feeds.alpaca import parse_alpaca

        return parse_alpaca(data, origin, named_zone(self.zone))

    def _documents(self) -> Iterator[tuple[bytes, str, Path]]:
        if self.url is None:
            yield from super()._documents()
            return
        from newsbt.events.feeds.alpaca import parse_alpaca

        fetcher, origin, token = self._fetcher(), Address.of(self.url).shown, ""
        base = self.url.partition("#")[0]
        seen, size, limit = {""}, 0, limit_of("feed", self.max_mb)
        for _ in range(MOST_PAGES):
            joint = "&" if "?" in base else "?"
            address = f"{base}{joint}{urlencode({'page_token': token})}" if token else base
            fetched = fetcher.get(address, self.headers)
            note_read(fetched.path, fetched.data)
            size += len(fetched.data)
            try:
                limit.check(size)
            except TooLargeError as error:
                raise file_error(origin, f"all pages of the answer together: {error}", code="too_large") from None
            yield fetched.data, origin, fetched.path
            token = parse_alpaca(fetched.data, origin, named_zone(self.zone)).next_page
            if not token:
                return
            if token in seen:
                raise file_error(origin, "the pages of the answer go in a circle; ask again later", code="bad_value")
            seen.add(token)
        raise file_error(
            origin, f"the answer has more than {MOST_PAGES} pages; ask for a shorter span", code="too_large"
        )


@dataclass(frozen=True, kw_only=True)
class GdeltAnnouncements(FeedAnnouncements):
    """GDELT's article lists (DOC 2.0, JSON) and knowledge graph files (GKG 2.1)."""

    def _parse(self, data: bytes, origin: str) -> Parsed:
        from newsbt.events.feeds.gdelt import parse_gdelt

        return parse_gdelt(data, origin)


@dataclass(frozen=True, kw_only=True)
class MappedAnnouncements(FeedAnnouncements):
    """CSV or JSON of any kind, by a column map.

    Parameters
    ----------
    map : str, Path or mapping
        A YAML file with `columns` (newsbt's name to the file's) and what :class:`~newsbt.events.feeds.mapped.ColumnMap`
        knows besides, or what would stand there. `zone` counts where the map has none.
    """

    map: str | Path | Mapping[str, JsonValue]

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.map, Mapping):
            map_of(self.map)

    def _parse(self, data: bytes, origin: str) -> Parsed:
        found = map_of(self.map) if isinstance(self.map, Mapping) else load_map(Path(self.map), self.max_mb)
        return parse_mapped(data, origin, replace(found, zone=found.zone or self.zone))


def _count(bad: BadRows, problem: Problem) -> None:
    bad.add(
        problem.code if problem.code in REASONS else "bad_value", problem.message, file=problem.file, line=problem.line
    )
