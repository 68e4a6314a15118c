"""What is alike is linked together: each announcement has the links that the linking gives it by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from newsbt.domain.announcement import Announcement
from newsbt.domain.announcement_columns import columns_of
from newsbt.domain.entity import Instrument, Relation, Universe
from newsbt.domain.references import why_not_linked
from newsbt.linking.linking import link_all
from newsbt.linking.links import TableLinking
from newsbt.testing.whole import whole

NAMES = ("Alpha", "Beta", "Gamma", "Delta", "Nobody", "Lab")
DAYS = [date(2025, 1, 1) + timedelta(days=7 * k) for k in range(12)]


def universe_of(random: np.random.Generator) -> Universe:
    """Four companies, two of them with two listings, listed and related for a while."""

    def some_day() -> date | None:
        return None if random.random() < 0.5 else DAYS[int(random.integers(len(DAYS)))]

    def span() -> tuple[date | None, date | None]:
        first, last = some_day(), some_day()
        return (last, first) if first and last and last < first else (first, last)

    items = []
    for n, name in enumerate((*NAMES[:4], "Alpha", "Beta")):
        listed, delisted = span()
        items.append(
            Instrument(
                ticker=f"{name[0]}{n}.HK", name=name, exchange="XHKG", board="main", currency="HKD",
                sector_index="^I" if random.random() < 0.5 else "", listed_on=listed, delisted_on=delisted,
            )
        )  # fmt: skip
    items.append(Instrument(ticker="^I", name="I", exchange="XHKG", board="index", currency="HKD"))
    relations = []
    for _ in range(6):
        first, last = span()
        one, other = random.choice(len(NAMES), size=2, replace=False)
        effect = None if random.random() < 0.3 else 0.5
        relations.append(
            Relation(
                subject=NAMES[one], relation="rival_of", object=NAMES[other], effect=effect, from_on=first, to_on=last
            )
        )
    return Universe(instruments=tuple(items), relations=tuple(relations))


@pytest.mark.parametrize("seed", range(12))
def test_links_of_all_are_those_of_each(seed: int) -> None:
    random = np.random.default_rng(seed)
    universe = universe_of(random)
    tickers = universe.tickers[:-1]
    items = [
        Announcement(
            event_id=f"e{k:03d}",
            published_at=datetime(2025, 1, 1, int(random.integers(24)), tzinfo=UTC)
            + timedelta(days=int(random.integers(90))),
            event_type="release",
            issuer=str(random.choice(NAMES)),
            tickers=tuple(random.choice(tickers, size=int(random.integers(0, 3)), replace=False).tolist()),
            unknown_tickers=("X",) if random.random() < 0.1 else (),
        )
        for k in random.permutation(200).tolist()
    ]
    latency, linking = timedelta(hours=2), TableLinking(universe, 2)
    for known in (items, columns_of(items)):
        found = link_all(linking, known, universe, latency)
        ordered = sorted(items, key=lambda item: item.event_id)
        bounds = found.links.bounds(len(ordered)).tolist()
        for k, item in enumerate(ordered):
            at = item.known_at(latency)
            expected = TableLinking(universe, 2).link(item, at.date())
            assert whole([found.links.links[n] for n in range(bounds[k], bounds[k + 1])]) == whole(list(expected))
            assert found.reasons[k] == ("" if expected else why_not_linked(item, universe, at.date()))
            assert found.known_at[k] == np.datetime64(at.replace(tzinfo=None), "ns")
        assert found.linked == {ordered[k].event_id for k in range(len(ordered)) if bounds[k] < bounds[k + 1]}
        assert found.not_linked == {reason: list(found.reasons).count(reason) for reason in set(found.reasons) - {""}}
