"""What `newsbt new strategy` writes: a strategy of each kind, and its test."""

from __future__ import annotations

import keyword
import re
from contextlib import suppress
from pathlib import Path

from newsbt.errors import ConfigError, NewsbtError

__all__ = ["class_name", "write_strategy"]

EVENT = '''"""{title}: signals for announcements."""

from __future__ import annotations

import numpy as np

import newsbt


class {cls}(newsbt.Strategy):
    """Trades the listings that an announcement is about by the sign of the news; without one, not at all.

    The fields are the parameters that a config may set. `sign` is what makes news good or bad: `type`, that a release
    is good news for its maker, or `sentiment`, `one`, `short`.
    """

    event_types: tuple[str, ...] = ("model_release",)
    sign: str = "type"

    def signal(self, view: newsbt.EventView) -> newsbt.Signal:
        # A row for each event and instrument it touches. `row` is the first bar that can be traded: what is in
        # view.close[row] is not known yet when the order has to be in; view.close[row - 1] is.
        links = view.links[(view.links["hop"] == 0) & (view.links["relation"] != "sector_index")]
        links = links[links["event_type"].isin(self.event_types)]
        sign = view.signs(links, self.sign)  # NaN where nobody knows
        return newsbt.Signal.for_events(links[["event_id", "ticker"]].assign(signal=np.nan_to_num(sign)))
'''

STEP = '''"""{title}: a signal for every instrument at the end of every row."""

from __future__ import annotations

import numpy as np

import newsbt


class {cls}(newsbt.StepStrategy):
    """Holds what has risen over `lookback` rows.

    The fields are the parameters that a config may set. Trade it with `position: {{mode: target}}`.
    """

    lookback: int = 20

    def signal_at(self, t: int, past: newsbt.PastView) -> np.ndarray:
        # `past` ends with row t; the answer is traded from row t + 1 on, one number in [-1, 1] for each ticker.
        signal = np.zeros(len(past.tickers))
        if t >= self.lookback:
            risen = past.close[t] > past.close[t - self.lookback]  # False where there is no price
            signal[risen] = 1.0
        return signal
'''

BACKTRADER = '''"""{title}: a backtrader strategy that is told of announcements."""

from __future__ import annotations

from collections.abc import Sequence

import backtrader as bt

import newsbt


class {cls}(newsbt.BacktraderStrategy):
    """Buys above a moving average unless the news is bad, and sells below it. Everything of backtrader is at hand."""

    params = (("period", 20), ("weight", 0.05))

    def __init__(self) -> None:
        self.averages = {{data._name: bt.indicators.SMA(data.close, period=self.p.period) for data in self.datas}}

    def on_announcement(self, event: newsbt.AnnouncedEvent, links: Sequence[newsbt.AnnouncedLink]) -> None:
        # Called before the market of these links opens: [0] is the last bar known, and a market order sent here
        # fills at that open. Sizes and values are in the currency of the account.
        if event.sentiment < 0:  # NaN where nobody knows
            return
        for link in links:
            if link.hop > 0 or link.ticker not in self.averages:
                continue
            data = self.getdatabyname(link.ticker)
            if data.close[0] > self.averages[link.ticker][0]:
                self.order_target_percent(data=data, target=self.p.weight)

    def next(self) -> None:
        for data in self.datas:
            if self.getposition(data).size > 0 and data.close[0] < self.averages[data._name][0]:
                self.close(data=data)
'''

TEST = '''"""{title} looks at nothing that lies ahead, and does what it says."""

from __future__ import annotations

from pathlib import Path

from newsbt.testing import check_strategy, load_strategy, make_events, small_market

{cls} = load_strategy(Path(__file__).parents[1] / "strategies" / "{name}.py", "{cls}")


def test_it_is_causal_and_well_behaved() -> None:
    found = check_strategy({check})
    assert found.decisions > 0, "it did nothing on the small market: give check_strategy a market it takes notice of"

'''

TEST_EVENT = """
def test_good_news_is_bought() -> None:
    news = make_events(("2025-03-05T19:00Z", "Harbor"), sentiment=0.5)
    signals = small_market(events=news).signals({cls}(sign="sentiment"))
    assert signals[["ticker", "signal"]].values.tolist() == [["H.HK", 0.5]]
"""

TEST_STEP = """
def test_what_has_risen_is_held() -> None:
    market = small_market()
    signals = market.signals({cls}(lookback=5))
    close = market.view().close
    assert ((signals.to_numpy()[5:] == 1.0) == (close[5:] > close[:-5])).all()
"""

TEST_BACKTRADER = """
def test_bad_news_is_left_alone() -> None:
    news = make_events(("2025-03-05T19:00Z", "Harbor"), sentiment=-0.5)
    (row,) = small_market(events=news).run({cls}).strategies
    assert row.fills.empty
"""

KINDS = {
    "event": (EVENT, TEST + TEST_EVENT, "{cls}()"),
    "step": (STEP, TEST + TEST_STEP, "{cls}(lookback=5)"),
    "backtrader": (BACKTRADER, TEST + TEST_BACKTRADER, "{cls}, period=5"),
}


def class_name(name: str) -> str:
    """``buy_the_rival`` is BuyTheRival."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def write_strategy(folder: Path, name: str, kind: str) -> tuple[Path, Path]:
    """Write `strategies/NAME.py` and `tests/test_NAME.py` below a project folder, and give their paths.

    Raises
    ------
    ConfigError
        `name` is no Python name, or one of the files is there; nothing is written then.
    NewsbtError
        They cannot be written.
    """
    _check_name(name)
    text, test, check = KINDS[kind]
    words = {"cls": class_name(name), "name": name, "title": name.replace("_", " ").strip().capitalize()}
    words["check"] = check.format(**words)
    files = {
        folder / "strategies" / f"{name}.py": text.format(**words),
        folder / "tests" / f"test_{name}.py": test.format(**words),
    }
    for path in files:
        if path.exists():
            raise ConfigError(
                f"{str(path)!r} is there already, and nothing is overwritten; choose another name", code="already_there"
            )
    written: list[Path] = []
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                written.append(path)
                file.write(content)
    except OSError as error:
        for path in written:
            with suppress(OSError):
                path.unlink()
        raise NewsbtError(f"cannot write {error.filename!r}: {error.strerror or error}", code="unwritable") from error
    made, proof = files
    return made, proof


def _check_name(name: str) -> None:
    if name.isascii() and name.isidentifier() and not keyword.iskeyword(name) and class_name(name).isidentifier():
        return
    plain = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9]+", "_", name.removesuffix(".py"))).strip("_").lower()
    if plain[:1].isdigit() or keyword.iskeyword(plain):
        plain = f"strategy_{plain}"
    hint = f"; try {plain!r}" if plain.isidentifier() else ""
    raise ConfigError(f"a strategy's name is a Python name such as buy_the_rival, not {name!r}{hint}", code="bad_value")
