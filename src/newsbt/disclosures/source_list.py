"""The sources that a config names, ready to be asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from newsbt.disclosures.asking import AS_A_PAGE, SourceAsker
from newsbt.disclosures.cninfo import CnInfo
from newsbt.disclosures.hkexnews import HkexNews
from newsbt.disclosures.known_companies import FormerIds
from newsbt.disclosures.sec import Sec
from newsbt.disclosures.source_contract import DisclosureSource
from newsbt.disclosures.source_options import DisclosureOptions
from newsbt.errors import ConfigError

__all__ = ["sources_of"]


def sources_of(
    options: Sequence[DisclosureOptions], former: Path | None, only: Sequence[str] = (), *,
    sleep: Callable[[float], None] = time.sleep,
) -> list[DisclosureSource]:  # fmt: skip
    """The sources of a config that may be asked.

    Parameters
    ----------
    only
        Names of the sources to ask; empty: all.

    Raises
    ------
    ConfigError
        None is named, or one that may not be asked yet: without a contact, or without its terms read.
    DataError
        The table of former names cannot be used.
    """
    chosen = [one for one in options if not only or one.name in only]
    if not chosen:
        known = ", ".join(one.name for one in options) or "none"
        raise ConfigError(f"there is no source to ask; `sources` of the reader names {known}", code="unknown_name")
    refusals = [refusal for one in chosen if (refusal := one.refusal())]
    if refusals:
        raise ConfigError("\n".join(refusals), code="missing_value")
    ids = FormerIds.read(former)
    return [_source(one, ids, sleep) for one in chosen]


def _source(options: DisclosureOptions, former: FormerIds, sleep: Callable[[float], None]) -> DisclosureSource:
    match options.name:
        case "sec":
            return Sec(asker=SourceAsker.of(options, Sec.agent(options.contact), sleep=sleep), former=former)
        case "hkexnews":
            return HkexNews(asker=SourceAsker.of(options, AS_A_PAGE, sleep=sleep), former=former)
        case _:
            return CnInfo(asker=SourceAsker.of(options, AS_A_PAGE, sleep=sleep), former=former)
