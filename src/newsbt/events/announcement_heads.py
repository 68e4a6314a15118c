"""Tables of announcements as people export them: their headings, times and missing columns, under newsbt's names.

A table that has all of newsbt's own columns is read as it is. In any other headings are compared without regard to
case, spaces and underscores, and the common names of each column are known.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from pathlib import Path

from newsbt._plain import PlainValue
from newsbt.domain import cells
from newsbt.domain.table_files import choose_columns, file_error
from newsbt.domain.time_forms import SeveralFormsError, UnclearTimesError, in_form, read_times
from newsbt.domain.zone_names import UnclearZoneError, in_zone
from newsbt.events.announcement_rows import COLUMNS, OPTIONAL, REQUIRED, Row, in_words
from newsbt.events.extraction.news_item import RefusedItem
from newsbt.events.feeds.formatted_times import read_formatted

__all__ = ["NAMES", "AnnouncementHead", "StatedTimes", "find_head", "read_rows", "text_columns"]

NAMES: Mapping[str, tuple[str, ...]] = {
    "event_id": ("eventid", "id", "newsid", "articleid", "announcementid", "guid", "uuid", "编号", "公告编号"),
    "published_at": (
        "publishedat", "published", "publishtime", "publishedtime", "publicationtime", "publisheddate", "publishdate",
        "pubdate", "releasetime", "releasedate", "datetime", "timestamp", "date", "time", "createdat",
        "发布时间", "公告时间", "披露时间", "發佈時間", "日期時間", "公告日期", "发布日期", "披露日期", "日期",
        "时间", "時間",
    ),
    "received_at": ("receivedat", "received", "receivedtime", "接收时间"),
    "time_precision": ("timeprecision", "precision"),
    "event_type": ("eventtype", "type", "category", "公告类型", "事件类型", "类型", "類型"),
    "issuer": (
        "issuer", "issuername", "company", "companyname", "organisation", "organization",
        "公司", "公司名称", "公司简称", "证券简称", "股票简称", "股份名稱", "股票名称", "发行人",
    ),
    "headline": ("headline", "title", "newstitle", "subjectline", "标题", "公告标题", "新闻标题", "標題"),
    "tickers": (
        "tickers", "ticker", "symbols", "symbol", "code", "stockcode", "tscode", "securitycode", "ric",
        "代码", "股票代码", "证券代码", "公司代码", "股份代號", "代碼",
    ),
    "subject": ("subject", "product", "model"),
    "rivals": ("rivals", "competitors"),
    "body": ("body", "text", "content", "summary", "description", "内容", "正文", "新闻内容", "摘要", "內容"),
    "source": ("source", "publisher", "来源", "文章来源", "來源"),
    "url": ("url", "link", "链接", "新闻链接", "公告链接", "連結"),
    "sentiment": ("sentiment", "sentimentscore", "情感"),
    "relevance": ("relevance", "relevancescore"),
    "mentioned": ("mentioned",),
}  # fmt: skip
"""Further names of each column, those first that win where a table has several."""

CLOCKS = frozenset({"time", "时间", "時間"})  # beside a column of days: the times of day
DAYS = frozenset({"date", "日期", "公告日期", "发布日期", "披露日期", "releasedate", "publishdate", "publisheddate"})
MADE = "\0{}"  # the name of a column that the table does not have
IDENTIFYING = ("published_at", "issuer", "headline", "tickers")
ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class StatedTimes:
    """What the config says of times: their strptime form, and the zone of those without offset."""

    form: str | None = None
    zone: tzinfo | None = None
    zone_name: str = ""


@dataclass(frozen=True, slots=True)
class AnnouncementHead:
    """newsbt's names to the table's, the column of times of day beside days, whether the head is newsbt's own, and
    what was assumed."""

    chosen: Mapping[str, str]
    clock: str = ""
    is_own: bool = True
    notes: tuple[str, ...] = ()


def _plain(written: str) -> str:
    text = unicodedata.normalize("NFKC", written).casefold()
    return "".join(text.replace("_", "").replace("\ufeff", "").split())


def find_head(file: Path | str, arrived: Sequence[str], columns: Mapping[str, str]) -> AnnouncementHead:
    """Which columns a table has; `columns` are the config's own names.

    Raises
    ------
    DataError
        There is no column of headlines or of times, none of issuers nor of tickers, or one that the config names is not
        there.
    """
    if all(columns.get(name, name) in arrived for name in REQUIRED):
        return AnnouncementHead(choose_columns(file, arrived, columns, REQUIRED, OPTIONAL))
    plain = {_plain(name): name for name in reversed(arrived) if name}
    stated = {name: plain.get(_plain(source), source) for name, source in columns.items()}
    chosen = dict(stated)
    notes = []
    for name in COLUMNS:
        taken = set(chosen.values())
        found = next((plain[word] for word in NAMES[name] if word in plain and plain[word] not in taken), None)
        if name in arrived:
            found = name
        if name not in chosen and found is not None:
            chosen[name] = found
            if found != name:
                notes.append(f"{name} from {found!r}")
    clock = ""
    if _plain(chosen.get("published_at", "")) in DAYS:
        clock = next((plain[word] for word in sorted(CLOCKS) if word in plain), "")
        notes += [f"and {clock!r}"] if clock else []
    needed = [name for name in ("published_at", "issuer", "headline") if name not in chosen]
    if "tickers" in chosen:
        needed = [name for name in needed if name != "issuer"]
    choose_columns(file, arrived, stated, [*stated, *needed], ())
    if "event_id" not in chosen:
        notes.append("event_id made from the content")
    if "event_type" not in chosen:
        notes.append("event_type 'news'")
    if "issuer" not in chosen:
        notes.append("issuer by the first ticker")
    return AnnouncementHead(chosen, clock, False, tuple(notes))


def text_columns(arrived: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """By the names of a column map, the columns of a table that says of its news no more than headlines and times;
    empty where it has no such columns, or says whose news they are. `columns` names some of them."""
    plain = {_plain(name): name for name in reversed(arrived) if name}

    def column(name: str) -> str | None:
        if name in columns:
            return plain.get(_plain(columns[name]))
        return next((plain[word] for word in NAMES[name] if word in plain), None)

    if column("issuer") or column("tickers") or not (column("headline") and column("published_at")):
        return {}
    wanted = {"item_id": "event_id"} | {name: name for name in ("headline", "body", "published_at", "source", "url")}
    return {name: found for name, ours in wanted.items() if (found := column(ours)) is not None}


def read_rows(
    rows: Sequence[Row], head: AnnouncementHead, stated: StatedTimes, file: Path | str
) -> tuple[list[Row], Mapping[str, str], tuple[str, ...]]:
    """Rows with what their columns lack and with times as instants; newsbt's names to the columns; what was assumed.

    A time that cannot be read stays as it is written, and makes its row a bad one.

    Raises
    ------
    DataError
        The days of a column can be read in two ways.
    """
    if head.is_own and stated == StatedTimes():
        return list(rows), head.chosen, ()
    notes = [*head.notes]
    chosen = dict(head.chosen)
    made: list[Row] = [(line, values if isinstance(values, str) else dict(values)) for line, values in rows]
    filled = [values for _, values in made if isinstance(values, dict)]
    for name in ("published_at", "received_at"):
        column = chosen.get(name)
        if column is None:
            continue
        clock = head.clock if name == "published_at" else ""
        written = [_with_clock(values.get(column), values.get(clock) if clock else None) for values in filled]
        found, form = _times(written, stated, file, column)
        if form and not stated.form:
            notes.append(f"times as {form}")
        for values, cell in zip(filled, written, strict=True):
            values[column] = cell if cell is None else found.get(cell, cell)
    _add_precision(filled, chosen)
    if stated.zone is not None:
        notes.append(f"times without an offset of {stated.zone_name}")
    if not head.is_own:
        _add_missing(filled, chosen)
    if head.clock:
        chosen[MADE.format("clock")] = head.clock
    return made, chosen, tuple(notes)


def _with_clock(day: PlainValue, clock: PlainValue) -> PlainValue:
    if not isinstance(day, str | date | int | float) or (isinstance(day, float) and day != day):  # noqa: PLR0124 - NaN
        return None if not isinstance(day, str) else day
    if isinstance(day, str) and not day.strip():
        return None
    if clock is None or not str(clock).strip():
        return day
    if isinstance(day, datetime):
        day = day.date()
    return f"{day} {str(clock).strip()}"


def _times(
    written: Sequence[PlainValue], stated: StatedTimes, file: Path | str, column: str
) -> tuple[dict[PlainValue, PlainValue], str]:
    """What the distinct cells of a column say, and the form of those that are not written ISO's way."""
    found: dict[PlainValue, PlainValue] = {}
    others: dict[PlainValue, None] = {}
    for cell in dict.fromkeys(one for one in written if one is not None):
        plain = None if stated.form else _iso(cell)
        if plain is None:
            others[cell] = None
        else:
            found[cell] = plain
    form = stated.form or ""
    if stated.form:
        for other in others:
            try:
                read = _zoned(other, stated.form) if "%Z" in stated.form else in_form(other, stated.form)
            except (ValueError, RefusedItem):
                found |= {} if (iso := _iso(other)) is None else {other: iso}
            else:
                found[other] = read if _has_clock(stated.form) else read.date()
    elif others:
        try:
            times = read_times(others, (), None, are_sessions=False)
        except SeveralFormsError as error:
            raise file_error(file, f"{column}: {error}", code="unclear_time", line=1) from None
        except UnclearTimesError:
            return {cell: _in_zone(value, stated.zone) for cell, value in found.items()}, ""
        form = times.form
        for other in others:
            value = times.values.get(other)
            if isinstance(value, date):
                is_midnight = ":" in str(other) and not isinstance(value, datetime)
                found[other] = datetime.fromisoformat(str(value)) if is_midnight else value
    return {cell: _in_zone(value, stated.zone) for cell, value in found.items()}, form


