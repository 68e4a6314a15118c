"""Turns rule files into exchanges, each file laid over what stood before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, time
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from newsbt.error_codes import ErrorCode
from newsbt.errors import ConfigError, Problem, nearest
from newsbt.markets.dated_rules import Correction, DatedEntry, Exchange, known_boards
from newsbt.markets.rule_files import Located, Path
from newsbt.markets.rule_schema import NAMED_RULES, RULES, check_entry, check_mapping, check_selector, clock_time

__all__ = ["Layers"]

_PLAIN_KEYS = ("name", "time_zone", "currency", "calendar")
_EXCHANGE_KEYS = (*_PLAIN_KEYS, "same_as", "boards", "suffixes", "corrections", "rules")
_BOARD = re.compile(r"[a-z_]+")
_SUFFIX = re.compile(r"[A-Z0-9]+")
_CORRECTION_KEYS = ("date", "closed", "open", "close", "source", "conf")

Series = tuple[str, str, tuple[DatedEntry, ...]]  # rule, selector, entries


class Layers:
    """The exchanges and statuses that the files laid so far say; a later file's entries stand before older ones."""

    def __init__(self, exchanges: Mapping[str, Exchange], statuses: Mapping[str, Mapping[str, str]]) -> None:
        self.exchanges = dict(exchanges)
        self.statuses = dict(statuses)

    def lay(self, files: Iterable[Located]) -> None:
        """Lay files over each other.

        Raises
        ------
        ConfigError
            One problem for each fault of all files.
        """
        problems: list[Problem] = []
        for file in files:
            _Layer(file, self).lay()
            problems += file.problems
        if problems:
            raise ConfigError.of(problems)


