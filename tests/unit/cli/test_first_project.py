"""`newsbt init DIR --from`: a project from downloads, with what is not known marked and what is open asked."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import vendor_tables as vendors
from newsbt.assembly import assemble
from newsbt.cli import main
from newsbt.config.loading import load
from newsbt.markets.calendars import sessions
from newsbt.markets.rulebook import load_rulebook


def bars(mic: str = "XNYS", *, seed: int = 1) -> pd.DataFrame:
    """60 sessions of an exchange."""
    frame = vendors.bars(seed=seed)
    days = sessions(mic, date(2025, 1, 2), date(2025, 6, 30), load_rulebook()).dates
    return frame.set_axis(pd.DatetimeIndex(days[:60].astype("datetime64[ns]"), name="Date"))


def instruments(folder: Path) -> list[dict[str, str]]:
    with (folder / "data" / "instruments.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_first_run_without_news_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "download.csv").write_text(vendors.yfinance_download({"AAPL": bars(), "MSFT": bars(seed=2)}))
    assert main(["init", str(tmp_path / "mine"), "--from", str(tmp_path / "download.csv")]) == 0
    printed = capsys.readouterr().out
    assert "survivors" in printed and "Without news there are no events to ask about" in printed
    assert "Asked" not in printed and "Not known" not in printed
    assert [(row["ticker"], row["exchange"], row["currency"]) for row in instruments(tmp_path / "mine")] == [
        ("AAPL", "XNYS", "USD"), ("MSFT", "XNYS", "USD"),
    ]  # fmt: skip
    config = tmp_path / "mine" / "configs" / "first.yaml"
    assert main(["run", str(config), "--no-report", "--set", "evaluation.bootstrap=0"]) == 0
    assert "What has risen" in capsys.readouterr().out


def test_a_first_run_with_news_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text("Published,Title,Symbol\n2025-02-05T22:00Z,Good,AAPL\n")
    folder = tmp_path / "mine"
    args = ["init", str(folder), "--from", str(tmp_path / "AAPL.csv"), "--news", str(tmp_path / "news.csv")]
    assert main(args) == 0
    assert "Without news" not in capsys.readouterr().out
    assert not (folder / "strategies").exists()
    settings = ["--no-report", "--set", "evaluation.bootstrap=0", "--set", "evaluation.placebo=0"]
    assert main(["run", str(folder / "configs" / "first.yaml"), *settings]) == 0
    printed = capsys.readouterr().out
    assert "Follow the news" in printed and "1 linked" in printed


def test_what_is_open_is_a_commented_key_and_stops_the_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bars().assign(**{"Adj Close": bars()["Close"] * 0.9}).to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text("Date,Headline,Company\n3/6/2025 1:30 AM,Good,Apple\n")
    folder = tmp_path / "mine"
    args = ["init", str(folder), "--from", str(tmp_path / "AAPL.csv"), "--news", str(tmp_path / "news.csv")]
    assert main(args) == 0
    printed = capsys.readouterr().out
    assert (
        "Close stands beside Adj Close" in printed
        and "'3/6/2025 1:30 AM' may be" in printed
        and "has no offset" in printed
    )
    config = folder / "configs" / "first.yaml"
    text = config.read_text(encoding="utf-8")
    assert all(f"    # {key}: " in text for key in ("adjusted", "time_format", "zone"))
    assert main(["run", str(config)]) != 0
    answered = text.replace("# adjusted: true or false", "adjusted: true").replace("# time_format", "time_format")
    config.write_text(answered.replace("# zone:", "zone:"), encoding="utf-8")
    assert load(config).config.prices[0].adjusted is True
    settings = ["--no-report", "--set", "evaluation.bootstrap=0", "--set", "evaluation.placebo=0"]
    assert main(["run", str(config), *settings]) == 0


@pytest.mark.parametrize(
    ("name", "content", "ticker", "exchange"),
    [
        ("a.csv", vendors.akshare(bars("XSHE"), code="002230").to_csv(index=False), "002230.SZ", "XSHE"),
        ("00700.csv", vendors.akshare(bars("XHKG"), in_lots=False).to_csv(index=False), "0700.HK", "XHKG"),
        ("b.csv", vendors.baostock(bars("XSHG"), "sh.600519"), "600519.SH", "XSHG"),
        ("x_600519_day.csv", vendors.akshare(bars("XSHG")).to_csv(index=False), "600519.SH", "XSHG"),
        ("BABA_5min.csv", bars().to_csv(), "BABA", "XNYS"),
    ],
)
def test_tickers_say_their_exchange(tmp_path: Path, name: str, content: str, ticker: str, exchange: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert main(["init", str(tmp_path / "mine"), "--from", str(tmp_path / name)]) == 0
    (row,) = instruments(tmp_path / "mine")
    assert (row["ticker"], row["exchange"]) == (ticker, exchange)


def test_what_a_ticker_does_not_say_is_marked_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """000001 is a share in Shenzhen and an index in Shanghai; lots of Hong Kong are each company's own."""
    frame = pd.concat([vendors.akshare(bars("XSHE"), code=code) for code in ("000001", "002230")])
    frame.to_csv(tmp_path / "a.csv", index=False)
    for name in ("0700.HK.csv", "0005.HK.csv"):
        bars("XHKG").to_csv(tmp_path / name)
    files = [str(tmp_path / "a.csv"), str(tmp_path / "0700.HK.csv"), str(tmp_path / "0005.HK.csv")]
    assert main(["init", str(tmp_path / "mine"), "--from", *files]) == 0
    printed = capsys.readouterr().out
    assert "exchange, board and currency of 000001" in printed and "lot_size of 0005.HK: each" in printed
    assert "orders for these are refused (unknown_lot)" in printed  # the lot of 0700.HK is in the table of rules
    rows = {row["ticker"]: row for row in instruments(tmp_path / "mine")}
    assert (rows["000001"]["exchange"], rows["000001"]["currency"]) == ("?", "?")
    assert rows["0700.HK"]["lot_size"] == ""
    assert "CNY and HKD: where are the rates between them?" in (tmp_path / "mine/configs/first.yaml").read_text()


