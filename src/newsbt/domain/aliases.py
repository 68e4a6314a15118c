"""Names in a text: which company, lab, authority or index each one means, and when nobody can tell."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from newsbt.domain.entity import Instrument, Universe
from newsbt.domain.folding import fold, is_word
from newsbt.domain.phrases import PhraseMatcher

__all__ = ["AliasBook", "AliasContext", "Mention", "Organisation"]

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
    """

    def __init__(
        self,
        universe: Universe | None = None,
        organisations: Iterable[Organisation] = (),
        contexts: Iterable[AliasContext] = (),
        without: Collection[str] = (),
    ) -> None:
        self._universe = universe
        ambiguous = {fold(context.alias): context for context in contexts}
        left_out = {fold(alias) for alias in without}
        merged = _merge(universe, tuple(organisations))
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
        return mentions

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


def _merge(universe: Universe | None, organisations: tuple[Organisation, ...]) -> list[Organisation]:
    """Organisations first; listings of one company under the organisation that shares a name with one of them. A name
    that several companies have belongs to none of them: it is an organisation of its own, without tickers."""
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
            called[company] = next((given[fold(one)] for one in spoken if fold(one) in given), spoken[0])
        name = called[company]
        names.setdefault(name, []).extend(spoken)
        kinds.setdefault(name, "index" if listing.is_index or listing.board == "etf" else "company")
        for alias in spoken:
            owner.setdefault(fold(alias), name)
    for name in shared:
        if owner.setdefault(fold(name), name) == name:
            names.setdefault(name, [])
            kinds.setdefault(name, "company")
    return [
        Organisation(name=name, kind=kinds[name], aliases=tuple(dict.fromkeys(found))) for name, found in names.items()
    ]


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
