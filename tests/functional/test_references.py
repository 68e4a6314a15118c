"""What announcements refer to: whatever they are read from, four commands count the same references and say why."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import newsbt
from newsbt.cli import main
from projects import write_project

CONFIG = """
account: {cash: 100000, currency: HKD}
strategies: [{name: S, use: issuer_drift, params: {sign: one}}]
baselines: []
evaluation: {placebo: 0, bootstrap: 0, periods_per_year: 250}
"""
INSTRUMENTS = """
    ticker, name, exchange, board, currency, aliases, lot_size
    1.HK, Harbor, XHKG, main, HKD, , 100
    2.HK, Kestrel Energy, XHKG, main, HKD, Kestrel, 100
    3.HK, Kestrel Motors, XHKG, main, HKD, Kestrel, 100
"""
PRICES = "ticker, date, open, high, low, close, volume\n" + "\n".join(
    f"{ticker}.HK, 2025-03-{day:02d}, 10, 10, 10, 10, 1000000" for ticker in (1, 2, 3) for day in (3, 4, 5, 6, 7)
)
SAID = "2 of 3 not linked: 1 ambiguous issuer, 1 unknown issuer"
WHY = {"unknown_issuer": 1, "ambiguous_issuer": 1}
AT = "2025-03-05T00:00:00Z"
ISSUERS = ("Harbor", "Kestrel", "OpenAI")  # one company, one of two, none
ROWS = [
    {"event_id": f"e{k}", "published_at": AT, "event_type": "model_release", "issuer": issuer, "headline": "News"}
    for k, issuer in enumerate(ISSUERS)
]
TITLES = [f"{issuer} releases a new large language model" for issuer in ISSUERS]


def csv(folder: Path) -> dict[str, Any]:
    pd.DataFrame(ROWS).to_csv(folder / "news.csv", index=False)
    return {"use": "csv", "path": "news.csv"}


def jsonl(folder: Path) -> dict[str, Any]:
    (folder / "news.jsonl").write_text("\n".join(map(json.dumps, ROWS)))
    return {"use": "jsonl", "path": "news.jsonl"}


def parquet(folder: Path) -> dict[str, Any]:
    pd.DataFrame(ROWS).to_parquet(folder / "news.parquet")
    return {"use": "parquet", "path": "news.parquet"}


def articles(folder: Path) -> dict[str, Any]:
    (folder / "articles").mkdir()
    for k, title in enumerate(TITLES):
        (folder / "articles" / f"a{k}.txt").write_text(f"{title}\nPublished: {AT}\n\nIt is out.")
    return {"use": "articles", "path": "articles"}


def rss(folder: Path) -> dict[str, Any]:
    pytest.importorskip("feedparser")
    date = "Wed, 05 Mar 2025 00:00:00 GMT"
    items = "".join(
        f"<item><title>{title}</title><guid>g{k}</guid><pubDate>{date}</pubDate></item>"
        for k, title in enumerate(TITLES)
    )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>W</title>{items}</channel></rss>'
    (folder / "feed.xml").write_text(feed)
    return {"use": "rss", "path": "feed.xml"}


def alpaca(folder: Path) -> dict[str, Any]:
    news = [{"id": k, "headline": title, "created_at": AT} for k, title in enumerate(TITLES)]
    (folder / "news.json").write_text(json.dumps({"news": news}))
    return {"use": "alpaca", "path": "news.json"}


def gdelt(folder: Path) -> dict[str, Any]:
    found = [
        {"title": title, "seendate": "20250305T000000Z", "url": f"https://x.org/{k}"} for k, title in enumerate(TITLES)
    ]
    (folder / "answer.json").write_text(json.dumps({"articles": found}))
    return {"use": "gdelt", "path": "answer.json"}


def mapped(folder: Path) -> dict[str, Any]:
    pd.DataFrame(ROWS).to_csv(folder / "vendor.csv", index=False)
    columns = {"item_id": "event_id", "published_at": "published_at", "headline": "headline"}
    columns |= {"issuer": "issuer", "event_type": "event_type"}
    (folder / "map.yaml").write_text(yaml.safe_dump({"columns": columns}))
    return {"use": "mapped", "path": "vendor.csv", "map": "map.yaml"}


def project(folder: Path, reader: dict[str, Any], instruments: str = INSTRUMENTS) -> None:
    path = write_project(folder, CONFIG, instruments=instruments, prices=PRICES)
    config = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**config, "announcements": [reader]}))


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("source", [csv, jsonl, parquet, articles, rss, alpaca, gdelt, mapped])
def test_four_commands_count_the_same_references_of_every_source(
    source: Callable[[Path], dict[str, Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One announcement of a company, one of a name that two companies have, one of a name that none has."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    project(tmp_path, source(tmp_path))
    checked = json.loads(printed(capsys, "check", "config.yaml", "--json"))
    assert (checked["counts"]["announcements"], checked["not_linked"]) == (3, WHY)
    found = json.loads(printed(capsys, "events", "check", "config.yaml", "--json"))
    assert (found["announcements"], found["not_linked"]) == (3, WHY)
    counted = {one["kind"]: (one["name"], one["count"]) for one in found["findings"] if one["kind"] in WHY}
    assert counted == {"unknown_issuer": ("OpenAI", 1), "ambiguous_issuer": ("Kestrel", 1)}
    for command in (
        ["check", "config.yaml"],
        ["events", "check", "config.yaml"],
        ["run", "config.yaml", "--runs", "r"],
    ):
        text = printed(capsys, *command)
        assert SAID in text, command
        assert "Kestrel Energy, Kestrel Motors (2.HK, 3.HK)" in text, command
    assert SAID in printed(capsys, "show", "last", "--events", "--runs", "r")
    document = json.loads(printed(capsys, "show", "last", "--json", "--runs", "r"))
    assert (document["counts"]["announcements"], document["not_linked"]) == (3, WHY)
    assert {(one["reason"], one["name"], one["count"]) for one in document["unused"]} == {
        ("unknown_issuer", "OpenAI", 1), ("ambiguous_issuer", "Kestrel", 1),
    }  # fmt: skip
    rows = json.loads(printed(capsys, "show", "last", "--events", "--json", "--runs", "r"))
    assert sorted((row["ticker"] or "", row["refused_reason"] or "") for row in rows) == [
        ("", "ambiguous_issuer"), ("", "unknown_issuer"), ("1.HK", ""),
    ]  # fmt: skip


def test_a_frame_counts_as_its_file_does(tmp_path: Path) -> None:
    project(tmp_path, csv(tmp_path))
    result = newsbt.run(tmp_path / "config.yaml", announcements=pd.DataFrame(ROWS))
    assert result.summary.not_linked == WHY


def test_an_ambiguous_name_is_explained_as_it_is_linked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    project(tmp_path, csv(tmp_path))
    (tmp_path / "item.json").write_text(json.dumps({**ROWS[1], "event_id": "new"}))
    text = printed(capsys, "explain", "item.json", "--config", "config.yaml")
    assert "stands for Kestrel Energy, Kestrel Motors (2.HK, 3.HK)" in text
    assert "It is not linked: ambiguous issuer." in text


@pytest.mark.parametrize("source", [mapped, alpaca])
def test_tickers_that_no_instrument_has_are_counted_with_the_nearest_right_one(
    source: Callable[[Path], dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """What vendors write HKEX:1 or 0001 is 1.HK; what is left of other items links by its issuer, if at all."""
    monkeypatch.chdir(tmp_path)
    reader = source(tmp_path)
    tickers = (["0001", "HKEX:1"], ["1.HKX"], ["ZZZZ"])
    if source is mapped:
        frame = pd.DataFrame([{**row, "codes": ";".join(codes)} for row, codes in zip(ROWS, tickers, strict=True)])
        frame.to_csv(tmp_path / "vendor.csv", index=False)
        known = yaml.safe_load((tmp_path / "map.yaml").read_text())
        (tmp_path / "map.yaml").write_text(yaml.safe_dump({"columns": {**known["columns"], "tickers": "codes"}}))
    else:
        news = json.loads((tmp_path / "news.json").read_text())["news"]
        changed = [{**one, "symbols": codes} for one, codes in zip(news, tickers, strict=True)]
        (tmp_path / "news.json").write_text(json.dumps({"news": changed}))
    project(tmp_path, reader)
    checked = json.loads(printed(capsys, "check", "config.yaml", "--json"))
    assert checked["not_linked"] == {"unknown_ticker": 2}
    named = {one["name"]: one["message"] for one in checked["unused"]}
    assert set(named) == {"1.HKX", "ZZZZ"}
    assert named["1.HKX"].endswith("did you mean '1.HK'?")
    assert "did you mean" not in named["ZZZZ"]
    assert json.loads(printed(capsys, "events", "check", "config.yaml", "--json"))["counts"]["unknown_ticker"] == 2


def test_a_row_that_is_skipped_for_its_tickers_is_counted_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pd.DataFrame([{**ROWS[0], "tickers": "1.hk;1.HKX;9999.HK"}, {**ROWS[0], "event_id": "good"}]).to_csv("news.csv")
    project(tmp_path, {"use": "csv", "path": "news.csv", "on_bad_row": "skip"})
    checked = json.loads(printed(capsys, "check", "config.yaml", "--json"))
    assert checked["drops"]["events"] == {"unknown_ticker": 1}
    assert [(one["reason"], one["name"]) for one in checked["unused"]] == [
        ("unknown_ticker", "1.HKX"), ("unknown_ticker", "9999.HK"),
    ]  # fmt: skip
    assert (checked["counts"]["announcements"], checked["not_linked"]) == (1, {})


def test_an_issuer_that_only_the_linker_knows_is_resolved(tmp_path: Path) -> None:
    """It links OpenAI to 1.HK and nothing else: Harbor, which everybody knows, is what is not linked."""
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\nfrom newsbt.domain.link import Link\n\n\n"
        "@dataclass(frozen=True)\nclass Mine:\n"
        "    def linking(self, universe, hops):\n        return self\n\n"
        "    def link(self, item, on):\n"
        "        return [Link(0, 'issuer', 0, 1.0, ())] if item.issuer == 'OpenAI' else []\n"
    )
    project(tmp_path, csv(tmp_path))
    result = newsbt.run(tmp_path / "config.yaml", overrides={"linker": {"use": "mine.py:Mine"}})
    assert result.summary.not_linked == {"no_link": 1, "ambiguous_issuer": 1}
    assert [one.name for one in result.summary.unused] == ["Kestrel"]
    assert result["S"].fills["ticker"].tolist() == ["1.HK"]


def test_listings_of_one_name_are_one_company(tmp_path: Path) -> None:
    """Three listings called Harbor, no company given: the news is linked to all three, each bought at 10 with 5 % of
    100,000: 500 shares in lots of 100."""
    listed = INSTRUMENTS.replace("Kestrel Energy", "Harbor").replace("Kestrel Motors", "harbor")
    project(tmp_path, csv(tmp_path), listed.replace("Kestrel,", ","))
    result = newsbt.run(tmp_path / "config.yaml")
    fills = result["S"].fills
    assert fills["ticker"].tolist() == ["1.HK", "2.HK", "3.HK"]
    assert fills["quantity"].tolist() == [500, 500, 500]
    assert result.summary.not_linked == {"unknown_issuer": 2}


def test_what_is_read_and_not_used_is_counted_and_named_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A label of no event, a relation that leads nowhere, one to a name of two companies, a pair of rates that nothing
    needs, a text that announces nothing, prices of no instrument."""
    monkeypatch.chdir(tmp_path)
    reader = articles(tmp_path)
    (tmp_path / "articles" / "opinion.txt").write_text(f"How to cook rice\nPublished: {AT}\n\nWith water.")
    (tmp_path / "labels.csv").write_text("event_id,sentiment\na0,0.5\nnobody,1\n")
    project(tmp_path, reader)
    config = yaml.safe_load(Path("config.yaml").read_text())
    config["announcements"].append({"use": "labels", "path": "labels.csv", "made_by": "x", "cutoff": None})
    config["universe"]["relations"] = "relations.csv"
    config["fx"] = {"use": "fixed", "rates": {"EURJPY": 160.0}}
    Path("config.yaml").write_text(yaml.safe_dump(config))
    Path("relations.csv").write_text(
        "subject,relation,object,from\nHarbor,rival_of,Nobody,2020-01-01\nHarbor,peer_of,Kestrel,2020-01-01\n"
    )
    Path("prices.csv").write_text(Path("prices.csv").read_text() + "9.HK,2025-03-03,1,1,1,1,1\n")
    checked = json.loads(printed(capsys, "check", "config.yaml", "--json"))
    assert checked["drops"] == {
        "events": {"announces_nothing": 1},
        "labels": {"unknown_event": 1},
        "prices of tickers that are no instruments": {"9.HK": 1},
        "fx": {"unused_pair": 1},
        "relations": {"dead_end": 1, "ambiguous_object": 1},
    }
    assert [(one["source"], one["name"]) for one in checked["unused"] if one["source"] != "events"] == [
        ("labels", "nobody"), ("relations", "Nobody"), ("relations", "Kestrel"), ("fx", "EURJPY"),
    ]  # fmt: skip
