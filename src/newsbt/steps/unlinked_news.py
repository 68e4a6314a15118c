"""News that touches nothing that could be traded, told beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from newsbt.domain.announcement_batch import AnnouncementBatch
from newsbt.prices.quality import Doubt

__all__ = ["link_doubts"]

CURES: Mapping[str, str] = {
    "unknown_ticker": "write their tickers as the table of instruments has them, or add the instruments there",
    "unknown_issuer": "write their issuers as the table of instruments has them, or give the news tickers",
    "ambiguous_issuer": "give the news tickers",
    "unlisted_issuer": "only relations lead from these issuers to instruments",
    "not_listed": "compare the times of the news with `listed_on` and `delisted_on` of the instruments",
}
"""What to do about announcements that are linked to nothing, by their reason."""


def link_doubts(batch: AnnouncementBatch, not_linked: Mapping[str, int]) -> tuple[Doubt, ...]:
    """One doubt where nothing of what was read is linked to an instrument; `not_linked` counts them by reason."""
    if not batch.rows_read or sum(not_linked.values()) < len(batch.announcements):
        return ()
    reasons = Counter(not_linked) + Counter(batch.drops)
    ordered = sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    counted = ", ".join(f"{number:,} {reason.replace('_', ' ')}" for reason, number in ordered)
    cure = next((CURES[reason] for reason, _ in ordered if reason in CURES), None)
    message = (
        f"none of the {batch.rows_read:,} announcements is linked to an instrument ({counted}), so nothing can be "
        "traded on them" + (f": {cure}" if cure else "")
    )
    return (Doubt(kind="no_links", message=message),)