@pytest.mark.parametrize("args", [["--news", "n.csv"], ["a.csv"]])
def test_files_without_from_are_refused(tmp_path: Path, args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine"), *args]) != 0
    assert "price files are named behind --from" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    assert main(["init", str(tmp_path / "mine"), "--from", str(tmp_path / "a.csv")]) != 0
    assert "a.csv" in capsys.readouterr().err
    assert not (tmp_path / "mine").exists()


def made(folder: Path, *files: Path, news: Path | None = None) -> str:
    """The config of a project for these files."""
    more = [] if news is None else ["--news", str(news)]
    assert main(["init", str(folder), "--from", *map(str, files), *more]) == 0
    return (folder / "configs" / "first.yaml").read_text(encoding="utf-8")


QUICK = ["--no-report", "--set", "evaluation.bootstrap=0", "--set", "evaluation.placebo=0"]


def test_news_of_others_are_left_out_and_counted_and_the_run_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text(
        "Published;Title;Symbol\n2025-02-05T22:00Z;Good;AAPL US\n2025-02-06T22:00Z;Other;600519\n", encoding="utf-16"
    )
    text = made(tmp_path / "mine", tmp_path / "AAPL.csv", news=tmp_path / "news.csv")
    printed = capsys.readouterr().out
    assert "2 announcements, 1 of these instruments" in printed
    assert "1 of 2 rows name tickers without prices here: left out and counted (600519)" in printed
    assert "    on_bad_row: skip\n" in text
    assert main(["run", str(tmp_path / "mine" / "configs" / "first.yaml"), *QUICK]) == 0
    assert "1 unknown ticker" in capsys.readouterr().out


def test_a_bad_time_among_news_of_others_still_stops_the_run(tmp_path: Path) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text(
        "Published,Title,Symbol\n2025-02-05T22:00Z,Good,AAPL\n2025-02-06T22:00Z,Other,600519\n", encoding="utf-8"
    )
    assert "on_bad_row" in made(tmp_path / "mine", tmp_path / "AAPL.csv", news=tmp_path / "news.csv")
    with (tmp_path / "news.csv").open("a") as file:
        file.write("2025-02-07T22:00Z,,AAPL\n")
    assert main(["init", str(tmp_path / "other"), "--from", str(tmp_path / "AAPL.csv"),
                 "--news", str(tmp_path / "news.csv")]) != 0  # fmt: skip


def test_companies_that_no_instrument_is_called_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text("Published,Title,Company\n2025-02-05T22:00Z,Good,Apple Inc.\n")
    made(tmp_path / "mine", tmp_path / "AAPL.csv", news=tmp_path / "news.csv")
    printed = capsys.readouterr().out
    assert "1 announcement, 0 of these instruments" in printed
    assert "`name` or `aliases` of the companies that news call Apple Inc." in printed


def test_two_currencies_are_asked_for_their_rate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    bars("XHKG").to_csv(tmp_path / "0700.HK.csv")
    text = made(tmp_path / "mine", tmp_path / "AAPL.csv", tmp_path / "0700.HK.csv")
    assert "rates of USDHKD (USDHKD is HKD per USD): `fx` in configs/first.yaml" in capsys.readouterr().out
    config = tmp_path / "mine" / "configs" / "first.yaml"
    assert main(["run", str(config), *QUICK]) != 0
    assert "USDHKD" in capsys.readouterr().err
    config.write_text(
        text.replace("# fx: {use: fixed, rates: {USDHKD: ...}}", "fx: {use: fixed, rates: {USDHKD: 7.8}}")
    )
    assert main(["run", str(config), *QUICK]) == 0


def test_a_workbook_with_a_sheet_a_ticker_is_read_sheet_by_sheet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = tmp_path / "book.xlsx"
    with pd.ExcelWriter(book) as writer:
        for seed, name in enumerate(("Notes", "AAPL", "0700.HK")):
            table = pd.DataFrame({"a": [1]}) if name == "Notes" else bars(seed=seed)
            table.to_excel(writer, sheet_name=name, index=name != "Notes")
    text = made(tmp_path / "mine", book)
    assert [row["ticker"] for row in instruments(tmp_path / "mine")] == ["AAPL", "0700.HK"]
    assert '    sheet: "AAPL"\n' in text and '    sheet: "0700.HK"\n' in text
    with pd.ExcelWriter(book, mode="a") as writer:
        bars().to_excel(writer, sheet_name="All")
    capsys.readouterr()
    assert main(["init", str(tmp_path / "other"), "--from", str(book)]) != 0
    assert "say which with `sheet: ...`" in capsys.readouterr().err


def test_a_folder_and_files_of_several_encodings_run_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "prices"
    folder.mkdir()
    vendors.akshare(bars("XSHE"), code="002230").to_csv(folder / "a.csv", index=False, encoding="gb18030")
    vendors.akshare(bars("XSHG", seed=2), code="600519").to_csv(folder / "b.csv", index=False, encoding="utf-8-sig")
    made(tmp_path / "mine", folder)
    assert main(["run", str(tmp_path / "mine" / "configs" / "first.yaml"), *QUICK]) == 0
    assert "2 of 2 tickers priced" in capsys.readouterr().out


def test_a_zone_that_is_asked_for_stops_the_run_also_where_rows_of_others_are_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text("Date,Title,Symbol\n2025-02-05 22:00,Good,AAPL\n2025-02-06 22:00,Other,600519\n")
    text = made(tmp_path / "mine", tmp_path / "AAPL.csv", news=tmp_path / "news.csv")
    assert "has no offset" in capsys.readouterr().out
    config = tmp_path / "mine" / "configs" / "first.yaml"
    assert main(["run", str(config), *QUICK]) != 0
    assert "first.yaml:7: announcements[0]: zone is a name" in capsys.readouterr().err
    config.write_text(text.replace('"?"', "America/New_York"), encoding="utf-8")
    assert main(["run", str(config), *QUICK]) == 0
    assert "1 linked" in capsys.readouterr().out


def test_bars_of_five_minutes_without_a_zone_are_of_the_market_that_the_files_name_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    times = [
        f"{day} {hour:02}:{minute:02}:00"
        for day in ("2025-03-03", "2025-03-04", "2025-03-05")
        for hour, first, last in ((9, 30, 60), (10, 0, 60), (11, 0, 60), (13, 0, 60), (14, 0, 60), (15, 0, 60))
        for minute in range(first, last, 5)
    ]
    frame = pd.DataFrame({"时间": times, "开盘": 10.0, "收盘": 10.1, "最高": 10.2, "最低": 9.9, "成交量": 1000})
    frame.to_csv(tmp_path / "00700_5min.csv", index=False)
    made(tmp_path / "mine", tmp_path / "00700_5min.csv")
    assert "times of Asia/Hong_Kong" in capsys.readouterr().out
    assert main(["run", str(tmp_path / "mine" / "configs" / "first.yaml"), *QUICK]) == 0


def test_news_of_companies_without_tickers_are_followed_in_the_companies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars().to_csv(tmp_path / "AAPL.csv")
    (tmp_path / "news.csv").write_text("Published,Title,Company\n2025-02-05T22:00Z,Good,Apple Inc.\n")
    assert "use: issuer_drift" in made(tmp_path / "mine", tmp_path / "AAPL.csv", news=tmp_path / "news.csv")
    table = tmp_path / "mine" / "data" / "instruments.csv"
    table.write_text(table.read_text().replace("AAPL,,XNYS,main,USD", "AAPL,Apple,,,"))
    capsys.readouterr()
    assert main(["run", str(tmp_path / "mine" / "configs" / "first.yaml"), *QUICK]) == 0
    printed = capsys.readouterr().out
    assert "0 of 1 not linked" in printed and "no signal" not in printed
    assert "exchange of 1 instrument by ticker (XNYS), board" in " ".join(printed.split())


def test_a_file_of_a_folder_that_cannot_be_used_is_named_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "prices"
    folder.mkdir()
    bars().to_csv(folder / "AAPL.csv")
    (folder / "MSFT.csv").write_text("<html>sorry</html>")
    assert main(["init", str(tmp_path / "mine"), "--from", str(folder)]) != 0
    printed = capsys.readouterr().err
    assert "MSFT.csv" in printed and "take these away or mend them" in printed and "is left out" not in printed


def test_headings_of_another_language_between_semicolons_are_named_by_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = {"Date": "Datum", "Open": "Eröffnung", "High": "Hoch", "Low": "Tief", "Close": "Schluss", "Volume": "Stück"}
    frame = bars().reset_index()
    frame["Date"] = frame["Date"].dt.strftime("%d.%m.%Y")
    frame.rename(columns=words).to_csv(tmp_path / "AAPL.csv", sep=";", decimal=",", index=False)
    news = "Wann;Was;Wer\n05.02.2025 22:00+01:00;Gut;AAPL\n"
    (tmp_path / "news.csv").write_text(news.replace("05.02.2025 ", "2025-02-05T"), encoding="utf-8")
    args = ["init", str(tmp_path / "mine"), "--from", str(tmp_path / "AAPL.csv"), "--news", str(tmp_path / "news.csv")]
    assert main(args) != 0
    shown = capsys.readouterr().err
    assert "name each heading with `columns: {date: ...}`" in shown and "`--column close=Settlement`" in shown
    named = [word for english, german in words.items() for word in ("--column", f"{english.lower()}={german}")]
    assert main(["data", "show", str(tmp_path / "AAPL.csv"), *named]) == 0
    assert "60" in capsys.readouterr().out
    assert main([*args, *named]) != 0
    assert "`--news-column headline=Caption`" in capsys.readouterr().err
    asked = [word for one in ("published_at=Wann", "headline=Was", "tickers=Wer") for word in ("--news-column", one)]
    assert main([*args, *named, *asked]) == 0
    (reader,) = (components := assemble(load(tmp_path / "mine" / "configs" / "first.yaml"))).readers
    assert [(one.headline, one.tickers) for one in reader.read().announcements] == [("Gut", ("AAPL",))]
    assert components.prices[0].read(None).rows_read == 60


@pytest.mark.parametrize("pair", ["date", "=Datum", "date="])
def test_a_heading_that_is_no_pair_is_refused(tmp_path: Path, pair: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path / "mine"), "--from", "a.csv", "--news-column", pair]) == 2
    assert f"--news-column: expected NAME=SOURCE, got '{pair}'" in capsys.readouterr().err
    assert main(["init", str(tmp_path / "mine"), "--column", "date=Datum"]) == 2
    assert "behind --from" in capsys.readouterr().err


