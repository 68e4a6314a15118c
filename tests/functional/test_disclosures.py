"""From a pull to a run, as a user does it: the commands on a project, and sources on the loopback address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from disclosure_servers import HTML_403, Edgar, EdgarCompany, EdgarFiling, LoopbackSite, serving
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
        strategies: [{{name: Follow, use: named_tickers, position: {{hold: 2}}}}]
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
