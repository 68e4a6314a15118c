"""What is asked of whom, what is kept, and what is told."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from made_up_provider import (
    NOW,
    Clock,
    MadeUpProvider,
    asked_providers_of,
    days,
    instrument,
    needs,
    prices,
)
from newsbt.errors import DataError
from newsbt.markets.rulebook import load_rulebook
from newsbt.price_store import PriceStore
from newsbt.pulling.needs import Needs
from newsbt.pulling.provider_choice import ProviderChoice
from newsbt.pulling.provider_contract import AnsweredRates, ProviderError
from newsbt.pulling.pull import Pull
from newsbt.pulling.pull_outcome import PullOutcome

OUT = ProviderError("unreachable", "no answer within 20 seconds")


class Stand:
    """A store, its clock, and pulls into it."""

    def __init__(self, folder: Path) -> None:
        self.now = NOW
        self.store = PriceStore(folder / "store", now=lambda: self.now)
        self.waits = Clock()

    def pull(self, wanted: Needs, choice: ProviderChoice | None = None, **providers: MadeUpProvider) -> PullOutcome:
        asked = asked_providers_of(self.waits, **providers)
        pull = Pull(store=self.store, providers=asked, choice=choice or ProviderChoice(), rulebook=load_rulebook())
        return pull.run(wanted)

    def stored(self) -> dict[str, list[str]]:
        """The days of each ticker and pair that has any."""
        found: dict[str, list[str]] = {}
        for kind, key in (("prices", "ticker"), ("rates", "pair")):
            for row in self.store.read(kind, self.now + timedelta(days=1)).table.to_pylist():
                found.setdefault(row[key], []).append(row["date"].isoformat())
        return found


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def kinds(outcome: PullOutcome) -> dict[str, int]:
    return dict(Counter(gap.kind for gap in outcome.gaps))


def test_the_first_provider_that_gives_it_is_the_one(stand: Stand) -> None:
    yahoo, east_money = MadeUpProvider({"0700.HK": prices()}), MadeUpProvider()
    outcome = stand.pull(needs(), yfinance=yahoo, akshare=east_money)
    (item,) = outcome.prices
    assert (item.status, item.provider, item.rows, item.first, item.last) == (
        "pulled", "yfinance", 10, "2025-03-03", "2025-03-14",
    )  # fmt: skip
    assert east_money.asked == [] and stand.stored() == {"0700.HK": days()} and not outcome.failed
    (record,) = stand.store.pulls(NOW + timedelta(seconds=1))
    assert (record.provider, record.provider_version, record.asked_from, record.asked_through, record.currency) == (
        "yfinance", "1.0", date(2025, 3, 3), date(2025, 3, 14), "HKD",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (ProviderError("nothing", "delisted"), "nothing"),
        (ProviderError("unusable", "other columns"), "unusable"),
        (OUT, "unreachable"),
        (prices(currency="USD"), "unusable"),
        (prices(currency="GBp"), "unusable"),
        (prices(["2025-03-05", "2025-03-04"]), "unusable"),
        (prices(["2025-03-05", "2025-03-05"]), "unusable"),
        (prices(["today"]), "unusable"),
        (prices(["2025-03-13", "2025-03-17"]), "unusable"),
        (prices(days()[:6]), "incomplete"),
    ],
)
def test_where_the_first_does_not_give_it_the_next_is_asked(stand: Stand, answer, kind: str) -> None:
    """Another currency, days out of order or twice or to come, and half of the days, are no answer either."""
    east_money = MadeUpProvider({"0700.HK": prices()})
    outcome = stand.pull(needs(), yfinance=MadeUpProvider({"0700.HK": answer}), akshare=east_money)
    (item,) = outcome.prices
    assert (item.status, item.provider) == ("pulled", "akshare") and stand.stored() == {"0700.HK": days()}
    assert [(one.provider, one.kind) for one in item.tried] == [("yfinance", kind)]


def test_a_day_to_come_names_the_clock(stand: Stand) -> None:
    outcome = stand.pull(needs(), yfinance=MadeUpProvider({"0700.HK": prices(["2025-03-17"])}))
    assert "is the clock right?" in outcome.gaps[0].message and outcome.failed and stand.stored() == {}


def test_half_an_answer_is_kept_where_nobody_has_more_and_named(stand: Stand) -> None:
    half, third = MadeUpProvider({"0700.HK": prices(days()[:6])}), MadeUpProvider({"0700.HK": prices(days()[:3])})
    outcome = stand.pull(needs(), yfinance=half, akshare=third)
    assert outcome.prices[0].provider == "yfinance" and stand.stored() == {"0700.HK": days()[:6]}
    (gap,) = [gap for gap in outcome.gaps if gap.kind == "sessions_missing"]
    assert gap.message == "4 of 10 sessions have no row, from 2025-03-11 to 2025-03-14"


def test_what_nobody_has_is_a_gap_that_the_store_knows(stand: Stand) -> None:
    outcome = stand.pull(needs(pairs=["USDHKD"]), yfinance=MadeUpProvider(), akshare=MadeUpProvider())
    assert [item.status for item in (*outcome.prices, *outcome.rates)] == ["gap", "gap"] and not outcome.failed
    assert kinds(outcome) == {"no_prices": 1, "no_rates": 1}
    assert outcome.gaps[0].message == "yfinance: no 0700.HK; akshare: no 0700.HK"
    records = {one.ticker: one for one in stand.store.pulls(NOW + timedelta(seconds=1))}
    assert records["0700.HK"].gap == "no 0700.HK; akshare: no 0700.HK" and records["0700.HK"].rows == 0
    assert records["USDHKD"].kind == "rates" and records["USDHKD"].gap


def test_what_could_not_be_asked_for_is_a_failure_and_no_gap_of_the_store(stand: Stand) -> None:
    outcome = stand.pull(needs(), yfinance=MadeUpProvider(), akshare=MadeUpProvider({"0700.HK": OUT}))
    assert outcome.failed and outcome.prices[0].status == "failed" and stand.store.pulls() == ()
    assert "no answer within 20 seconds" in outcome.gaps[0].message


def test_the_rest_goes_on(stand: Stand) -> None:
    tickers = ["0700.HK", "0005.HK", "0001.HK"]
    yahoo = MadeUpProvider({"0700.HK": ProviderError("unusable", "half a document"), "0001.HK": prices()})
    outcome = stand.pull(needs(*map(instrument, tickers)), yfinance=yahoo)
    assert [item.status for item in outcome.prices] == ["failed", "gap", "pulled"]
    assert stand.stored() == {"0001.HK": days()}


def test_a_second_pull_asks_for_nothing_that_is_there(stand: Stand) -> None:
    yahoo = MadeUpProvider({"0700.HK": prices(), "USDHKD": AnsweredRates(days=days(), rates=[7.8] * 10)})
    stand.pull(needs(pairs=["USDHKD"]), yfinance=yahoo)
    yahoo.asked.clear()
    stand.now += timedelta(hours=1)
    outcome = stand.pull(needs(pairs=["USDHKD"]), yfinance=yahoo)
    assert [item.status for item in (*outcome.prices, *outcome.rates)] == ["up_to_date"] * 2
    assert yahoo.asked == [] and not outcome.gaps


def test_new_days_are_asked_for_with_the_last_week_again(stand: Stand) -> None:
    yahoo = MadeUpProvider({"0700.HK": prices(), "USDHKD": AnsweredRates(days=days(), rates=[7.8] * 10)})
    stand.pull(needs(pairs=["USDHKD"]), yfinance=yahoo)
    yahoo.asked.clear()
    stand.now += timedelta(days=4)  # Tuesday
    later = days("2025-03-07", "2025-03-18")
    yahoo.answers = {"0700.HK": prices(later), "USDHKD": AnsweredRates(days=later, rates=[7.9] * len(later))}
    outcome = stand.pull(needs(pairs=["USDHKD"], last=date(2025, 3, 18)), yfinance=yahoo)
    assert [(one.first, one.last) for one in yahoo.asked] == [
        (date(2025, 3, 7), date(2025, 3, 18)), (date(2025, 3, 6), date(2025, 3, 18)),
    ]  # fmt: skip
    assert outcome.counts["pulled"] == 2
    assert sorted(set(stand.stored()["0700.HK"])) == days("2025-03-03", "2025-03-18")


def test_an_earlier_beginning_is_asked_for_in_whole(stand: Stand) -> None:
    yahoo = MadeUpProvider({"0700.HK": prices()})
    stand.pull(needs(first=date(2025, 3, 6)), yfinance=yahoo)
    stand.pull(needs(), yfinance=yahoo)
    assert [(one.first, one.last) for one in yahoo.asked] == [
        (date(2025, 3, 6), date(2025, 3, 14)), (date(2025, 3, 3), date(2025, 3, 14)),
    ]  # fmt: skip


def test_days_between_two_pulls_are_asked_for(stand: Stand) -> None:
    """As of two configs with one store, and then a period over both: a run names those days, and the command."""
    rates = {"USDHKD": AnsweredRates(days=days(), rates=[7.8] * 10)}
    yahoo = MadeUpProvider({"0700.HK": prices(), **rates})
    for first, last in ((3, 4), (13, 14)):
        yahoo.answers["0700.HK"] = prices(days(f"2025-03-{first:02}", f"2025-03-{last:02}"))
        stand.pull(needs(pairs=["USDHKD"], first=date(2025, 3, first), last=date(2025, 3, last)), yfinance=yahoo)
    yahoo.asked.clear()
    yahoo.answers["0700.HK"] = prices()
    for statuses in (["pulled", "pulled"], ["up_to_date", "up_to_date"]):
        outcome = stand.pull(needs(pairs=["USDHKD"]), yfinance=yahoo)
        assert [item.status for item in (*outcome.prices, *outcome.rates)] == statuses
    assert [(one.first, one.last) for one in yahoo.asked] == [(date(2025, 3, 3), date(2025, 3, 14))] * 2
    assert sorted(set(stand.stored()["0700.HK"])) == days()


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"half")], ids=["deleted", "damaged"])
def test_what_the_store_has_lost_is_asked_for_again(stand: Stand, harm) -> None:
    """The run that misses it says to pull again."""
    yahoo = MadeUpProvider({"0700.HK": prices(), "0005.HK": prices()})
    stand.pull(needs(), yfinance=yahoo)
    stand.pull(needs(instrument("0005.HK")), yfinance=yahoo)
    harm(sorted((stand.store.folder / "prices").glob("*.parquet"))[0])
    outcome = stand.pull(needs(instrument(), instrument("0005.HK")), yfinance=yahoo)
    assert [item.status for item in outcome.prices] == ["pulled", "up_to_date"]


def test_a_gap_is_asked_for_again(stand: Stand) -> None:
    yahoo = MadeUpProvider()
    stand.pull(needs(), yfinance=yahoo)
    yahoo.answers = {"0700.HK": prices()}
    assert stand.pull(needs(), yfinance=yahoo).prices[0].status == "pulled"


def test_a_dividend_of_which_it_is_not_known_how_much_is_not_stated_as_none(stand: Stand) -> None:
    """Zero is stated; what another provider says of that day stays."""
    yahoo = MadeUpProvider({"0700.HK": prices(dividends={"2025-03-05": float("nan"), "2025-03-06": 0.5})})
    stand.pull(needs(), yfinance=yahoo)
    rows = stand.store.read("prices", stand.now + timedelta(seconds=1)).table.to_pandas()
    assert rows["dividend"].isna().tolist() == [False, False, True, *[False] * 7]
    assert rows["dividend"].tolist()[3] == 0.5


def test_a_session_that_is_not_over_is_left_out(stand: Stand) -> None:
    """Hong Kong closes at 16:10 with its auction; half an hour later its day is whole."""
    yahoo = MadeUpProvider({"0700.HK": prices(splits={"2025-03-14": 2.0}, adjusted="splits")})
    stand.now = datetime(2025, 3, 14, 6, 0, tzinfo=UTC)
    assert stand.pull(needs(), yfinance=yahoo).prices[0].last == "2025-03-13"
    rows = stand.store.read("prices", stand.now + timedelta(seconds=1)).table.to_pylist()
    assert rows[-1]["date"] == date(2025, 3, 14) and rows[-1]["split"] == 2.0  # which all days before hold already
    assert rows[-1]["close"] != rows[-1]["close"]
    stand.now = NOW
    assert stand.pull(needs(), yfinance=yahoo).prices[0].last == "2025-03-14"


def test_what_is_not_listed_is_not_asked_for(stand: Stand) -> None:
    yahoo = MadeUpProvider()
    later = instrument("2513.HK", listed_on=date(2026, 1, 8))
    for _ in range(2):
        outcome = stand.pull(needs(later), yfinance=yahoo)
        assert outcome.prices[0].status == "not_listed" and not outcome.gaps and yahoo.asked == []
    (record,) = stand.store.pulls(NOW + timedelta(seconds=1))
    assert record.gap == "it was listed on 2026-01-08, after the days that are asked for"


def test_a_late_beginning_is_named(stand: Stand) -> None:
    late = MadeUpProvider({"0700.HK": prices(days("2025-03-10"))})
    (gap,) = [gap for gap in stand.pull(needs(), yfinance=late).gaps if gap.kind == "begins_late"]
    assert gap.message == "begins on 2025-03-10: 5 sessions without a row before it"


def test_one_that_was_listed_then_is_no_late_beginning(stand: Stand) -> None:
    late = MadeUpProvider({"0700.HK": prices(days("2025-03-10"))})
    item = instrument(listed_on=date(2025, 3, 10))
    assert kinds(stand.pull(needs(item), yfinance=late, akshare=MadeUpProvider())) == {"no_previous_close": 1}


def test_one_that_was_listed_before_is_half_an_answer(stand: Stand) -> None:
    late, whole = MadeUpProvider({"0700.HK": prices(days("2025-03-10"))}), MadeUpProvider({"0700.HK": prices()})
    item = instrument(listed_on=date(2004, 6, 16))
    assert stand.pull(needs(item), yfinance=late, akshare=whole).prices[0].provider == "akshare"


def test_what_a_provider_does_not_give_is_named_once_an_exchange(stand: Stand) -> None:
    items = [instrument(ticker) for ticker in ("0700.HK", "0005.HK")] + [instrument("^HSI", board="index")]
    east_money = MadeUpProvider(dict.fromkeys([one.ticker for one in items], prices(dividends=None, splits=None)))
    outcome = stand.pull(needs(*items), yfinance=MadeUpProvider(), akshare=east_money)
    assert sorted((gap.kind, gap.exchange, gap.message) for gap in outcome.gaps) == [
        ("no_dividends", "XHKG", "akshare gives no dividends of 0700.HK, 0005.HK"),
        ("no_previous_close", "XHKG", "akshare gives no previous closes of 0700.HK, 0005.HK"),
        ("no_splits", "XHKG", "akshare gives no splits of 0700.HK, 0005.HK"),
    ]


def test_a_config_may_choose(stand: Stand) -> None:
    yahoo, east_money = MadeUpProvider(), MadeUpProvider({"0700.HK": prices()})
    choice = ProviderChoice(by_exchange={"XHKG": ["akshare"]}, symbols={"akshare": {"0700.HK": "80700"}})
    outcome = stand.pull(needs(), choice, yfinance=yahoo, akshare=east_money)
    assert outcome.prices[0].provider == "akshare" and yahoo.asked == []
    assert east_money.asked[0].symbol == "80700"


def test_a_provider_that_does_not_answer_is_left_alone(stand: Stand) -> None:
    """After three questions in a row, of which each was asked four times."""
    tickers = [f"000{k}.HK" for k in range(1, 7)]
    yahoo, east_money = MadeUpProvider(dict.fromkeys(tickers, OUT)), MadeUpProvider(dict.fromkeys(tickers, prices()))
    outcome = stand.pull(needs(*map(instrument, tickers)), yfinance=yahoo, akshare=east_money)
    assert len(yahoo.asked) == 3 * 4 and outcome.counts["pulled"] == 6
    assert outcome.providers[0].resting == "no answer within 20 seconds"
    assert "it is left alone" in outcome.prices[-1].tried[0].message


def test_a_pull_that_is_stopped_keeps_what_came(stand: Stand) -> None:
    yahoo = MadeUpProvider({"0700.HK": prices(), "0005.HK": KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        stand.pull(needs(instrument(), instrument("0005.HK")), yfinance=yahoo)
    assert stand.stored() == {"0700.HK": days()}


def test_what_came_is_in_the_store_while_others_are_waited_for(stand: Stand) -> None:
    """A power cut then loses nothing of it."""

    def waiting() -> object:
        until = time.monotonic() + 20
        while not stand.stored() and time.monotonic() < until:
            time.sleep(0.02)
        assert stand.stored() == {"0700.HK": days()}
        return prices()

    asked = asked_providers_of(yfinance=MadeUpProvider({"0700.HK": prices(), "0005.HK": waiting}))
    pull = Pull(
        store=stand.store, providers=asked, choice=ProviderChoice(), rulebook=load_rulebook(), batch_seconds=0.05
    )
    assert pull.run(needs(instrument(), instrument("0005.HK"))).counts["pulled"] == 2


def test_a_clock_behind_the_store_stops_a_pull_before_anybody_is_asked(stand: Stand) -> None:
    yahoo = MadeUpProvider({"0700.HK": prices()})
    stand.pull(needs(), yfinance=yahoo)
    stand.now -= timedelta(days=30)
    yahoo.asked.clear()
    with pytest.raises(DataError, match="is the clock right"):
        stand.pull(needs(), yfinance=yahoo)
    assert yahoo.asked == []


def test_what_the_store_does_not_take_is_named_and_the_rest_is_kept(stand: Stand, monkeypatch) -> None:
    """As on a full disk, or of an answer that cannot be stored."""
    add = PriceStore.add

    def refusing(store: PriceStore, pulled):
        if "0005.HK" in pulled.asked:
            raise DataError("no space left on device")
        return add(store, pulled)

    monkeypatch.setattr(PriceStore, "add", refusing)
    yahoo = MadeUpProvider({"0700.HK": prices(), "0005.HK": prices()})
    outcome = stand.pull(needs(instrument(), instrument("0005.HK")), yfinance=yahoo)
    assert [item.status for item in outcome.prices] == ["pulled", "failed"] and outcome.failed
    assert ("not_kept", "0005.HK", "no space left on device") in [
        (gap.kind, gap.ticker, gap.message) for gap in outcome.gaps
    ]
    assert stand.stored() == {"0700.HK": days()}
