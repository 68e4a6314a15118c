"""What a store of disclosures holds of each company and month, and what is missing: for `newsbt events check`."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from newsbt.disclosures.disclosure_store import DisclosureStore
from newsbt.disclosures.pulling import LOOK_BACK
from newsbt.disclosures.store_manifest import Manifest
from newsbt.disclosures.type_tables import OTHER
from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.domain.command_documents import CoverageRow
from newsbt.events.from_store import StoreAnnouncements
from newsbt.ports import AnnouncementReader

__all__ = ["disclosure_coverage"]


@dataclass(slots=True)
class _Month:
    """Counts of a company's items of a month."""

    items: int = 0
    of_day: int = 0
    unlinked: int = 0
    other: int = 0


def disclosure_coverage(
    readers: Sequence[AnnouncementReader], batch: AnnouncementBatch, linked: Container[str]
) -> list[CoverageRow]:
    """A row for each source, company and month from the first that was asked about to the last.

    Parameters
    ----------
    batch
        What the readers read: an item that is not in it is of a company outside the universe.
    linked
        The ids of events that the run links.

    Raises
    ------
    DataError
        A store cannot be read.
    """
    types = {item.event_id: item.event_type for item in batch.announcements}
    found: list[CoverageRow] = []
    for reader in readers:
        if isinstance(reader, StoreAnnouncements):
            store = DisclosureStore(reader.path)
            for name in reader.names():
                manifest = store.source(name).manifest()
                counts, names = _counted(reader, name, types, linked)
                found += _rows(name, manifest, counts, names)
    return found


def _counted(
    reader: StoreAnnouncements, source: str, types: Mapping[str, str], linked: Container[str]
) -> tuple[dict[str, dict[str, _Month]], dict[str, str]]:
    """Counts by company and month, and the last name of each company."""
    counts: dict[str, dict[str, _Month]] = {}
    names: dict[str, str] = {}
    for row, event_id in reader.rows(source):
        month = counts.setdefault(row.company, {}).setdefault(row.published_at[:7], _Month())
        names[row.company] = row.issuer
        month.items += 1
        month.of_day += row.time_precision == "day"
        month.unlinked += event_id not in linked
        month.other += types.get(event_id) == OTHER
    return counts, names


def _rows(
    source: str, manifest: Manifest, counts: Mapping[str, Mapping[str, _Month]], names: Mapping[str, str]
) -> Iterable[CoverageRow]:
    for company, scopes in manifest.asked_for(counts).items():
        asked = [manifest.last_asked(company, scope) for scope in scopes]
        asked_at = max((at for at in asked if at is not None), default=None)
        spans = sorted({span for scope in scopes for span in manifest.settled_of(company, scope)})
        if spans and asked_at is not None:
            asked_on = asked_at.astimezone(UTC).date()
            last_day = max(last for _, last in spans)
            if last_day >= asked_on - LOOK_BACK - timedelta(days=1):  # the last days too, not for the last time
                spans.append((last_day, asked_on))
        mine = counts.get(company, {})
        for month in _months([*mine, *(f"{day:%Y-%m}" for span in spans for day in span)]):
            one = mine.get(month, _Month())
            first = date.fromisoformat(f"{month}-01")
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            was_asked = any(start <= last and first <= end for start, end in spans)
            gap = "" if one.items else "nothing" if was_asked else "not asked"
            yield {
                "source": source, "company": names.get(company, company), "month": month, "items": one.items,
                "gap": gap, "day": _share(one.of_day, one.items), "unlinked": _share(one.unlinked, one.items),
                "other": _share(one.other, one.items),
            }  # fmt: skip


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _months(seen: Iterable[str]) -> list[str]:
    """All months from the first to the last."""
    listed = sorted(set(seen))
    if not listed:
        return []
    day, found = datetime.fromisoformat(f"{listed[0]}-01"), []
    while (month := f"{day:%Y-%m}") <= listed[-1]:
        found.append(month)
        day = (day + timedelta(days=31)).replace(day=1)
    return found
