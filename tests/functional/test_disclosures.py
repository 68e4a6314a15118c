"""From a pull to a run, as a user does it: the commands on a project, and sources on the loopback address."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from disclosure_servers import (
    HTML_403,
    MISSING,
    Cninfo,
    CnNotice,
    Edgar,
    EdgarCompany,
    EdgarFiling,
    Hkex,
    HkNotice,
    LoopbackSite,
    Reply,
    serving,
)
from newsbt.cli import main
from projects import write_project

TABLES = {
    "instruments": """
        ticker, name,    exchange, board, currency, company
        BABA,   Alibaba, XNYS,     main,  USD,      Alibaba
        X,      Steel,   XNYS,     main,  USD,      Steel
        """,
    "prices": "\n".join(
        ["ticker, date, open, high, low, close, volume"]
        + [f"{one}, 2025-05-{day:02}, 10, 11, 9, 10, 100000" for one in ("BABA", "X") for day in (1, 2, 5, 6, 7, 8, 9)]
    ),
}
COMPANIES = (
    EdgarCompany(1, "X", "Steel Corp", filings=[EdgarFiling("0001-25-1", "2025-05-01T16:21:59", items="4.02,9.01")]),
    EdgarCompany(2, "BABA", "Alibaba", False, filings=[
        EdgarFiling("0002-25-1", "2025-05-05T06:30:00", "6-K", "", title="Alibaba Group Announces Share Repurchase"),
    ]),
)  # fmt: skip


def project(
    folder: Path, site: LoopbackSite, source: str = "contact: me@example.com", start: str = "2025-05-01"
) -> Path:
    return write_project(
        folder,
        f"""
        announcements: {{use: store, path: store, sources: {{sec: {{{source}, address: {site.url}, pause: 0}}}}}}
        period: {{start: {start}}}
        baselines: []
        evaluation: {{placebo: 0, bootstrap: 0}}
        strategies: [{{name: Follow, use: named_tickers, params: {{sign: type}}, position: {{hold: 2}}}}]
        """,
        **TABLES,
    )


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    main([*arguments, "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_pull_fills_the_store_and_a_run_trades_it_without_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(Edgar(*COMPANIES)) as site:
        config = project(tmp_path, site)
        (done,) = document(capsys, "events", "pull", str(config))["sources"]
        asked = len(site.asked)
        assert (done["companies"], done["added"], done["problems"]) == (2, 2, [])
        assert main(["run", str(config)]) == 0
        capsys.readouterr()
        assert len(site.asked) == asked, "a run opens no network"
    fills = document(capsys, "show", "last", "--fills", "--runs", str(tmp_path / "runs"))
    entries = [(one["ticker"], one["date"], one["side"]) for one in fills if one["reason"] == "entry"]
    assert entries == [("X", "2025-05-02", "sell"), ("BABA", "2025-05-05", "buy")]


def test_a_run_without_a_store_names_the_pull(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Edgar()) as site:
        config = project(tmp_path, site)
        assert main(["run", str(config)]) == 2
    assert "newsbt events pull CONFIG" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("source", "start", "words"),
    [
        ("headers: true", "2025-05-01", "sources.sec.contact"),
        ("contact: me", "2025-05-01", "expected an address of mail"),
    ],
)
def test_the_sec_is_not_asked_without_a_contact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, start: str, words: str
) -> None:
    with serving(Edgar()) as site:
        assert main(["events", "pull", str(project(tmp_path, site, source, start))]) == 2
        assert site.asked == []
    assert words in capsys.readouterr().err


def test_what_fails_is_named_and_the_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Edgar(*COMPANIES)) as site:
        site.instead["/submissions/CIK0000000001.json"] = [HTML_403]
        config = project(tmp_path, site)
        assert main(["events", "pull", str(config)]) == 1
        shown = capsys.readouterr()
        assert "403" in shown.err and "Steel Corp" in shown.err
        assert "survivors" in shown.out
        assert main(["events", "pull", str(config)]) == 0


def test_a_probe_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Edgar(*COMPANIES)) as site:
        config = project(tmp_path, site)
        assert main(["events", "pull", str(config), "--probe"]) == 0
        assert "2 companies listed" in capsys.readouterr().out
        site.instead["/files/company_tickers_exchange.json"] = [HTML_403]
        assert main(["events", "pull", str(config), "--probe"]) == 1
    assert not (tmp_path / "store").exists()


def test_bad_arguments_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(Edgar()) as site:
        config = project(tmp_path, site)
        assert main(["events", "pull", str(config), "--since", "yesterday"]) == 2
        assert main(["events", "pull", str(config), "--source", "cninfo"]) == 2
        assert main(["events", "pull", str(config), "--set", "announcements={use: csv, path: prices.csv}"]) == 2
    assert "use: store" in capsys.readouterr().err


WORLD = {
    "instruments": """
        ticker,    name,    exchange, board, currency, company
        0700.HK,   Tencent, XHKG,     main,  HKD,      Tencent
        600519.SH, Moutai,  XSHG,     main,  CNY,      Moutai
        X,         Steel,   XNYS,     main,  USD,      Steel
        """,
    "prices": "\n".join(
        ["ticker, date, open, high, low, close, volume"]
        + [f"{one}, 2025-05-{day:02}, 10, 11, 9, 10, 100000"
           for one in ("0700.HK", "600519.SH", "X") for day in (6, 7, 8, 9)]
    ),
    "fx": "pair, date, rate\nUSDHKD, 2025-05-05, 7.8\nCNYHKD, 2025-05-05, 1.08",
}  # fmt: skip
BUYBACK = {"category": "Next Day Disclosure Returns - [Share Buyback]", "category_zh": "翌日披露報表 - [股份購回]"}


def world(path: str, query: dict[str, str]) -> Reply:
    """All three sources as one server."""
    sites = (
        Edgar(EdgarCompany(1, "X", "Steel Corp", filings=[EdgarFiling("0001-25-1", "2025-05-06T16:21:59")])),
        Hkex(HkNotice(5, "2025-05-06 17:35", "Next Day Disclosure Return", "翌日披露報表", zh_id=6, **BUYBACK),
             stocks={"00700": 7609}),
        Cninfo(CnNotice(9, "2025-05-07 00:00", "关于回购公司股份的公告")),
    )  # fmt: skip
    return next((reply for site in sites if (reply := site(path, query)) is not MISSING), MISSING)


def all_three(folder: Path, site: LoopbackSite, terms: str = "true", known: str = "stated") -> Path:
    at = f"address: {site.url}, pause: 0"
    return write_project(
        folder,
        f"""
        announcements:
          use: store
          path: store
          known: {known}
          sources:
            sec: {{contact: me@example.com, {at}}}
            hkexnews: {{terms_read: {terms}, {at}}}
            cninfo: {{terms_read: {terms}, {at}}}
        period: {{start: 2025-05-06, end: 2025-05-09}}
        account: {{currency: HKD}}
        baselines: []
        strategies: [{{name: Follow, use: named_tickers}}]
        """,
        **WORLD,
    )


def test_all_three_sources_by_their_own_instants(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(world) as site:
        config = all_three(tmp_path, site)
        done = document(capsys, "events", "pull", str(config))["sources"]
        assert [(one["source"], one["added"], one["problems"]) for one in done] == [
            ("sec", 1, []), ("hkexnews", 1, []), ("cninfo", 1, [])
        ]  # fmt: skip
        stated = document(capsys, "events", "show", str(config))
        early = document(capsys, "events", "show", str(config), "--set", "announcements.0.known=open")
    found = {one["event_id"]: (one["event_type"], one["first_tradable_at"]) for one in stated}
    assert found == {
        "0001-25-1-2.02": ("results", {"XNYS": "2025-05-07T13:30:00Z"}),
        "hkexnews-5": ("buyback", {"XHKG": "2025-05-07T01:30:00Z"}),
        "cninfo-9": ("buyback", {"XSHG": "2025-05-08T01:30:00Z"}),
    }
    opened = {one["event_id"]: one["first_tradable_at"] for one in early}
    assert opened["cninfo-9"] == {"XSHG": "2025-05-07T01:30:00Z"}


def test_sources_without_an_interface_wait_until_their_terms_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(world) as site:
        config = all_three(tmp_path, site, terms="false")
        assert main(["events", "pull", str(config)]) == 2
        assert site.asked == []
        shown = capsys.readouterr().err
        assert "sources.hkexnews.terms_read: true" in shown and "sources.cninfo.terms_read: true" in shown
        assert main(["events", "pull", str(config), "--source", "sec"]) == 0


def test_events_check_says_what_the_store_holds_of_each_company_and_month(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(world) as site:
        config = all_three(tmp_path, site)
        main(["events", "pull", str(config), "--set", "period.start=2025-03-01"])
        capsys.readouterr()
    rows = document(capsys, "events", "check", str(config))["disclosures"]
    assert [(one["source"], one["company"], one["month"], one["items"], one["gap"]) for one in rows] == [
        (source, company, month, int(month == "2025-05"), "" if month == "2025-05" else "nothing")
        for source, company in (("cninfo", "贵州茅台"), ("hkexnews", "TENCENT"), ("sec", "Steel Corp"))
        for month in ("2025-03", "2025-04", "2025-05")
    ]
    may = {one["source"]: (one["day"], one["unlinked"], one["other"]) for one in rows if one["items"]}
    assert may == {"cninfo": (1.0, 0.0, 0.0), "hkexnews": (0.0, 0.0, 0.0), "sec": (0.0, 0.0, 0.0)}
    assert main(["events", "check", str(config), "--all"]) == 0
    assert "2025-04" in capsys.readouterr().out
    (tmp_path / "instruments.csv").write_text("ticker,name\n0700.HK,Tencent\n")
    unlinked = document(capsys, "events", "check", str(config))["disclosures"]
    assert {one["source"] for one in unlinked if one["unlinked"] == 1.0} == {"cninfo", "sec"}


def test_a_study_of_days_that_are_taken_early_shows_both(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = str(Path(__file__).parents[2] / "configs" / "buybacks.yaml")
    early = ("--set", "announcements.0.known=open", "--group", "event_type")
    found = document(capsys, "study", config, *early)
    both = [{one["name"]: one["windows"][-1]["caar"] for one in study["groups"]} for study in (found, found["stated"])]
    assert both[0]["buyback"] != both[1]["buyback"] and both[0].keys() == both[1].keys()
    assert main(["study", config, *early]) == 0
    shown = capsys.readouterr().out
    assert "known: open" in shown and "known: stated" in shown
    for more, number in (((), "caar"), (("--moves",), "total")):
        assert main(["study", config, *early, "--format", "csv", *more]) == 0
        table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
        told = {(one["known"], one["group"]): one[number] for one in table}
        assert told["open", "buyback"] != told["stated", "buyback"] and len(table) % 2 == 0
    assert "stated" not in document(capsys, "study", config, "--group", "event_type")
