"""`newsbt audit`, `study` and `show --by`, `--decay` on the bundled sample."""

from __future__ import annotations

import csv
import io
import json
from itertools import pairwise
from pathlib import Path

import pytest

from newsbt.analysis.event_study.prepared_study import MOST_DAYS
from newsbt.cli import main

CONFIG = Path(__file__).parents[2] / "configs" / "rival_release.yaml"
SHORT = ["--set", "period.start=2025-01-02", "--set", "period.end=2025-04-30"]
HALF_A_YEAR = ["--set", "period.start=2025-01-02", "--set", "period.end=2025-06-30"]


def printed(capsys: pytest.CaptureFixture[str], *args: str) -> str:
    assert main(list(args)) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def test_audit_of_the_sample(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("audit", str(CONFIG), *HALF_A_YEAR, "--cuts", "3", "--placebo", "20", "--json")
    text = printed(capsys, *asked)
    document = json.loads(text)
    assert [one["name"] for one in document["strategies"]] == [
        "Buy on rival release", "Follow the issuer", "Sector index",
    ]  # fmt: skip
    for one in document["strategies"]:
        assert one["look_ahead"] is False and one["first_difference"] is None
        assert one["proof"]["decisions"] > 0 and one["proof"]["futures"] > 0
        assert set(one["placebo"]["kinds"]) == {"instants", "tickers", "signs"}
        instants = one["placebo"]["kinds"]["instants"]
        assert one["placebo"]["p"] >= instants["least_p"] and one["placebo"]["m"] == instants["weeks"] - 1 >= 20
        assert one["placebo"]["kinds"]["signs"]["reason"]
        assert one["detection_floor"]["total_return"] > 0
        assert one["confounders"]["confounded_events"] <= one["confounders"]["traded_events"]
    assert printed(capsys, *asked) == text


def test_study_of_the_sample(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    narrow = printed(capsys, "study", str(CONFIG))
    (head,) = [line for line in narrow.splitlines() if line.startswith("Group") and "CAAR" in line]
    assert "KP p" in head and "GRANK p" not in head
    assert "GRANK p, Wilcoxon p" in " ".join(narrow.partition("Not shown for want of room:")[2].split())
    assert max(map(len, narrow.splitlines())) <= 80
    monkeypatch.setenv("COLUMNS", "120")
    shown = printed(capsys, "study", str(CONFIG), "--least", "10")
    assert "model_release, rival_of" in shown and "How much of the move could be traded" in shown
    document = json.loads(printed(capsys, "study", str(CONFIG), "--json", "--group", "relation"))
    assert {group["name"] for group in document["groups"]} >= {"issuer", "sector_index", "rival_of"}
    for group in document["groups"]:
        assert group["pairs"] >= 3 and len(group["tests"]) > 100
        assert {"kp_bmp", "grank", "holm"} <= set(group["windows"][0]["p"])
        for move in group["moves"]:
            parts = sum(move[part] for part in ("gap", "latency", "locked", "tradable"))
            assert parts == pytest.approx(move["total"])
    assert "clusters" in document["groups"][0] and document["model"] == "market"


@pytest.mark.parametrize("model", ["market_adjusted", "mean_adjusted", "sector"])
def test_other_models(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--model", model, "--group", "all", "--window", "0,1", "--json"]
    document = json.loads(printed(capsys, "study", str(CONFIG), *options))
    assert document["model"] == model and document["window"] == [0, 1]
    assert document["groups"][0]["n"] > 20


def test_factors_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    prices = list(csv.DictReader(io.StringIO((CONFIG.parents[1] / "data/prices/^HSI.csv").read_text())))
    lines = [
        f"{row['date']},{float(row['close']) / float(before['close']) - 1:.6f}" for before, row in pairwise(prices)
    ]
    (tmp_path / "factors.csv").write_text("\n".join(["date,market", *lines]) + "\n")
    options = ["--model", "factors", "--factors", str(tmp_path / "factors.csv"), "--group", "market"]
    document = json.loads(printed(capsys, "study", str(CONFIG), *options, "--json"))
    assert next(group for group in document["groups"] if group["name"] == "XHKG")["n"] > 10


def test_study_as_csv(capsys: pytest.CaptureFixture[str]) -> None:
    windows = printed(capsys, "study", str(CONFIG), "--group", "signals", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(windows)))
    assert {row["group"] for row in rows} >= {"Buy on rival release: long"} and "p_holm" in rows[0]
    moves = printed(capsys, "study", str(CONFIG), "--group", "signals", "--format", "csv", "--moves")
    assert "tradable" in next(csv.reader(io.StringIO(moves)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--window", "3,1"], "expected two days such as -1,3"),
        (["--window", "x"], "expected two days such as -1,3"),
        (["--window", "-9999999999,3"], "expected days at most 2,520 sessions from day 0"),
        (["--window", "0,2521"], "expected days at most 2,520 sessions from day 0"),
        (["--model", "factors"], "--model factors and --factors FILE go together"),
        (["--market", "^HSIT"], "'^HSIT' is no instrument of the universe"),
        (["--estimation", "2"], "2"),
        (["--estimation", f"{MOST_DAYS + 1}"], f"{MOST_DAYS}"),
        (["--gap", f"{MOST_DAYS + 1}"], f"{MOST_DAYS}"),
    ],
)
def test_bad_usage_is_named(options: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", str(CONFIG), *options]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_show_where_the_profit_came_from(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runs = ["--runs", str(tmp_path / "runs")]
    quick = ["--set", "evaluation.placebo=0", "--set", "evaluation.bootstrap=0", "--no-report"]
    printed(capsys, "run", str(CONFIG), *SHORT, *quick, *runs)
    assert len(list(tmp_path.glob("runs/*/evidence.json"))) == 1
    for by in ("event", "event_type", "relation", "market", "year"):
        rows = json.loads(printed(capsys, "show", "last", "--by", by, "--json", *runs))
        assert {row["strategy"] for row in rows} == {"Buy on rival release", "Follow the issuer", "Sector index"}
        assert printed(capsys, "show", "last", "--by", by, *runs)
    assert "Of the profit" in printed(capsys, "show", "last", "--by", "market", *runs)
    curves = json.loads(printed(capsys, "show", "last", "--decay", "--json", *runs))
    mine = [row for row in curves if row["strategy"] == "Sector index"]
    assert [row["at"] for row in mine if row["curve"] == "hold"] == list(range(1, 21))
    assert [row["at"] for row in mine if row["curve"] == "latency"] == ["0", "5min", "1h", "one session"]
    assert "News to order" in printed(capsys, "show", "last", "--decay", *runs)
    assert main(["show", "last", "--decay", "--by", "year", *runs]) == 2
    for file in tmp_path.glob("runs/*/evidence.json"):
        file.unlink()
    capsys.readouterr()
    assert main(["show", "last", "--decay", *runs]) == 2
    assert "holds no decay; run it again" in capsys.readouterr().err
