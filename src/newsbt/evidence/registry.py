"""Every kind of evidence there is."""

from __future__ import annotations

from newsbt.evidence.account_capacity import CAPACITY, CAPACITY_TABLE
from newsbt.evidence.contract import Evidence
from newsbt.evidence.detection_floor import DETECTION_FLOOR
from newsbt.evidence.event_dates import EVENT_DATES
from newsbt.evidence.event_study import STUDY
from newsbt.evidence.label_cutoff import LABEL_CUTOFF
from newsbt.evidence.permutation import PERMUTATION
from newsbt.evidence.placebo_runs import PLACEBO
from newsbt.evidence.profit_attribution import ATTRIBUTION
from newsbt.evidence.profit_decay import DECAY
from newsbt.evidence.tradable_share import TRADABLE_SHARE
from newsbt.evidence.trial_selection import SELECTION

__all__ = ["EVIDENCE"]

# In the order in which they are asked: each sees the rows with what those before it found.
EVIDENCE: tuple[Evidence, ...] = (
    EVENT_DATES,
    DECAY,
    CAPACITY,
    PLACEBO,
    ATTRIBUTION,
    SELECTION,
    STUDY,
    LABEL_CUTOFF,
    TRADABLE_SHARE,
    PERMUTATION,
    DETECTION_FLOOR,
    CAPACITY_TABLE,
)
