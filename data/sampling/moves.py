"""The simulation itself: markets, themes and each name's own news, day by day, without drift."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date

from sampling.bars import Bar, make_bar, make_volume
from sampling.draws import Draws, centred
from sampling.sessions import MARKET_OF, Sessions
from sampling.tables import Pin, Series

__all__ = ["SUSPENSIONS", "Simulation"]

SUSPENSIONS = {"300364.SZ": (date(2024, 5, 13), date(2024, 5, 24))}
"""Invented: the share does not trade from the first to the second day."""

OVERNIGHT_SHARE = {"XHKG": 0.35, "XSHG": 0.20, "XNYS": 0.35}
"""The part of a day's variance that falls between the close and the next open."""

_FACTOR_VOL = 0.010
_INDEX_VOL = 0.013


class Simulation:
    """Builds one ticker after another; what is built on another ticker follows its printed bars, pins included.

    Every simulated move is a simple return with mean zero, so that holding anything over unpinned days earns nothing
    on average, before and after announcements alike.
    """

    def __init__(
        self, calendars: Mapping[str, Sessions], pins: Mapping[tuple[str, date], Pin], usdhkd: Mapping[date, float]
    ) -> None:
        self.calendars = calendars
        self.pins = pins
        self.usdhkd = usdhkd
        self.bars: dict[str, dict[date, Bar]] = {}
        self.moves: dict[str, dict[date, tuple[float, float]]] = {}
        self._factors: dict[str, dict[date, tuple[float, float]]] = {}
        self._swing: dict[str, dict[date, float]] = {}

    def run(self, series: Series) -> list[Bar]:
        """The bars of one ticker, ascending; its base must have been run before."""
        bars = {"series": self._free, "tracker": self._tracker, "mirror": self._mirror}[series.model](series)
        self.bars[series.ticker] = {bar.day: bar for bar in bars}
        return bars

    # Markets, themes, swings: shared by all names, made when first asked for.

    def _swings(self, market: str) -> dict[date, float]:
        """How lively each session is: a slow swing of volatility around 1, shared by a market."""
        if market not in self._swing:
            draws, state, found = Draws(f"swing {market}"), 0.0, {}
            for day in self.calendars[market].days:
                state = 0.95 * state + math.sqrt(1 - 0.95**2) * draws.normal()
                found[day] = math.exp(0.25 * state - 0.06)
            self._swing[market] = found
        return self._swing[market]

    def _factor(self, name: str) -> dict[date, tuple[float, float]]:
        """Gap and session of a theme on every calendar day that is a session somewhere."""
        if name == "us_night":
            return self._night()
        if name not in self._factors:
            draws = Draws(f"factor {name}")
            days = sorted({day for calendar in self.calendars.values() for day in calendar.days})
            gap, session = _FACTOR_VOL * math.sqrt(0.3), _FACTOR_VOL * math.sqrt(0.7)
            drawn = centred(days, [(gap * draws.normal(), session * draws.normal()) for _ in days])
            self._factors[name] = dict(zip(days, drawn, strict=True))
        return self._factors[name]

    def _night(self) -> dict[date, tuple[float, float]]:
        """What New York did since the last Hong Kong close, as a gap in Asia: its sessions strictly before the day."""
        if "us_night" not in self._factors:
            nasdaq = self.bars["^IXIC"]
            days = list(nasdaq)
            found, seen, level = {}, 0, 0.0
            for day in sorted({day for market in ("XHKG", "XSHG") for day in self.calendars[market].days}):
                upto = bisect_left(days, day)
                if upto > seen:
                    now = nasdaq[days[upto - 1]].close
                    found[day] = (now / level - 1 if level else 0.0, 0.0)
                    seen, level = upto, now
                else:
                    found[day] = (0.0, 0.0)
            self._factors["us_night"] = found
        return self._factors["us_night"]

    def _days(self, series: Series) -> list[tuple[int, date, float]]:
        """Place since listing, session and activity of each day on which the ticker trades."""
        calendar = self.calendars[MARKET_OF[series.exchange]]
        closed = SUSPENSIONS.get(series.ticker)
        new = series.listed_on is not None and series.listed_on >= calendar.days[0]
        listed = [
            (day, activity)
            for day, activity in zip(calendar.days, calendar.activity, strict=True)
            if series.listed_on is None or day >= series.listed_on
        ]
        return [
            (place if new else 1000, day, activity)
            for place, (day, activity) in enumerate(listed)
            if closed is None or not closed[0] <= day <= closed[1]
        ]

    # The three models.

    def _free(self, series: Series) -> list[Bar]:
        """Index or share: beta times the base, plus themes, plus its own news."""
        market = MARKET_OF[series.exchange]
        draws = Draws(f"series {series.ticker}")
        swings, share = self._swings(market), OVERNIGHT_SHARE[market]
        base = self.moves.get(series.base, {})
        factors = [(load, self._factor(name)) for name, load in series.factors.items()]
        wide = math.sqrt(
            (series.beta * _INDEX_VOL) ** 2
            + sum((load * _FACTOR_VOL) ** 2 for name, load in series.factors.items())
            + series.own_vol**2
        )
        before, state, bars = series.start, 0.0, []
        moves = self.moves.setdefault(series.ticker, {})
        days = self._days(series)
        size = [series.own_vol * math.sqrt(weight) for weight in (share, 1 - share)]
        news = [(size[0] * swings[day] * draws.fat(), size[1] * swings[day] * draws.fat()) for _, day, _ in days]
        own_news = centred([day for _, day, _ in days], news)
        for (place, day, activity), own in zip(days, own_news, strict=True):
            swing = swings[day]
            state = 0.8 * state + 0.6 * draws.normal()
            shared = [(series.beta, base.get(day, (0.0, 0.0)))]
            shared += [(load, factor.get(day, (0.0, 0.0))) for load, factor in factors]
            gap, session = (sum(load * move[part] for load, move in shared) + own[part] for part in (0, 1))
            pin = self.pins.get((series.ticker, day))
            surprise = abs(pin.move if pin else gap + session) / (wide * swing)
            bar = make_bar(
                series, day, before, (gap, session), wide * swing * math.sqrt(1 - share), draws,
                pin=pin, free=place < 5, volume=make_volume(series, activity, surprise, state),
            )  # fmt: skip
            moves[day] = bar.gap(before), bar.session
            bars.append(bar)
            before = bar.close
        return bars

    def _tracker(self, series: Series) -> list[Bar]:
        """A fund that holds its index: the index times a ratio, a few hundredths of a percent off."""
        draws, state, bars = Draws(f"series {series.ticker}"), 0.0, []
        activity = {day: part for _, day, part in self._days(series)}
        before = 0.0
        for day, index in self.bars[series.base].items():
            off = [0.0004 * draws.normal() for _ in range(2)]
            state = 0.8 * state + 0.6 * draws.normal()
            first, last = index.open * series.ratio * (1 + off[0]), index.close * series.ratio * (1 + off[1])
            before = before or first
            moves = first / before - 1, last / first - 1
            # The fund's range follows the index's own, seen from the open.
            width = max(math.log(index.high / index.low) / 2, 1e-4)
            volume = make_volume(series, activity[day], abs(last / before - 1) / _INDEX_VOL, state)
            bar = make_bar(series, day, before, moves, width, draws, pin=None, free=True, volume=volume)
            bars.append(bar)
            before = bar.close
        return bars

    def _mirror(self, series: Series) -> list[Bar]:
        """A New York line of something that Hong Kong trades by day.

        It opens near the Hong Kong close of the same date and closes near the next Hong Kong open, so that its
        session is Hong Kong's next gap; over a Hong Kong holiday that gap is spread over the sessions between.
        """
        draws, state, bars, spread = Draws(f"series {series.ticker}"), 0.0, [], 0.0
        home = self.bars[series.base]
        home_days = list(home)
        own_days = [day for _, day, _ in self._days(series)]
        swings = self._swings("XNYS")
        wide = math.sqrt(_INDEX_VOL**2 + series.own_vol**2)
        before = None
        for _, day, activity in self._days(series):
            last_home = bisect_right(home_days, day) - 1
            ago = home_days[last_home] if last_home >= 0 else None
            soon = home_days[last_home + 1] if last_home + 1 < len(home_days) else None
            rate = series.ratio / self.usdhkd[day]
            start = home[ago].close if ago else home[home_days[0]].open
            goal = home[soon].open if soon else start
            between = [own for own in own_days if (ago is None or own >= ago) and (soon is None or own < soon)]
            done = between.index(day)
            path = [math.log(start) + math.log(goal / start) * k / len(between) for k in (done, done + 1)]
            noise = [series.own_vol * draws.normal() for _ in range(2)]
            state = 0.8 * state + 0.6 * draws.normal()
            first = rate * math.exp(path[0] + 0.3 * spread + 0.5 * noise[0])
            last = rate * math.exp(path[1] + 0.3 * spread + noise[1])
            before = before or first
            pin = self.pins.get((series.ticker, day))
            size = abs(pin.move if pin else last / before - 1) / wide
            bar = make_bar(
                series, day, before, (first / before - 1, last / first - 1), wide * swings[day] * 0.8, draws,
                pin=pin, free=True, volume=make_volume(series, activity, size, state),
            )  # fmt: skip
            spread = math.log(bar.close / rate) - path[1]
            bars.append(bar)
            before = bar.close
        return bars
