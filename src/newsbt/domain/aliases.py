"""Names in a text: which company, lab, authority or index each one means, and when nobody can tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from newsbt.domain.company_names import acronyms, spoken_names
from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.folding import fold, is_word
from newsbt.domain.made_names import SHARED, MadeName, made_names
from newsbt.domain.phrases import PhraseMatcher

__all__ = ["AliasBook", "AliasContext", "Mention", "Organisation"]

# A listing in brackets: (NYSE: BABA), (HKEX: 9988; NASDAQ: BIDU), (9988.HK), （600519）.
_BRACKETED = re.compile(r"[(（][^()（）]{3,60}[)）]")
_CODE = re.compile(
    r"\b[A-Za-z]{2,12}\s*[:：]\s*\^?[A-Za-z0-9]{1,6}(?:[.\-][A-Za-z]{1,2})?\b|\b[A-Za-z0-9]{1,6}\.[A-Z]{2}\b|\b\d{6}\b"
)
# The name before it, which may be one that no table has.
_BEFORE = re.compile(
    r"[\u4e00-\u9fff]{2,10}(?=\s*\Z)|(?<![\w'-])(?:[A-Z][\w.&'’-]*\s+(?:(?:of|and|&|de)\s+)?){0,4}[A-Z][\w.&'’-]*(?=\s*\Z)"
)
_LONGEST = 80  # characters of such a name
_NEAR = 24  # characters on either side within which a forbidden phrase must overlap the name


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who can act in the news: `kind` is ``company`` (labs too), ``government`` or ``index``.

    `name` is what announcements call it; `aliases` are further names, its tickers' aliases among them.
    """

    name: str
    kind: str = "company"
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasContext:
    """What an ambiguous alias needs before it counts.

    Attributes
    ----------
    needs : tuple of str
        One of these, or another name of the same organisation, must stand in the text. Empty: nothing is needed.
    forbids : tuple of str
        Where one of these covers the alias, such as a place name that begins with it, it means nothing of ours.
    """

    alias: str
    needs: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A name at text[start:end] and the organisation it means; `certain` is False when its context is missing."""

    start: int
    end: int
    name: str
    kind: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class _Target:
    organisation: Organisation
    alias: str
    exact: bool
    needs: tuple[str, ...] | None
    forbids: tuple[str, ...]


class AliasBook:
    """All names of a universe and of organisations that are not listed.

    Parameters
    ----------
    universe : Universe, optional
        Its listings give aliases and, for a day, tickers. Listings of one company are one organisation.
    organisations : iterable of Organisation
        Unlisted labs and authorities, and the usual names of companies: an entry that shares a name with a listing
        names that company.
    contexts : iterable of AliasContext
        The ambiguous aliases. Short names in capitals are always matched with their case.
    without : collection of str
        Aliases to leave out, such as product names that are looked for elsewhere.
    words : collection of str
        Words of the language, folded: a listing's name that is one, without its legal form, counts beside another name
        of its company only, as acronyms do.
    """

    def __init__(
        self,
        universe: Universe | None = None,
        organisations: Iterable[Organisation] = (),
        contexts: Iterable[AliasContext] = (),
        without: Collection[str] = (),
        words: Collection[str] = (),
    ) -> None:
        self._universe = universe
        ambiguous = {fold(context.alias): context for context in contexts}
        left_out = {fold(alias) for alias in without}
        merged, self._of_ticker, made = _merge(universe, tuple(organisations), words)
        made_contexts = (AliasContext(alias=one.name, needs=(one.company,)) for one in made if one.why)
        ambiguous = {fold(one.alias): one for one in made_contexts} | ambiguous
        self.organisations: Mapping[str, Organisation] = {item.name: item for item in merged}
        names: dict[str, Organisation] = {}
        for item in merged:
            for name in (item.name, *item.aliases):
                names.setdefault(fold(name), item)
        self._names = names
        self._matcher: PhraseMatcher[_Target] = PhraseMatcher(
            (alias, _target(item, alias, ambiguous))
            for item in merged
            for alias in dict.fromkeys((item.name, *item.aliases))
            if fold(alias) not in left_out
        )

    @property
    def phrases(self) -> tuple[str, ...]:
        """All names that are looked for, folded."""
        return self._matcher.phrases

    def find(self, text: str, folded: str | None = None) -> list[Mention]:
        """Names in their order, the longest of overlapping ones; ambiguous ones by the context of the whole text."""
        plain = fold(text) if folded is None else folded
        mentions = []
        in_context: dict[str, bool] = {}
        for start, end, targets in self._matcher.find(plain):
            target = targets[0]
            if target.exact and not _same_case(text[start:end], target.alias):
                continue
            certain = True
            if target.needs is not None:
                if any(_covers(phrase, plain, start, end) for phrase in target.forbids):
                    continue
                if target.alias not in in_context:
                    in_context[target.alias] = not target.needs or any(_stands(word, plain) for word in target.needs)
                certain = in_context[target.alias]
            mentions.append(Mention(start, end, target.organisation.name, target.organisation.kind, certain))
        listed = list(self._listings(text, plain))
        if not listed:
            return mentions
        sure = {one.name for one in listed}
        own = [replace(one, certain=True) if one.name in sure else one for one in mentions]
        for one in listed:
            if not any(other.start < one.end and one.start < other.end for other in own):
                own.append(one)
        return sorted(own, key=lambda one: one.start)

    def _listings(self, text: str, folded: str) -> Iterator[Mention]:
        """Tickers in brackets, with their exchange or in a form that only a ticker has."""
        if self._universe is None or ("(" not in folded and "（" not in text):
            return
        for bracket in _BRACKETED.finditer(text):
            for code in _CODE.finditer(text, bracket.start(), bracket.end()):
                written = "".join(code.group().replace("：", ":").split())
                ticker = self._universe.known_tickers.meant_or_none(written)
                item = self._of_ticker.get(ticker)
                if item is None:
                    continue
                if before := _BEFORE.search(text, max(0, bracket.start() - _LONGEST), bracket.start()):
                    yield Mention(before.start(), before.end(), item.name, item.kind)
                yield Mention(code.start(), code.end(), item.name, item.kind)

    def tickers(self, name: str, on: date) -> tuple[str, ...]:
        """The listings of an organisation on a day, in universe order; none before it is listed."""
        if self._universe is None:
            return ()
        item = self._names.get(fold(name))
        names = (item.name, *item.aliases) if item else (name,)
        columns = {column for one in names for column in self._universe.listings(one)}
        return tuple(
            self._universe.tickers[column]
            for column in sorted(columns)
            if self._universe.instruments[column].is_listed(on)
        )


def _merge(
    universe: Universe | None, organisations: tuple[Organisation, ...], words: Collection[str]
) -> tuple[list[Organisation], dict[str, Organisation], list[MadeName]]:
    """Organisations first; listings of one company under the organisation that shares a name with one of them. A name
    that several companies have belongs to none of them: it is an organisation of its own, without tickers. Then whose
    each ticker is, and the names that were made of listings' full ones."""
    names: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    owner: dict[str, str] = {}
    for item in organisations:
        names.setdefault(item.name, []).extend(item.aliases)
        kinds.setdefault(item.name, item.kind)
        for alias in (item.name, *item.aliases):
            owner.setdefault(fold(alias), item.name)
    given = dict(owner)
    called: dict[str, str] = {}
    shared: list[str] = []
    for column, listing in enumerate(() if universe is None else universe.instruments):
        assert universe is not None
        spoken = [name for name in _spoken(listing) if column in universe.listings(name)]
        shared += [name for name in _spoken(listing) if universe.resolve(name).is_ambiguous]
        if not spoken:
            continue
        company = listing.company_name.casefold()
        if company not in called:
            short = [one for one in (*acronyms(listing.name), *acronyms(listing.company)) if len(one) > 3]
            usual = (*spoken, *spoken_names(listing.name, listing.company), *short)
            called[company] = next((given[fold(one)] for one in usual if fold(one) in given), listing.company_name)
        name = called[company]
        names.setdefault(name, []).extend(spoken)
        kinds.setdefault(name, "index" if listing.is_index or listing.board == "etf" else "company")
        for alias in spoken:
            owner.setdefault(fold(alias), name)
    made = [
        one
        for one in (() if universe is None else made_names(universe, words))
        if one.why != SHARED and fold(one.name) not in owner
    ]
    for one in made:
        name = called.get(one.company.casefold(), "")
        if name and owner.setdefault(fold(one.name), name) == name:
            names[name].append(one.name)
    for name in shared:
        if owner.setdefault(fold(name), name) == name:
            names.setdefault(name, [])
            kinds.setdefault(name, "company")
    merged = {
        name: Organisation(name=name, kind=kinds[name], aliases=tuple(dict.fromkeys(found)))
        for name, found in names.items()
    }
    of_ticker = {
        item.ticker: merged[called[item.company_name.casefold()]]
        for item in (() if universe is None else universe.instruments)
        if item.company_name.casefold() in called
    }
    return list(merged.values()), of_ticker, made