def _zoned(cell: PlainValue, form: str) -> datetime:
    """A cell in a form that has the name of a zone, which strptime passes over."""
    return read_formatted(str(cell), form, None).at


def _has_clock(form: str) -> bool:
    return any(mark in form for mark in ("%H", "%I", "%T", "%R", "%X", "%c"))


def _iso(cell: PlainValue) -> date | None:
    """An instant, or a day, that is written ISO's way, names its zone or is one; None of anything else."""
    try:
        if isinstance(cell, str) and ":" not in cell:
            return cells.session_day(cell) if "-" in cell else None
        if isinstance(cell, date) and not isinstance(cell, datetime):
            return cell
        return cells.instant(cell)
    except ValueError:
        return in_words(cell)


def _in_zone(value: PlainValue, zone: tzinfo | None) -> PlainValue:
    """A time with its offset, a day as its midnight; without a zone as it is, which is a bad row."""
    if zone is None or not isinstance(value, date) or (isinstance(value, datetime) and value.utcoffset() is not None):
        return value
    try:
        if isinstance(value, datetime):
            return in_zone(value, zone)
        return _Day.fromisoformat(in_zone(datetime.combine(value, time(0)), zone).isoformat())
    except UnclearZoneError:
        return value


class _Day(datetime):
    """The midnight at which a day begins that was written without a time."""


