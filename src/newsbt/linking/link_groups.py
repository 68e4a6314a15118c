"""Links of many announcements at once: those that are alike, and known in days between which nothing changes, are
linked together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from newsbt._typing import Days, Ints
from newsbt.domain.announcement_columns import AnnouncementColumns
from newsbt.domain.coded import alike
from newsbt.linking.links import TableLinking

__all__ = ["LinkGroups", "link_groups"]


@dataclass(frozen=True, kw_only=True)
class LinkGroups:
    """G groups of announcements with the same links: of each the first row (G,), and the group of each row (N,)."""

    first: Ints
    group: Ints


def link_groups(linker: TableLinking, columns: AnnouncementColumns, on: Days) -> LinkGroups:
    """Groups of announcements, known on days (N,), to each of which a linking answers the same links.

    They have the same tickers and issuer, and none of the days on which their links may change lies between them.
    """
    first, group = alike(columns.references, len(columns))
    era = np.zeros(len(columns), dtype=np.int64)
    by_group = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[by_group], np.arange(len(first) + 1))
    for number, row in enumerate(first.tolist()):
        days = linker.change_days(columns.tickers[row], columns.issuer[row], columns.mentioned[row])
        if days:
            mine = by_group[bounds[number] : bounds[number + 1]]
            era[mine] = np.searchsorted(np.array(days, dtype="M8[D]"), on[mine], side="right")
    found = alike((group, era), len(columns))
    return LinkGroups(first=found[0], group=found[1])