def _spoken(listing: Instrument) -> list[str]:
    """Names a text would use, the shortest usual one first. A bare ticker such as JD is a name only as an alias."""
    names = [*listing.aliases, listing.name, listing.company]
    if "." in listing.ticker or listing.ticker.startswith("^"):
        names.append(listing.ticker)
    return [name for name in dict.fromkeys(names) if name] or [listing.ticker]


def _target(item: Organisation, alias: str, ambiguous: Mapping[str, AliasContext]) -> _Target:
    context = ambiguous.get(fold(alias))
    exact = context is not None or (alias.isascii() and alias.isupper() and len(alias) <= 4)
    if context is None:
        return _Target(item, alias, exact, None, ())
    needs = tuple(fold(word) for word in context.needs)
    if needs:
        others = (fold(name) for name in (item.name, *item.aliases))
        needs += tuple(one for one in others if one != fold(alias) and one not in ambiguous and len(one) > 1)
    return _Target(item, alias, exact, needs, tuple(fold(phrase) for phrase in context.forbids))


def _same_case(written: str, alias: str) -> bool:
    """As the alias is written, or all in capitals; scripts without case do not matter."""
    return written == alias or written.isupper() or not alias.isascii()


def _covers(phrase: str, plain: str, start: int, end: int) -> bool:
    at = plain.find(phrase, max(0, start - _NEAR), end + _NEAR)
    while at >= 0:
        if at < end and start < at + len(phrase):
            return True
        at = plain.find(phrase, at + 1, end + _NEAR)
    return False


def _stands(word: str, plain: str) -> bool:
    """Whether a word stands somewhere in a text, at word boundaries."""
    at = plain.find(word)
    while at >= 0:
        after = at + len(word)
        head = not (is_word(word[0]) and at and is_word(plain[at - 1]))
        tail = not (is_word(word[-1]) and after < len(plain) and is_word(plain[after]))
        if head and tail:
            return True
        at = plain.find(word, at + 1)
    return False
