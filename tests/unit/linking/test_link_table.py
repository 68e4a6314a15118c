"""The links of a run by event."""

from __future__ import annotations

from itertools import pairwise

from newsbt.domain.link import Link
from newsbt.linking.link_table import link_table


def test_bounds_are_those_of_every_event_with_or_without_links() -> None:
    a, b = (Link(column=n, relation="named", hop=0, weight=1.0, path=("x",)) for n in (0, 1))
    table = link_table([[], [a, b], [], [b]])
    bounds = table.bounds(4).tolist()
    assert bounds == [0, 0, 2, 2, 3]
    assert [tuple(table.links)[low:high] for low, high in pairwise(bounds)] == [(), (a, b), (), (b,)]
    assert link_table([[], []]).bounds(2).tolist() == [0, 0, 0]
