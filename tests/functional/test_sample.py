"""The bundled sample is what its README says: made by the script beside it, complete, and dated throughout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

DATA = Path(__file__).resolve().parents[2] / "data"
# Names in relations that have no listing in the universe: unlisted labs, public bodies, and models.
UNLISTED = {
    *("OpenAI", "Anthropic", "DeepSeek", "Moonshot AI", "ByteDance", "StepFun", "xAI", "Mistral AI", "Manus"),
    *("Butterfly Effect", "Huawei", "State Council of China"),
    *("US Commerce Department (BIS)", "Cyberspace Administration of China"),
    *("R1", "DeepSeek-V3", "DeepSeek-V3.1", "DeepSeek-V4", "Qwen", "QwQ", "Wan", "ERNIE", "Hunyuan", "Yuanbao"),
    *("SenseNova", "Spark (iFlytek)", "Kling", "MiMo", "LongCat", "GLM", "MiniMax-M2", "Skywork", "Kimi", "Doubao"),
    *("Seedance", "Step", "GPT", "o1", "Sora", "Claude", "Gemini", "Llama", "Grok", "Mistral"),
}
UNLISTED_ISSUERS = {
    *("OpenAI", "Anthropic", "DeepSeek", "Moonshot AI", "ByteDance", "StepFun", "xAI", "Mistral AI", "Manus"),
    *("US Commerce Department (BIS)", "Cyberspace Administration of China", "State Council of China"),
    *("State Administration for Market Regulation (China)", "Government of China", "Government of the United States"),
}


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def instruments() -> pd.DataFrame:
    return table("universe/instruments.csv").set_index("ticker")


def is_day(text: str) -> bool:
    return date.fromisoformat(text).isoformat() == text


# The script


def test_the_script_makes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(DATA / "make_sample.py"), "--out", str(tmp_path)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.csv")}
    assert len(made) > 40
    for name, content in made.items():
        assert (DATA / name).read_bytes() == content, name
    kept = {path.relative_to(DATA) for path in (DATA / "prices").glob("*.csv")}
    assert kept | {Path("fx.csv")} == set(made)


def test_the_script_of_the_disclosures_makes_the_committed_files(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, str(DATA / "make_disclosures.py"), "--out", str(tmp_path)],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "4711", "TZ": "America/New_York", "PYTHONDONTWRITEBYTECODE": "1"},
    )
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(DATA / "buybacks") for path in (DATA / "buybacks").rglob("*") if path.is_file()}
    assert set(made) == kept
    for name, content in made.items():
        assert (DATA / "buybacks" / name).read_bytes() == content, name


def test_wherever_the_made_up_effect_is_shown_it_is_said_to_be_made_up() -> None:
    notice = (DATA / "buybacks" / "prices" / "NOTICE.txt").read_text(encoding="utf-8").splitlines()[0]
    config = (DATA.parent / "configs" / "buybacks.yaml").read_text(encoding="utf-8").splitlines()[0]
    assert "made up" in notice and "MADE UP" in config and "effect" in notice and "effect" in config


def test_the_sample_is_small_and_plain_text() -> None:
    files = [path for path in DATA.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 6_000_000
    for path in files:
        assert b"\r" not in path.read_bytes(), path
        path.read_text(encoding="utf-8")


# Announcements, universe, relations


def test_announcements_are_complete_and_carry_an_offset() -> None:
    rows = table("announcements/ai_releases.csv")
    assert len(rows) == 149
    assert rows["event_id"].is_unique
    assert set(rows["time_precision"]) == {"minute", "hour", "day"}
    assert all(datetime.fromisoformat(text).tzinfo is not None for text in rows["published_at"])
    flagship = rows.set_index("event_id").loc["2025-03-06-alibaba-qwq-32b"]
    assert flagship["published_at"] == "2025-03-06T03:00:00+08:00"
    assert flagship["rivals"].split(";") == ["DeepSeek R1", "OpenAI o1", "OpenAI o1-mini"]


def test_every_issuer_is_a_listing_or_known_to_be_unlisted(instruments: pd.DataFrame) -> None:
    names = {name.casefold() for name in [*instruments.index, *instruments["name"], *instruments["company"]] if name}
    names |= {alias.casefold() for text in instruments["aliases"] for alias in text.split(";")}
    unknown = {issuer for issuer in table("announcements/ai_releases.csv")["issuer"] if issuer.casefold() not in names}
    assert unknown == UNLISTED_ISSUERS


def test_instruments_follow_the_contract(instruments: pd.DataFrame) -> None:
    assert instruments.index.is_unique
    assert set(instruments["board"]) <= {"main", "main_st", "star", "chinext", "bjse", "adr", "etf", "index"}
    for column in ("sector_index", "proxy"):
        assert set(instruments[column]) - {""} <= set(instruments.index)
    hong_kong = instruments[instruments.index.str.endswith(".HK")]
    assert (hong_kong["lot_size"].astype(int) > 0).all()
    assert (hong_kong["lot_source"] != "").all() and (hong_kong["lot_source"] == "assumed").any()
    assert instruments.loc["9988.HK", ["lot_size", "company"]].tolist() == ["100", "Alibaba Group"]
    assert instruments.loc["BABA", "company"] == "Alibaba Group"
    assert instruments.loc[["^HSTECH", "^HSI"], "proxy"].tolist() == ["3033.HK", "2800.HK"]
    assert set(instruments.loc[instruments["currency"].eq("CNY") & instruments["board"].ne("index"), "shortable"]) == {
        "false"
    }


def test_names_mean_one_company(instruments: pd.DataFrame) -> None:
    owner: dict[str, str] = {}
    for ticker, row in instruments.iterrows():
        company = row["company"] or ticker
        for name in {str(ticker), row["name"], row["company"], *row["aliases"].split(";")} - {""}:
            assert owner.setdefault(name.casefold(), company) == company, name


def test_every_relation_is_dated_and_points_somewhere(instruments: pd.DataFrame) -> None:
    rows = table("universe/relations.csv")
    assert not rows.duplicated(["subject", "relation", "object"]).any()
    known = set(instruments.index) | UNLISTED
    listed = instruments["listed_on"]
    for row in rows.to_dict("records"):
        assert {row["subject"], row["object"]} <= known, row
        assert row["relation"] in {
            *("rival_of", "supplier_of", "customer_of", "investor_in", "model_of", "peer_of", "affects")
        }
        assert is_day(row["from"]), row
        assert row["effect"] in {"", "1", "-1"}
        assert "from: " in row["note"], row
        for name in (row["subject"], row["object"]):
            assert listed.get(name, "") <= row["from"], row


def test_a_relation_read_from_a_move_starts_the_day_after() -> None:
    rows = table("universe/relations.csv")
    checked = 0
    for row in rows[rows["note"].str.contains("from: the day after")].to_dict("records"):
        reason = row["note"].split("from: ")[1]
        moved = re.findall(r"\d{4}-\d\d-\d\d", reason)
        if not moved:
            written = re.search(r"\d{1,2} [A-Z][a-z]+ \d{4}", row["note"])
            if written is None:  # "after V4", whose moves are pinned to 24 April 2026 in the notes beside it
                assert "V4" in row["note"] and row["from"] == "2026-04-25", row
                continue
            moved = [pd.Timestamp(written.group()).date().isoformat()]
        assert date.fromisoformat(row["from"]) - date.fromisoformat(moved[-1]) == timedelta(days=1), row
        checked += 1
    assert checked > 30
    flagship = rows[rows["object"].isin(["002315.SZ", "300663.SZ"])]
    assert (flagship["from"] > "2025-03-06").all() and len(flagship) == 5


def test_every_membership_is_dated_and_none_is_missing(instruments: pd.DataFrame) -> None:
    rows = table("universe/memberships.csv")
    pairs = {(ticker, theme) for ticker, text in instruments["themes"].items() for theme in text.split(";")}
    assert set(zip(rows["ticker"], rows["theme"], strict=True)) == pairs
    assert not rows.duplicated(["ticker", "theme"]).any()
    assert rows["from"].map(is_day).all()
    assert (rows["from"] >= rows["ticker"].map(instruments["listed_on"])).all()
    assert (rows.loc[rows["theme"] == "chinese_ai", "from"] >= "2023-02-07").all()
    assert (rows.loc[rows["theme"] == "deepseek_concept", "from"] >= "2025-02-01").all()


def test_the_flagship_finds_its_names_before_it_happens() -> None:
    prices = {path.stem for path in (DATA / "prices").glob("*.csv")}
    rows = table("universe/memberships.csv")
    # The announcement is known in the evening of 5 March, UTC.
    theme = rows[(rows["theme"] == "chinese_ai") & (rows["from"] <= "2025-03-05")]["ticker"]
    priced = {ticker for ticker in theme if ticker in prices}
    assert {"0700.HK", "9988.HK", "9888.HK", "3690.HK", "1024.HK", "002315.SZ", "300663.SZ", "BABA"} <= priced
    assert set(theme) - priced == {"930713.CSI"}
