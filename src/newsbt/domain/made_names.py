"""Names in bulk: what news call the companies of a table, made of their full names, and which say too little."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from newsbt.domain.company_names import acronyms, spoken_names
from newsbt.domain.entity import Universe
from newsbt.domain.folding import fold

__all__ = ["ACRONYM", "SHARED", "WORD", "MadeName", "made_names"]

WORD = "a word of the language"
ACRONYM = "initials"
SHARED = "a name of several companies"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeName:
    """A name of a company that its listings do not have as it stands; `why` it says too little by itself, one of
    :data:`WORD`, :data:`ACRONYM` and :data:`SHARED`, empty where it does not."""

    company: str
    name: str
    why: str = ""


def made_names(universe: Universe, words: Collection[str] = ()) -> Iterator[MadeName]:
    """Names without legal forms, what stands in brackets, and acronyms, company by company; none of indices and funds.

    Parameters
    ----------
    words : collection of str
        Words of the language, folded.
    """
    written = {fold(name) for name in universe.names}
    found: dict[str, dict[str, MadeName]] = {}
    for item in universe.instruments:
        if item.is_index or item.board == "etf":
            continue
        company = item.company_name
        for name in spoken_names(item.name, item.company):
            one = MadeName(company=company, name=name, why=WORD if fold(name) in words else "")
            found.setdefault(fold(name), {}).setdefault(company.casefold(), one)
        for full in (item.name, item.company):
            for name in acronyms(full):
                one = MadeName(company=company, name=name, why=ACRONYM)
                found.setdefault(fold(name), {}).setdefault(company.casefold(), one)
    for key, by_company in found.items():
        if key in written:
            continue
        for one in by_company.values():
            shared = len(by_company) > 1
            yield MadeName(company=one.company, name=one.name, why=SHARED) if shared else one