def test_headlines_under_headings_of_another_language_are_read_by_the_rules(tmp_path: Path) -> None:
    bars().to_csv(tmp_path / "NVDA.csv")
    (tmp_path / "news.csv").write_text("Wann,Was\n2025-02-05 16:30 EST,Nvidia unveils a chip\n")
    args = ["init", str(tmp_path / "mine"), "--from", str(tmp_path / "NVDA.csv"), "--news", str(tmp_path / "news.csv")]
    assert main([*args, "--news-column", "published_at=Wann", "--news-column", "headline=Was"]) == 0
    text = (tmp_path / "mine" / "configs" / "first.yaml").read_text(encoding="utf-8")
    assert 'map: {columns: {headline: "Was", published_at: "Wann"}}' in text


def test_rows_of_many_tickers_in_a_column_that_nobody_knows_are_told_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.concat([bars().assign(Papier="AAPL"), bars(seed=2).assign(Papier="MSFT")])
    frame.to_csv(tmp_path / "SPY.csv")
    args = ["init", str(tmp_path / "mine"), "--from", str(tmp_path / "SPY.csv")]
    assert main(args) == 0
    shown = capsys.readouterr().out
    assert "SPY.csv: rows that cannot be used (duplicate 60); `newsbt check" in shown and "A run stops until" in shown
    assert main(["check", str(tmp_path / "mine" / "configs" / "first.yaml")]) == 2
    named = "as all rows are of what the file is named; name a column of tickers with `columns: {ticker: ...}`"
    assert named in capsys.readouterr().err
    assert main([*args[:1], str(tmp_path / "other"), *args[2:], "--column", "ticker=Papier"]) == 0
    assert "cannot be used" not in capsys.readouterr().out


