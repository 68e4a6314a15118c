"""Price files as they are downloaded, read without a map: the right numbers of each, and refusals of heads that lie."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import vendor_tables as vendors
from newsbt.domain.price_table import PriceTable
from newsbt.domain.ticker_forms import KnownTickers
from newsbt.errors import DataError
from newsbt.prices.price_readers import CsvPrices, ParquetPrices

KNOWN = KnownTickers(
    {"0700.HK": "XHKG", "9988.HK": "XHKG", "002230.SZ": "XSHE", "600519.SH": "XSHG", "BABA": "XNYS", "AAPL": "XNAS",
     "MSFT": "XNAS", "000001.SZ": "XSHE", "000001.SH": "XSHG"}
)  # fmt: skip
BARS = vendors.bars()
OTHER = vendors.bars(300.0, seed=2)


def read(folder: Path, name: str, content: str | bytes, **options: object) -> PriceTable:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CsvPrices(path=path, **options).read(KNOWN)  # type: ignore[arg-type]


def notes(table: PriceTable) -> str:
    return ", ".join(table.readings[0][1])


def agrees(table: PriceTable, frame: pd.DataFrame, ticker: str, *, digits: float = 1e-9, volume: float = 1e-9) -> None:
    """The rows of one ticker are those of the frame."""
    rows = np.flatnonzero(table.ticker_code == table.tickers.index(ticker))
    rows = rows[np.argsort(table.when[rows])]
    assert table.day is not None
    assert table.day[rows].astype(str).tolist() == [f"{day:%Y-%m-%d}" for day in frame.index]
    for name in ("open", "high", "low", "close"):
        np.testing.assert_allclose(table.values[name][rows], frame[name.title()], rtol=digits)
    np.testing.assert_allclose(table.values["volume"][rows], frame["Volume"], rtol=volume)


EXPORTS = {
    "yfinance history": ("0700.HK.csv", vendors.yfinance_history(BARS, "Asia/Hong_Kong"), "0700.HK", "yfinance"),
    "akshare A-shares": ("a.csv", vendors.akshare(BARS, code="002230").to_csv(index=False), "002230.SZ", "lots of 100"),
    "akshare with an index": ("a.csv", vendors.akshare(BARS, code="002230").to_csv(), "002230.SZ", "confirmed"),
    "akshare Hong Kong": (
        "00700.csv", vendors.akshare(BARS, in_lots=False).to_csv(index=False), "0700.HK", "in shares",
    ),
    "akshare New York": ("BABA.csv", vendors.akshare(BARS, in_lots=False).to_csv(index=False), "BABA", "in shares"),
    "without an amount": (
        "002230.csv", vendors.akshare(BARS).drop(columns="成交额").to_csv(index=False), "002230.SZ", "no amount",
    ),
    "baostock": ("b.csv", vendors.baostock(BARS, "sz.002230"), "002230.SZ", "baostock, volume in shares"),
    "tushare A-shares": ("t.csv", vendors.tushare(BARS, "002230.SZ"), "002230.SZ", "amount in thousands"),
    "tushare Hong Kong": ("t.csv", vendors.tushare(BARS, "00700.HK", is_a_share=False), "0700.HK", "in shares"),
    "stooq daily": ("aapl.us.csv", BARS.to_csv(), "AAPL", "in shares"),
    "stooq bulk": ("aapl.us.txt", vendors.stooq_bulk(BARS, "AAPL.US"), "AAPL", "Stooq"),
    "eodhd": ("AAPL.US.csv", vendors.eodhd(BARS), "AAPL", "EODHD"),
    "alpaca": ("x.csv", vendors.alpaca(BARS, "AAPL"), "AAPL", "midnights of America/New_York"),
    "tiingo": ("AAPL.csv", vendors.tiingo(BARS), "AAPL", "close, not adjClose"),
    "semicolons": ("AAPL.csv", BARS.to_csv(sep=";", decimal=",", date_format="%d.%m.%Y"), "AAPL", "days as %d.%m.%Y"),
    "tabs": ("AAPL.tsv", BARS.to_csv(sep="\t"), "AAPL", "in shares"),
    "another order": ("AAPL.csv", BARS[["Volume", "Low", "Close", "High", "Open"]].to_csv(), "AAPL", "in shares"),
}  # fmt: skip


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_read_without_a_map(tmp_path: Path, export: str) -> None:
    name, content, ticker, words = EXPORTS[export]
    table = read(tmp_path, name, content)
    agrees(table, BARS, ticker)
    assert words in notes(table)


@pytest.mark.parametrize(
    ("name", "content"),
    [("HistoricalData_1.csv", vendors.nasdaq(BARS)), ("stock.csv", vendors.investing(BARS)),
     ("stock.csv", vendors.investing(BARS, "%d/%m/%Y")), ("stock.csv", vendors.investing(BARS, "%b %d, %Y"))],
)  # fmt: skip
def test_rounded_prices_and_abbreviated_volumes(tmp_path: Path, name: str, content: str) -> None:
    agrees(read(tmp_path, name, content, ticker="AAPL"), BARS, "AAPL", digits=1e-4, volume=0.01)


@pytest.mark.parametrize("by_ticker", [False, True])
@pytest.mark.parametrize("frames", [{"AAPL": BARS}, {"AAPL": BARS, "MSFT": OTHER}])
def test_columns_of_each_ticker(tmp_path: Path, frames: dict[str, pd.DataFrame], by_ticker: bool) -> None:
    table = read(tmp_path, "download.csv", vendors.yfinance_download(frames, by_ticker=by_ticker))
    for ticker, frame in frames.items():
        agrees(table, frame, ticker)


def test_a_ticker_that_is_listed_later_has_no_rows_before(tmp_path: Path) -> None:
    table = read(tmp_path, "download.csv", vendors.yfinance_download({"AAPL": BARS, "MSFT": OTHER.iloc[20:]}))
    agrees(table, OTHER.iloc[20:], "MSFT")


def test_stacked_tickers(tmp_path: Path) -> None:
    table = read(tmp_path, "stacked.csv", vendors.yfinance_stacked({"AAPL": BARS, "MSFT": OTHER}))
    agrees(table, BARS, "AAPL")
    agrees(table, OTHER, "MSFT")


@pytest.mark.parametrize(
    ("content", "words"),
    [(vendors.akshare_minutes(BARS), "lots of 100"), (vendors.baostock_minutes(BARS, "sz.002230"), "baostock")],
)
def test_bars_stamped_by_their_ends_are_moved_to_their_starts(tmp_path: Path, content: str, words: str) -> None:
    table = read(tmp_path, "002230_5min.csv", content)
    assert table.bar_start is not None
    assert str(table.bar_start.min()) == "2025-03-06T01:30:00.000000000"  # 09:30 in Shanghai
    assert str(table.bar_start.max()) == "2025-03-06T06:55:00.000000000"
    assert words in notes(table)
    assert "stamped by their end" in notes(table)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-16-le", "utf-8-sig"])
def test_encodings_are_told_by_the_bytes(tmp_path: Path, encoding: str) -> None:
    content = vendors.akshare(BARS, code="002230").to_csv(index=False).encode(encoding)
    agrees(read(tmp_path, "a.csv", content), BARS, "002230.SZ")


def test_parquet_has_the_same_heads(tmp_path: Path) -> None:
    vendors.akshare(BARS, code="002230").to_parquet(tmp_path / "a.parquet")
    agrees(ParquetPrices(path=tmp_path / "a.parquet").read(KNOWN), BARS, "002230.SZ")


def test_a_second_head_line_and_a_line_of_source_are_passed_over(tmp_path: Path) -> None:
    rows = vendors.akshare(BARS, code="002230").to_csv(index=False).splitlines()
    rows = [rows[0], ",".join(["单位", "", *["元"] * 4, "手", "元", "", "", "", ""]), *rows[1:], "数据来源：某某"]
    table = read(tmp_path, "a.csv", "\n".join(rows))
    agrees(table, BARS, "002230.SZ")
    assert "1 line below the head passed over, 1 line at the foot passed over" in notes(table)


def test_the_config_names_what_no_head_tells(tmp_path: Path) -> None:
    content = BARS.rename(columns={"Close": "Settlement"}).to_csv()
    agrees(read(tmp_path, "AAPL.csv", content, columns={"close": "Settlement"}), BARS, "AAPL")


LYING = {
    "volume and amount swapped": (
        vendors.akshare(BARS, code="002230").rename(columns={"成交量": "成交额", "成交额": "成交量"}), "volume_unit",
    ),
    "shares where lots are usual": (vendors.akshare(BARS, code="002230", in_lots=False), "volume_unit: 1"),
    "open and close swapped": (
        vendors.akshare(BARS, code="002230").rename(columns={"开盘": "收盘", "收盘": "开盘"}), "change places",
    ),
    "high and low swapped": (
        vendors.akshare(BARS, code="002230").rename(columns={"最高": "最低", "最低": "最高"}),
        "最高 and 最低 look swapped",
    ),
    "open and high swapped": (
        vendors.akshare(BARS, code="002230").rename(columns={"最高": "开盘", "开盘": "最高"}),
        "开盘 and 最高 look swapped",
    ),
}  # fmt: skip


@pytest.mark.parametrize("lie", LYING)
def test_a_head_that_lies_is_refused_by_name(tmp_path: Path, lie: str) -> None:
    frame, words = LYING[lie]
    with pytest.raises(DataError, match=words) as caught:
        read(tmp_path, "lying.csv", frame.to_csv(index=False))
    assert "lying.csv" in str(caught.value)


def test_lots_that_the_config_states_are_not_doubted(tmp_path: Path) -> None:
    content = vendors.akshare(BARS, code="002230", in_lots=False).to_csv(index=False)
    agrees(read(tmp_path, "a.csv", content, volume_unit=1), BARS, "002230.SZ")


class TestAdjusted:
    CONTENT = BARS.assign(**{"Adj Close": BARS["Close"] * 0.98}).to_csv()

    def test_two_closes_are_asked_for(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match=r"Adj Close.*`adjusted: true`.*`adjusted: false`"):
            read(tmp_path, "AAPL.csv", self.CONTENT)

    def test_unadjusted_takes_the_columns_as_they_are(self, tmp_path: Path) -> None:
        agrees(read(tmp_path, "AAPL.csv", self.CONTENT, adjusted=False), BARS, "AAPL")

    def test_adjusted_scales_all_prices(self, tmp_path: Path) -> None:
        scaled = BARS.assign(**{name: BARS[name] * 0.98 for name in ("Open", "High", "Low", "Close")})
        agrees(read(tmp_path, "AAPL.csv", self.CONTENT, adjusted=True), scaled, "AAPL")

    def test_equal_closes_ask_for_nothing(self, tmp_path: Path) -> None:
        agrees(read(tmp_path, "AAPL.csv", BARS.assign(**{"Adj Close": BARS["Close"]}).to_csv()), BARS, "AAPL")

    @pytest.mark.parametrize("column", ["Dividends", "Stock Splits"])
    def test_a_dividend_beside_prices_of_unknown_kind_is_asked_for(self, tmp_path: Path, column: str) -> None:
        frame = BARS.assign(Dividends=0.0, **{"Stock Splits": 0.0})
        frame.iloc[30, frame.columns.get_loc(column)] = 2.0
        with pytest.raises(DataError, match="auto_adjust"):
            read(tmp_path, "AAPL.csv", frame.to_csv())
        table = read(tmp_path, "AAPL.csv", frame.to_csv(), splits="in_prices")
        assert np.nansum(table.values["dividend"]) == (2.0 if column == "Dividends" else 0.0)


def test_days_that_nothing_tells_apart_are_asked_for(tmp_path: Path) -> None:
    content = "Date,Open,High,Low,Close,Volume\n03/06/2025,1,1,1,1,1\n05/06/2025,1,1,1,1,1\n"
    with pytest.raises(DataError, match=r"2025-03-06 \(%m/%d/%Y\) or 2025-06-03 \(%d/%m/%Y\).*time_format"):
        read(tmp_path, "AAPL.csv", content)
    table = read(tmp_path, "AAPL.csv", content, time_format="%d/%m/%Y")
    assert table.day is not None
    assert table.day.astype(str).tolist() == ["2025-06-03", "2025-06-05"]


def test_an_ambiguous_ticker_names_both(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'000001' may be 000001\.SH or 000001\.SZ"):
        read(tmp_path, "000001.csv", vendors.akshare(BARS).to_csv(index=False))


def test_a_file_that_is_named_for_another_ticker_is_refused(tmp_path: Path) -> None:
    content = vendors.yfinance_download({"AAPL": BARS, "MSFT": OTHER})
    with pytest.raises(DataError, match=r"named for 0700\.HK and holds AAPL, MSFT"):
        read(tmp_path, "0700.HK.csv", content)


def test_two_headings_of_one_column_are_refused(tmp_path: Path) -> None:
    content = BARS.assign(close=BARS["Close"]).to_csv()
    with pytest.raises(DataError, match=r"'Close' and 'close'.*columns"):
        read(tmp_path, "AAPL.csv", content)


def test_a_stray_cell_is_a_bad_row_and_its_line_is_told(tmp_path: Path) -> None:
    lines = BARS.to_csv().splitlines()
    lines[5] = lines[5].replace(lines[5].split(",")[1], "n.m.", 1)
    lines[7] = "soon" + lines[7][10:]
    with pytest.raises(DataError, match=r"AAPL\.csv:6.*n\.m\.") as caught:
        read(tmp_path, "AAPL.csv", "\n".join(lines))
    assert "AAPL.csv:8" in str(caught.value)
    assert len(read(tmp_path, "AAPL.csv", "\n".join(lines), on_bad_row="skip")) == vendors.DAYS - 2


@pytest.mark.parametrize(
    ("spoil", "got"),
    [(lambda line: line[:14], "got 2"), (lambda line: line + ",567", "got 7"), (lambda line: line[:12], "got 2")],
)
@pytest.mark.parametrize("line", [20, 61])
def test_a_row_that_does_not_fit_the_head_is_bad_and_never_read_askew(
    tmp_path: Path, spoil: Callable[[str], str], got: str, line: int
) -> None:
    """Line 61 is the last: a download that was cut."""
    lines = BARS.to_csv().splitlines()
    lines[line - 1] = spoil(lines[line - 1])
    with pytest.raises(DataError, match=rf"AAPL\.csv:{line}: .*expected 6 fields as in the head, {got}"):
        read(tmp_path, "AAPL.csv", "\n".join(lines))
    kept = read(tmp_path, "AAPL.csv", "\n".join(lines), on_bad_row="skip")
    agrees(kept, BARS.drop(BARS.index[line - 2]), "AAPL")


def test_a_cut_line_of_columns_by_ticker_is_refused(tmp_path: Path) -> None:
    content = vendors.yfinance_download({"AAPL": BARS, "MSFT": OTHER})
    with pytest.raises(DataError, match=r"two\.csv:63: expected 11 fields"):
        read(tmp_path, "two.csv", content[: content.rstrip().rindex(",") - 30])


def test_blank_cells_behind_a_row_are_none(tmp_path: Path) -> None:
    head, *rows = BARS.to_csv().splitlines()
    agrees(read(tmp_path, "AAPL.csv", "\n".join([head, *(f"{row},," for row in rows)])), BARS, "AAPL")


def test_a_lie_is_shown_in_its_line_and_a_question_in_the_heads(tmp_path: Path) -> None:
    frame = vendors.akshare(BARS, code="002230")
    swapped = frame.rename(columns={"最高": "成交量", "成交量": "最高"})
    with pytest.raises(DataError, match=r"a\.csv:4: 100% of the rows.*最高 and 成交量 look swapped"):
        read(tmp_path, "a.csv", "科大讯飞\n\n" + swapped.to_csv(index=False))
    with pytest.raises(DataError, match=r"a\.csv:3: .*volume_unit"):
        read(
            tmp_path, "a.csv", "科大讯飞\n\n" + vendors.akshare(BARS, code="002230", in_lots=False).to_csv(index=False)
        )


@pytest.mark.parametrize(
    ("heading", "words"),
    [("收盘(元)", ""), ("收盘(分)", "'收盘.分.' states another"), ("Close (GBp)", "'gbp', which is no unit"),
     ("Close (adj.)", "columns: {close: 'Close .adj..'}")],
)  # fmt: skip
def test_units_of_prices(tmp_path: Path, heading: str, words: str) -> None:
    content = vendors.akshare(BARS, code="002230").rename(columns={"收盘": heading}).to_csv(index=False)
    if not words:
        agrees(read(tmp_path, "a.csv", content), BARS, "002230.SZ")
        return
    with pytest.raises(DataError, match=words):
        read(tmp_path, "a.csv", content)
    if "columns" in words:
        agrees(read(tmp_path, "a.csv", content, columns={"close": heading}), BARS, "002230.SZ")


def test_a_unit_of_volumes_in_brackets(tmp_path: Path) -> None:
    shares = BARS.assign(Volume=BARS["Volume"] / 1000).rename(columns={"Volume": "Volume ('000)"})
    agrees(read(tmp_path, "AAPL.csv", shares.to_csv()), BARS, "AAPL")


@pytest.mark.parametrize("head", [BARS.to_csv(), vendors.akshare(BARS).to_csv(index=False)])
def test_a_known_head_without_rows_is_an_empty_file(tmp_path: Path, head: str) -> None:
    with pytest.raises(DataError, match="a header and no rows"):
        read(tmp_path, "AAPL.csv", head.splitlines()[0] + "\n")


def test_a_head_without_rows_is_named_with_its_line(tmp_path: Path) -> None:
    content = "科大讯飞\n\n" + vendors.akshare(BARS).to_csv(index=False).splitlines()[0]
    with pytest.raises(DataError, match=r"002230\.csv:3: the file has a header and no rows"):
        read(tmp_path, "002230.csv", content)


def test_an_index_is_not_asked_for_its_unit(tmp_path: Path) -> None:
    """Its level is no price of what its volume counts."""
    found = vendors.akshare(BARS).assign(成交额=1e6).to_csv(index=False)
    (tmp_path / "000300.csv").write_text(found)
    known = KnownTickers({"000300.SH": "XSHG"}, ["000300.SH"])
    table = CsvPrices(path=tmp_path / "000300.csv").read(known)
    agrees(table, BARS.assign(Volume=BARS["Volume"] // 100), "000300.SH")
    assert "volume of an index as it is" in notes(table)
    with pytest.raises(DataError, match="volume_unit"):
        CsvPrices(path=tmp_path / "000300.csv").read(KnownTickers({"000300.SH": "XSHG"}))


@pytest.mark.parametrize("packing", ["brotli", "zstd", "lz4", "gzip", "snappy", "none"])
def test_parquet_however_it_is_packed(tmp_path: Path, packing: str) -> None:
    vendors.akshare(BARS, code="002230").to_parquet(tmp_path / "a.parquet", compression=packing)
    agrees(ParquetPrices(path=tmp_path / "a.parquet").read(KNOWN), BARS, "002230.SZ")


@pytest.mark.parametrize("word", ["合计", "Total", "Average"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_totals_below_a_table_are_no_row(tmp_path: Path, word: str, quote: str) -> None:
    content = vendors.akshare(BARS).to_csv(index=False) + f"{quote}{word}{quote}" + ",1" * 10 + "\n"
    table = read(tmp_path, "002230.csv", content)
    agrees(table, BARS, "002230.SZ")
    assert "1 line at the foot passed over" in notes(table)


@pytest.mark.parametrize(
    ("content", "what"),
    [("<!DOCTYPE html>\n<html></html>", "a page of HTML"), ('{"chart": {"result": null}}', "JSON"),
     ('[{"date": "2025-03-06"}]', "JSON")],
)  # fmt: skip
def test_what_a_server_answered_in_place_of_a_table_is_named(tmp_path: Path, content: str, what: str) -> None:
    with pytest.raises(DataError, match=rf"expected a table of prices, this is {what}.*Download it again"):
        read(tmp_path, "AAPL.csv", content)


def in_german(frame: pd.DataFrame) -> pd.DataFrame:
    shown = frame.reset_index(names="Date").astype(object)
    for name in ("Open", "High", "Low", "Close"):
        shown[name] = [f"{price * 100:,.2f}".translate(str.maketrans(",.", ".,")) for price in frame[name]]
    shown["Volume"] = [f"{volume:,}".replace(",", ".") for volume in frame["Volume"]]
    return shown


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_decimal_commas_and_dots_between_thousands(tmp_path: Path, separator: str) -> None:
    prices = {name: (BARS[name] * 100).round(2) for name in ("Open", "High", "Low", "Close")}
    table = read(tmp_path, "AAPL.csv", in_german(BARS).to_csv(sep=separator, index=False))
    agrees(table, BARS.assign(**prices), "AAPL")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_commas_between_thousands_stay_such(tmp_path: Path, separator: str) -> None:
    shown = BARS.assign(Volume=[f"{volume:,}" for volume in BARS["Volume"]])
    agrees(read(tmp_path, "AAPL.csv", shown.to_csv(sep=separator)), BARS, "AAPL")


def test_whole_prices_with_commas_between_tabs_are_thousands(tmp_path: Path) -> None:
    whole = {name: (BARS[name] * 1000).round().astype(int) for name in ("Open", "High", "Low", "Close")}
    shown = BARS.assign(**{name: [f"{price:,}" for price in column] for name, column in whole.items()})
    agrees(read(tmp_path, "AAPL.csv", shown.to_csv(sep="\t")), BARS.assign(**whole), "AAPL")


@pytest.mark.parametrize(
    "name", ["05_AAPL", "AAPL_2024", "AAPL历史数据", "1.AAPL daily (2)", "AAPL.US.txt", "prices-AAPL", "AAPL 1d.csv"]
)
def test_a_ticker_among_the_words_of_a_name(tmp_path: Path, name: str) -> None:
    agrees(read(tmp_path, f"{name}.csv", BARS.to_csv()), BARS, "AAPL")


def test_a_name_of_two_tickers_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the name may mean AAPL or MSFT; say it with `ticker`"):
        read(tmp_path, "AAPL_MSFT.csv", BARS.to_csv())
    agrees(read(tmp_path, "AAPL_MSFT.csv", BARS.to_csv(), ticker="MSFT"), BARS, "MSFT")


@pytest.mark.parametrize(("name", "ticker"), [("SZ#000001.txt", "000001.SZ"), ("SH#000001.txt", "000001.SH")])
def test_a_market_in_front_of_a_code(tmp_path: Path, name: str, ticker: str) -> None:
    agrees(read(tmp_path, name, vendors.akshare(BARS).to_csv(index=False)), BARS, ticker)


def test_a_market_that_nobody_knows_is_not_called_one(tmp_path: Path) -> None:
    (tmp_path / "prices of mine.csv").write_text(BARS.to_csv())
    table = CsvPrices(path=tmp_path / "prices of mine.csv").read()
    assert "volume in shares (of no known market; no amount confirms it)" in notes(table)


OWN = BARS.rename(columns=str.lower)


@pytest.mark.parametrize("form", ["%d-%b-%Y", "%m/%d/%Y", "%b %d, %Y", "%d.%m.%Y"])
def test_newsbts_own_head_above_days_in_another_form(tmp_path: Path, form: str) -> None:
    table = read(tmp_path, "AAPL.csv", OWN.set_axis(BARS.index.strftime(form)).to_csv(index_label="date"))
    agrees(table, BARS, "AAPL")
    assert f"days as {form}" in notes(table)


def test_instants_below_newsbts_own_head_of_days_are_bad_rows(tmp_path: Path) -> None:
    stamps = pd.date_range("2025-03-06 09:30", periods=len(OWN), freq="5min")
    with pytest.raises(DataError, match=r"AAPL\.csv:2: .*which has a time of day"):
        read(tmp_path, "AAPL.csv", OWN.set_axis(stamps).to_csv(index_label="date"))


def test_what_is_no_day_in_any_form_is_a_bad_row_with_its_line(tmp_path: Path) -> None:
    content = OWN.to_csv(index_label="date").replace("2025-01-02", "yesterday")
    with pytest.raises(DataError, match=r"AAPL\.csv:2: .*expected a day such as 2025-03-06, got 'yesterday'"):
        read(tmp_path, "AAPL.csv", content)


@pytest.mark.parametrize(
    ("when", "code"), [("2025-03-06 22:30:00", "naive_time"), ("someday", "unclear_time")], ids=["a zone", "a form"]
)
def test_what_is_asked_has_a_code_of_its_own(tmp_path: Path, when: str, code: str) -> None:
    """By which `newsbt init --from` writes the key of the question into the config."""
    content = f"Date,Open,High,Low,Close,Volume\n{when},1,1,1,1,1\n"
    with pytest.raises(DataError) as caught:
        read(tmp_path, "AAPL.csv", content)
    assert caught.value.problems[0].code == code