def _add_precision(filled: Sequence[dict[str, PlainValue]], chosen: dict[str, str]) -> None:
    """A row whose time is a day has the precision of a day, where it states none."""
    column = chosen.setdefault("time_precision", MADE.format("time_precision"))
    for values in filled:
        for name in ("published_at", "received_at"):
            at = values.get(chosen.get(name, ""))
            if isinstance(at, _Day):
                values[chosen[name]] = datetime.fromisoformat(at.isoformat())
                if name == "published_at" and not values.get(column):
                    values[column] = "day"


def _add_missing(filled: Sequence[dict[str, PlainValue]], chosen: dict[str, str]) -> None:
    if "event_type" not in chosen:
        chosen["event_type"] = MADE.format("event_type")
        for values in filled:
            values[chosen["event_type"]] = "news"
    if "issuer" not in chosen:
        chosen["issuer"] = MADE.format("issuer")
        for values in filled:
            values[chosen["issuer"]] = next(iter(_items(values.get(chosen["tickers"]))), "")
    if "event_id" not in chosen:
        chosen["event_id"] = MADE.format("event_id")
        for values in filled:
            identity = [str(values.get(chosen.get(name, ""), "")) for name in IDENTIFYING]
            digest = hashlib.sha256("\0".join(identity).encode("utf-8", "replace")).hexdigest()
            values[chosen["event_id"]] = digest[:ID_DIGITS]


def _items(value: PlainValue) -> tuple[str, ...]:
    try:
        return cells.items(value)
    except ValueError:
        return ()
