"""Which sessions of an exchange are over, and since when: the rows of others may still change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from newsbt._typing import Days
from newsbt.markets.calendars import sessions
from newsbt.markets.dated_rules import Rulebook

__all__ = ["SessionEnds"]

SETTLED = timedelta(minutes=30)  # after the close: the closing auction, and providers that are late


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionEnds:
    """The sessions of some days that are over, `dates` (S,), and the instant from which each is; `last` is the last
    session of all that is over, None where none is, `today` the exchange's day."""

    dates: Days
    over_at: Mapping[date, datetime]
    last: date | None
    today: date

    @classmethod
    def of(cls, mic: str, span: tuple[date, date], now: datetime, rulebook: Rulebook) -> SessionEnds:
        """Those of an exchange at an instant."""
        today = now.astimezone(ZoneInfo(rulebook.exchange(mic).time_zone)).date()
        known = sessions(mic, span[0], max(today, span[1]), rulebook)
        over = known.close_at + np.timedelta64(SETTLED) <= np.datetime64(now.astimezone(UTC).replace(tzinfo=None))
        closes = (known.close_at[over] + np.timedelta64(SETTLED)).astype("datetime64[s]").tolist()
        dates = known.dates[over]
        return cls(
            dates=dates[dates <= np.datetime64(span[1])],
            over_at={on: at.replace(tzinfo=UTC) for on, at in zip(dates.tolist(), closes, strict=True)},
            last=dates[-1].item() if len(dates) else None,
            today=today,
        )