class _Layer:
    """One file being laid."""

    def __init__(self, file: Located, under: Layers) -> None:
        self.file = file
        self.exchanges = under.exchanges
        self.statuses = under.statuses
        self.sources: Mapping[str, Any] = {}
        self.boards = known_boards(under.exchanges.values())  # that selectors and statuses may name
        self.added: Mapping[str, tuple[str, ...]] = {}  # boards of exchanges, by this file

    def lay(self) -> None:
        content = self.file.value if self.file.value is not None else {}
        if not check_mapping(self.file, (), content, ("sources", "exchanges", "statuses")):
            return
        sources, exchanges, statuses = (content.get(key) or {} for key in ("sources", "exchanges", "statuses"))
        if check_mapping(self.file, ("sources",), sources, None):
            self.sources = sources
        if check_mapping(self.file, ("exchanges",), exchanges, None):
            self.added = self._boards(exchanges)
            self.boards = tuple(dict.fromkeys((*self.boards, *chain.from_iterable(self.added.values()))))
            # Exchanges that others follow come first, so that what is said of the followers stands before it.
            for mic in sorted(exchanges, key=self._follows):
                self._exchange(("exchanges", mic), mic, exchanges[mic])
        if check_mapping(self.file, ("statuses",), statuses, None):
            for status, boards in statuses.items():
                self._status(("statuses", status), status, boards)

    def _boards(self, exchanges: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """The boards that this file adds, by exchange: all before any entry is read, for any may name them."""
        return {
            mic: self._names(("exchanges", mic, "boards"), written.get("boards"), _BOARD, "lower-case names: [prime]")
            for mic, written in exchanges.items()
            if isinstance(written, dict)
        }

    def _names(self, path: Path, written: Any, pattern: re.Pattern[str], expected: str) -> tuple[str, ...]:
        if written is None:
            return ()
        good = isinstance(written, list) and all(isinstance(name, str) and pattern.fullmatch(name) for name in written)
        if not good or "any" in written:  # `any` is a selector of its own
            self._fault(path, "bad_value", f"expected a list of {expected}, got {written!r}")
            return ()
        return tuple(written)

    def _suffixes(self, path: Path, mic: str, written: Any) -> tuple[str, ...]:
        found = self._names(path, written, _SUFFIX, "upper-case endings of tickers without their dot: [T]")
        for other in self.exchanges.values():
            taken = [suffix for suffix in found if suffix in (other.mic, *other.suffixes) and other.mic != mic]
            if taken:
                self._fault(path, "bad_value", f"suffix {taken[0]!r} is that of {other.mic} already")
        return found

    def _follows(self, mic: str) -> bool:
        return mic in self.exchanges and bool(self.exchanges[mic].same_as)

    def _fault(self, path: Path, code: ErrorCode, message: str) -> None:
        self.file.fault(path, code, message)

    def _exchange(self, path: Path, mic: str, written: Any) -> None:
        if not check_mapping(self.file, path, written, _EXCHANGE_KEYS):
            return
        market = self._start(path, mic, written)
        if market is None:
            return
        plain = {key: written[key] for key in _PLAIN_KEYS if key in written}
        for key, value in plain.items():
            if not isinstance(value, str) or not value:
                self._fault((*path, key), "bad_value", f"expected a text, got {value!r}")
                return
        suffixes = self._suffixes((*path, "suffixes"), mic, written.get("suffixes"))
        market = replace(
            market,
            boards=tuple(dict.fromkeys((*market.boards, *self.added.get(mic, ())))),
            suffixes=tuple(dict.fromkeys((*market.suffixes, *suffixes))),
            **plain,
        )
        if "time_zone" in plain:
            try:
                ZoneInfo(market.time_zone)
            except (ValueError, OSError, KeyError):
                message = f"unknown time zone {market.time_zone!r}; expected a name such as Asia/Tokyo"
                self._fault((*path, "time_zone"), "bad_value", message)
        series = tuple(self._rules((*path, "rules"), written.get("rules") or {}))
        corrections = self._corrections((*path, "corrections"), written.get("corrections") or [])
        # A follower's own series replaces the one it follows; elsewhere a later file covers only its own days.
        market = _covered(market, series, corrections, whole="same_as" in written)
        if market.same_as:
            market = replace(market, own=market.own | {(rule, selector) for rule, selector, _ in series})
        if not market.rules.get("hours", {}).get("any"):
            self._fault(path, "missing_value", f"{mic} needs rules.hours with `open` and `close`")
            return
        self.exchanges[mic] = market
        for other in tuple(self.exchanges.values()):
            if other.same_as == mic:
                shared = tuple(item for item in series if item[:2] not in other.own)
                self.exchanges[other.mic] = _covered(other, shared, corrections)

    def _start(self, path: Path, mic: str, written: Mapping[str, Any]) -> Exchange | None:
        """What an exchange of this name starts from: itself in an earlier file, one it follows, or nothing."""
        if "same_as" in written:
            other = self.exchanges.get(str(written["same_as"]))
            if other is not None:
                return replace(other, mic=mic, name=mic, same_as=other.mic, suffixes=(), own=frozenset())
            known = ", ".join(self.exchanges)
            message = f"unknown exchange {written['same_as']!r}; expected one of {known}"
            self._fault((*path, "same_as"), "unknown_exchange", message)
            return None
        if mic in self.exchanges:
            return self.exchanges[mic]
        missing = [key for key in ("time_zone", "currency", "calendar") if key not in written]
        if missing:
            hint = "; Beijing is BJSE, XBSE is Bucharest" if mic == "XBSE" else nearest(mic, self.exchanges)
            message = f"unknown exchange {mic!r}; a new one needs {', '.join(missing)}, or same_as{hint}"
            self._fault(path, "unknown_exchange", message)
            return None
        return Exchange(mic=mic, name=mic, time_zone="UTC", currency="", calendar="")

    def _corrections(self, path: Path, written: Any) -> dict[date, Correction]:
        found: dict[date, Correction] = {}
        if not isinstance(written, list):
            self._fault(path, "bad_value", f"expected a list of days, got {written!r}")
            return found
        for k, item in enumerate(written):
            here = (*path, k)
            if not check_mapping(self.file, here, item, _CORRECTION_KEYS):
                continue
            on = item.get("date")
            closed = item.get("closed", False)
            if type(on) is not date:
                message = f"a correction needs `date`, a day such as 2023-09-01; got {on!r}"
                self._fault(here, "missing_value", message)
            elif not any(key in item for key in ("closed", "open", "close")):
                self._fault(here, "missing_value", "a correction needs `closed: true`, `open` or `close`")
            elif not isinstance(closed, bool):
                self._fault((*here, "closed"), "bad_value", f"expected true or false, got {closed!r}")
            else:
                found[on] = Correction(
                    on=on,
                    closed=closed,
                    open=self._time((*here, "open"), item.get("open")),
                    close=self._time((*here, "close"), item.get("close")),
                    source=self._source(item),
                    conf=str(item.get("conf", "")),
                )
        return found

    def _time(self, path: Path, written: Any) -> time | None:
        if written is None:
            return None
        try:
            return clock_time(written)
        except ValueError:
            self._fault(path, "bad_value", f'expected a local time in quotes, such as "13:30", got {written!r}')
            return None

    def _rules(self, path: Path, written: Any) -> Iterator[Series]:
        if not check_mapping(self.file, path, written, tuple(RULES)):
            return
        for rule, content in written.items():
            here = (*path, rule)
            if rule in NAMED_RULES:
                if check_mapping(self.file, here, content, None):
                    for name, inner in content.items():
                        yield from self._series((*here, name), f"{rule}.{name}", inner)
            elif rule in RULES:
                yield from self._series(here, rule, content)

    def _series(self, path: Path, rule: str, content: Any) -> Iterator[Series]:
        if isinstance(content, list):  # one series for all
            yield rule, "any", self._entries(path, rule, content)
        elif check_mapping(self.file, path, content, None):
            for selector, entries in content.items():
                if not check_selector(self.file, path, selector, self.boards):
                    continue
                if isinstance(entries, list):
                    yield rule, selector, self._entries((*path, selector), rule, entries)
                else:
                    self._fault((*path, selector), "bad_value", f"expected a list of dated entries, got {entries!r}")

    def _entries(self, path: Path, rule: str, written: list[Any]) -> tuple[DatedEntry, ...]:
        kind = rule.partition(".")[0]
        found: list[DatedEntry] = []
        for k, item in enumerate(written):
            here = (*path, k)
            if not check_entry(self.file, here, kind, item):
                continue
            entry = DatedEntry(
                values={key: item[key] for key in RULES[kind][0] if key in item},
                from_on=item["from"],
                to_on=item.get("to"),
                source=self._source(item),
                conf=str(item.get("conf", "")),
                origin=f"{self.file.file}:{self.file.line(here)}",
            )
            clash = next((other for other in found if _overlap(entry, other)), None)
            if clash is not None:
                message = f"holds on days on which the entry at {clash.origin} holds too; end one before the other"
                self._fault(here, "duplicate", message)
                continue
            found.append(entry)
        return tuple(found)

    def _status(self, path: Path, status: str, boards: Any) -> None:
        if not check_mapping(self.file, path, boards, self.boards):
            return
        for board, becomes in boards.items():
            if becomes not in self.boards:
                message = f"unknown board {becomes!r}; expected one of {', '.join(self.boards)}"
                self._fault((*path, board), "bad_value", message)
        self.statuses[status.casefold()] = {str(board): str(becomes) for board, becomes in boards.items()}

    def _source(self, item: Mapping[str, Any]) -> str:
        """What an entry names as its source, written out; the file's own name where it names none."""
        named = str(item.get("source", "")) or self.file.file
        return str(self.sources.get(named, named))


def _covered(
    market: Exchange, series: Iterable[Series], corrections: Mapping[date, Correction], whole: bool = False
) -> Exchange:
    """An exchange with newer entries before its own, or in place of them where `whole`."""
    rules = {rule: dict(by_selector) for rule, by_selector in market.rules.items()}
    for rule, selector, entries in series:
        by_selector = rules.setdefault(rule, {})
        by_selector[selector] = entries if whole else (*entries, *by_selector.get(selector, ()))
    return replace(market, rules=rules, corrections={**market.corrections, **corrections})


def _overlap(one: DatedEntry, other: DatedEntry) -> bool:
    starts_later = one.from_on is not None and other.to_on is not None and one.from_on > other.to_on
    ends_earlier = one.to_on is not None and other.from_on is not None and one.to_on < other.from_on
    return not (starts_later or ends_earlier)
