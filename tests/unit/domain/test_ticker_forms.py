"""Tickers in every common form meet the instruments of a universe, and what may be two is nobody's guess."""

from __future__ import annotations

import pytest

from newsbt.domain.ticker_forms import AmbiguousTickerError, KnownTickers, known_of, meant_by, ticker_words

KNOWN = KnownTickers(
    {
        "0700.HK": "XHKG", "9988.HK": "XHKG", "002230.SZ": "XSHE", "600519.SH": "XSHG", "000001.SH": "XSHG",
        "000001.SZ": "XSHE", "BABA": "XNYS", "NVDA": "XNAS", "BRK.B": "XNYS", "BF-B": "XNYS", "^HSTECH": "XHKG",
        "A": "XNYS", "1.HK": "XHKG", "830799.BJ": "BJSE", "7203.T": "XTKS", "HEI": "XNYS", "HEI-A": "XNYS",
    }
)  # fmt: skip

FORMS = {
    "0700.HK": ("700", "0700", "00700", "00700.HK", "700.HK", "HKG:0700", "HKEX:700", "0700 HK Equity", "700:HK",
                "hk00700", "HK.00700", "116.00700", "0700.XHKG", "７００",
                "0700-HK", "HK-0700", "0700_HK", "700.0", '="00700"', "(0700.HK)"),
    "002230.SZ": ("sz.002230", "002230", "SZSE:002230", "sz002230", "002230.XSHE", "SHE:002230",
                  "002230 CH Equity", "002230 CS", "0.002230", "2230.SZ", "2230", "2230.0", "002230-CN",
                  "002230 C2", "002230.SHZ"),
    "600519.SH": ("600519.XSHG", "600519.SS", "sh600519", "sh.600519", "SHA:600519", "SSE:600519", "600519 CG",
                  "1.600519", "SHG:600519", "600519.SHH", "600519 C1", "SH600519", "600519-CN", "600519.0"),
    "000001.SZ": ("000001.XSHE", "sz000001"),
    "BABA": ("BABA US", "NYSE:BABA", "BABA.N", "BABA.US", "baba", "BABA US Equity", "BABA UN Equity", "US.BABA",
             "106.BABA", "BABA-US", "$BABA", "BABA:US", "ＢＡＢＡ"),
    "NVDA": ("NASDAQ: NVDA", "NVDA.OQ", "NVDA.O", "XNAS:NVDA"),
    "BRK.B": ("BRK-B", "BRK/B", "BRK.B", "BRK B", "BRK_B", "brk.b", "BRKb.N",
              "BRK/B US Equity", "NYSE:BRK.B", "BRK.B.US"),
    "HEI-A": ("HEI.A", "HEI/A", "HEI A", "HEIa.N"),
    "HEI": ("HEI.N", "HEI US"),
    "BF-B": ("BF.B",),
    "^HSTECH": ("HSTECH", "HSTECH Index", "HSTECH.HI", ".HSTECH"),
    "A": ("A.N", "A US"),
    "830799.BJ": ("830799", "bj830799", "830799.NQ"),
    "7203.T": ("7203.T", "7203.t"),
}  # fmt: skip


@pytest.mark.parametrize(("ticker", "written"), [(one, form) for one, forms in FORMS.items() for form in forms])
def test_a_form_means_its_instrument(ticker: str, written: str) -> None:
    assert KNOWN.meant(written) == ticker


@pytest.mark.parametrize(
    "written",
    [
        "",
        "Tencent",
        "002230.SS",
        "7203",
        "AAPL",
        "0701",
        "BABA.L",
        "HKG:",
        "930713",
        "A.A",
        "BABA.A",
        "01.HK.HK",
        "000001.BJ",
        "BABA-HK",
    ],
)
def test_what_no_instrument_has_means_none(written: str) -> None:
    assert KNOWN.meant(written) == ""


def test_a_number_of_two_markets_names_both() -> None:
    with pytest.raises(AmbiguousTickerError, match=r"'000001' may be 000001\.SH or 000001\.SZ"):
        KNOWN.meant("000001")
    assert KNOWN.meant("000001", ["SZ"]) == "000001.SZ"


def test_digits_whose_zeros_a_spreadsheet_may_have_eaten_are_of_two_markets() -> None:
    known = KnownTickers({"2318.HK": "XHKG", "002318.SZ": "XSHE"})
    with pytest.raises(AmbiguousTickerError, match=r"'2318' may be 2318\.HK or 002318\.SZ"):
        known.meant("2318")
    assert [known.meant(one) for one in ("02318", "002318", "2318.HK", "2318.SZ")] == [
        "2318.HK", "002318.SZ", "2318.HK", "002318.SZ",
    ]  # fmt: skip
    assert known.meant("2318", ["SH", "SZ", "BJ"]) == "002318.SZ"


def test_a_suffix_that_may_be_a_class_or_an_exchange_names_both() -> None:
    with pytest.raises(AmbiguousTickerError, match=r"'ABC\.K' may be ABC or ABC-K"):
        KnownTickers({"ABC": "XNYS", "ABC-K": "XNYS"}).meant("ABC.K")


def test_tickers_without_an_exchange_say_their_market_themselves() -> None:
    known = KnownTickers({"0700.HK": "", "BABA": "", "^HSTECH": ""})
    assert [known.meant(one) for one in ("HKG:0700", "NYSE:BABA", "HSTECH")] == ["0700.HK", "BABA", "^HSTECH"]


def test_it_is_the_container_of_its_own_writing() -> None:
    assert "0700.HK" in KNOWN
    assert "700" not in KNOWN
    assert meant_by("700", {"0700.HK"}) == ""
    assert meant_by("0700.HK", {"0700.HK"}) == "0700.HK"


def test_tickers_of_an_announcement_in_two_forms_are_one() -> None:
    assert known_of(("700", "0700.HK", "000001", "XYZ"), KNOWN) == (("0700.HK",), ("000001", "XYZ"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("HistoricalData_1746", []), ("Historical Data (700)", []), ("HistoricalPrices-700", []),
        ("700 Historical Data", ["700"]), ("1746", ["1746"]), ("prices_1746", ["1746"]),
    ],
)  # fmt: skip
def test_the_number_behind_a_vendors_name_of_downloads_is_no_ticker(name: str, words: list[str]) -> None:
    assert ticker_words(name, str.isdigit) == words


@pytest.mark.parametrize("marks", ["'", "^", "=", "$", "()", '"'])
def test_marks_alone_are_no_form_of_any_ticker(marks: str) -> None:
    known = KnownTickers({marks: "XNYS", "0700.HK": "XHKG"})
    assert known.repeated == {}
    assert known.meant("700") == "0700.HK"