def test_headlines_that_name_no_issuer_are_read_by_the_rules(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars().to_csv(tmp_path / "NVDA.csv")
    (tmp_path / "news.csv").write_text(
        "Published,Title\n2025-02-05 16:30 EST,Nvidia unveils Blackwell Ultra chip\n2025-02-06 16:30 EST,Quiet day\n"
    )
    text = made(tmp_path / "mine", tmp_path / "NVDA.csv", news=tmp_path / "news.csv")
    assert "use: mapped" in text and '{headline: "Title", published_at: "Published"}' in text
    assert "use: issuer_drift" in text
    assert "2 headlines without an issuer" in (printed := capsys.readouterr().out) and "1 announce something" in printed
    (reader,) = assemble(load(tmp_path / "mine" / "configs" / "first.yaml")).readers
    assert [(one.issuer, one.event_type) for one in reader.read().announcements] == [("Nvidia", "product_launch")]


def test_headlines_without_a_zone_ask_for_it(tmp_path: Path) -> None:
    bars().to_csv(tmp_path / "NVDA.csv")
    (tmp_path / "news.jsonl").write_text('{"title": "Nvidia unveils a chip", "published": "2025-02-05 16:30"}\n')
    text = made(tmp_path / "mine", tmp_path / "NVDA.csv", news=tmp_path / "news.jsonl")
    assert "use: mapped" in text and "# zone: Asia/Hong_Kong" in text


def test_what_an_unknown_exchange_lacks_is_said_before_the_run_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bars("XHKG").to_csv(tmp_path / "7777.T.csv")
    assert main(["init", str(tmp_path / "mine"), "--from", str(tmp_path / "7777.T.csv")]) == 0
    printed = capsys.readouterr().out
    assert "of 7777.T: a run stops until they are filled in" in printed and "rule file" in printed
    assert "A run stops until the above is answered. Then try:" in printed
    config = tmp_path / "mine" / "configs" / "first.yaml"
    assert "# execution: {market_rules: ../rules.yaml}" in config.read_text(encoding="utf-8")
    assert main(["run", str(config)]) == 2


@pytest.mark.parametrize(
    ("name", "ticker"),
    [("7777.T_5m", "7777.T"), ("SHOP.TO daily", "SHOP.TO"), ("SAP.DE", "SAP.DE"), ("prices v1.x", "prices v1.x"),
     ("SAP.DE_SIE.DE", "SAP.DE_SIE.DE")],
)  # fmt: skip
def test_a_file_is_of_the_ticker_of_another_market_that_its_name_says(tmp_path: Path, name: str, ticker: str) -> None:
    bars("XHKG").to_csv(tmp_path / f"{name}.csv")
    assert main(["init", str(tmp_path / "mine"), "--from", str(tmp_path / f"{name}.csv")]) == 0
    assert [row["ticker"] for row in instruments(tmp_path / "mine")] == [ticker]
