"""Do two versions of newsbt give the same results? For changes that must not change any.

    python -m benchmarks.same_results BEFORE_PYTHON AFTER_PYTHON [--projects 100] [--seed 1] [--configs DIR]
        [--before-source DIR] [--after-source DIR] [--except KEY] [--mask REGEX]

Each interpreter has its own newsbt, or runs that of the folder `--before-source` or `--after-source`. Both run every
config of this checkout and so many random projects; then every Parquet file is compared byte for byte, run.json and
evidence.json key by key, context.json and the report as text. What says when and by what a run was made is left out:
timings, versions, `hashes.strategies`, and the run ids made from them. `--except KEY` leaves out further keys, wherever
they stand, `--mask REGEX` what it matches of a page. Exit code 1 where anything differs.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

HERE = Path(__file__).resolve().parents[1]
MADE_FROM = {"timings", "versions"}

# Executed by either interpreter: every config in turn, in one process.
DRIVER = """
import sys
from pathlib import Path
from newsbt.cli import main
for line in Path(sys.argv[1]).read_text().splitlines():
    config, runs = line.split("\\t")
    code = 0
    try:
        code = main(["run", config, "--runs", runs, "--json"]) or 0
    except SystemExit as stop:
        code = stop.code
    except Exception as error:
        code = f"{type(error).__name__}: {error}"
    print(f"{config}\\t{code}", file=sys.stderr)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--configs", type=Path, default=HERE / "configs")
    parser.add_argument("--before-source", default="")
    parser.add_argument("--after-source", default="")
    parser.add_argument("--mask", dest="masks", action="append", default=[])
    parser.add_argument("--except", dest="excepted", action="append", default=[])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configs = sorted(asked.configs.glob("*.yaml"))
        for k in range(asked.projects):
            configs.append(make_project(folder / f"project{k:03d}", np.random.default_rng([asked.seed, k])))
        sides = [
            run_all(asked.before, configs, folder / "before", asked.before_source),
            run_all(asked.after, configs, folder / "after", asked.after_source),
        ]
        found = list(differences(configs, *sides, excepted=MADE_FROM | set(asked.excepted), masks=asked.masks))
        ran = [isinstance(path, Path) for path in sides[0]]
        for config, path in zip(configs, sides[0], strict=True):
            if isinstance(path, str):
                print(f"{config}: {path}")
    for line in found[:50]:
        print(line)
    print(f"{sum(ran)} of {len(configs)} configs ran; {len(found)} differences")
    return 1 if found or not any(ran) else 0


def run_all(python: str, configs: list[Path], folder: Path, source: str = "") -> list[Path | str]:
    """The run folder of each config, or what its run ended with."""
    folder.mkdir()
    listed = folder / "configs.tsv"
    listed.write_text("".join(f"{config}\t{folder / f'runs{k:03d}'}\n" for k, config in enumerate(configs)))
    env = {**os.environ, "NEWSBT_CACHE": str(folder / "cache"), "PYTHONHASHSEED": "0"}
    env |= {"PYTHONPATH": source} if source else {}
    ended = subprocess.run(
        [python, "-c", DRIVER, str(listed)], env=env, capture_output=True, text=True, check=False, cwd=folder
    )
    codes = dict(line.split("\t", 1) for line in ended.stderr.splitlines() if line.count("\t") == 1)
    results: list[Path | str] = []
    for k, config in enumerate(configs):
        runs = sorted(path for path in (folder / f"runs{k:03d}").glob("*/") if (path / "run.json").exists())
        results.append(runs[0] if len(runs) == 1 else f"no run: {codes.get(str(config), ended.stderr[-300:])}")
    return results


def differences(
    configs: list[Path],
    before: list[Path | str],
    after: list[Path | str],
    *,
    excepted: set[str],
    masks: Sequence[str] = (),
) -> Iterator[str]:
    for config, one, other in zip(configs, before, after, strict=True):
        if isinstance(one, str) or isinstance(other, str):
            if one != other:
                yield f"{config}: {one} | {other}"
            continue
        names = sorted({path.name for path in (*one.iterdir(), *other.iterdir())})
        for name in names:
            if not ((one / name).exists() and (other / name).exists()):
                yield f"{config}: {name} is there once only"
            elif name.endswith(".parquet"):
                if (one / name).read_bytes() != (other / name).read_bytes():
                    yield f"{config}: {name} differs"
            elif name in ("run.json", "evidence.json"):
                documents = [json.loads((side / name).read_text(encoding="utf-8")) for side in (one, other)]
                yield from (f"{config}: {name}: {line}" for line in _unlike(*documents, excepted))
            else:
                texts = [_anonymous((side / name).read_text(encoding="utf-8"), side) for side in (one, other)]
                for mask in masks:
                    texts = [re.sub(mask, "", text) for text in texts]
                if texts[0] != texts[1]:
                    yield f"{config}: {name} differs{_first(*texts)}"


def _unlike(one: object, other: object, excepted: set[str], at: str = "") -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if key in excepted or (at.endswith(".hashes") and key == "strategies"):
                continue
            if key not in one or key not in other:
                yield f"{at}.{key} is there once only"
            else:
                yield from _unlike(one[key], other[key], excepted, f"{at}.{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for k, (mine, its) in enumerate(zip(one, other, strict=True)):
            yield from _unlike(mine, its, excepted, f"{at}[{k}]")
    elif one != other:
        yield f"{at}: {one!r} | {other!r}"[:200]


def _anonymous(text: str, run: Path) -> str:
    """A page or context without the run's id, its instant, hashes, seconds and versions."""
    text = text.replace(run.name, "RUN").replace(run.name.rsplit("-", 1)[-1], "ID").replace(str(run.parent), "RUNS")
    text = re.sub(r"\b[0-9a-f]{12,64}\b", "HASH", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\dZ", "INSTANT", text)
    return re.sub(r"\b\d+(\.\d+)? ?(s|ms|seconds)\b", "SECONDS", text)


def _first(one: str, other: str) -> str:
    at = next((k for k, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f" at {at}: {one[max(0, at - 40) : at + 40]!r} | {other[max(0, at - 40) : at + 40]!r}"


# --- random projects ---------------------------------------------------------------------------------------------

MARKETS = {"XHKG": ("main", "HKD", ".HK"), "XSHG": ("main", "CNY", ".SH"), "XNYS": ("main", "USD", "")}
SHUT = {"XHKG": {date(2025, 4, 4), date(2025, 4, 18), date(2025, 4, 21), date(2025, 5, 1), date(2025, 5, 5)},
        "XSHG": {date(2025, 4, 4), date(2025, 5, 1), date(2025, 5, 2), date(2025, 5, 5)},
        "XNYS": {date(2025, 4, 18), date(2025, 5, 26)}}  # fmt: skip
FIRST, LAST = date(2025, 3, 3), date(2025, 5, 23)
TIMES = ("00:40Z", "01:30Z", "03:00Z", "06:30Z", "08:00Z", "13:00Z", "15:00Z", "19:30Z", "21:30Z")


def make_project(folder: Path, rng: np.random.Generator) -> Path:
    """A project of files with made-up tables, and its config."""
    folder.mkdir(parents=True)
    instruments = _instruments(rng)
    instruments.to_csv(folder / "instruments.csv", index=False)
    _prices(rng, instruments).to_csv(folder / "prices.csv", index=False)
    _announcements(rng, instruments).to_csv(folder / "news.csv", index=False)
    names = instruments["name"].tolist()
    relations = [
        (str(rng.choice(names)), str(rng.choice(["rival_of", "supplier_of", "affects"])), str(rng.choice(names)),
         rng.choice([1.0, -0.5, 0.5]), "2025-01-01")
        for _ in range(6)
    ]  # fmt: skip
    pd.DataFrame(relations, columns=["subject", "relation", "object", "effect", "from"]).query(
        "subject != object"
    ).drop_duplicates(["subject", "relation", "object"]).to_csv(folder / "relations.csv", index=False)
    rates = [
        (pair, day, round(level * rng.uniform(0.98, 1.02), 4))
        for pair, level in (("USDHKD", 7.78), ("CNYHKD", 1.08))
        for day in _days(date(2025, 2, 20), LAST)
    ]
    pd.DataFrame(rates, columns=["pair", "date", "rate"]).to_csv(folder / "fx.csv", index=False)
    (folder / "config.yaml").write_text(yaml.safe_dump(_config(rng), sort_keys=False))
    return folder / "config.yaml"


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _instruments(rng: np.random.Generator) -> pd.DataFrame:
    rows = []
    for mic, (board, currency, suffix) in MARKETS.items():
        for k in range(int(rng.integers(1, 4))):
            lot = 100 if mic == "XHKG" else None
            rows.append((f"{mic[1:3]}{k}{suffix}", f"Company {mic[1:3]} {k}", mic, board, currency, "it",
                         "ai" if rng.random() < 0.7 else "", "^IDX" if mic == "XHKG" else "", "", lot,
                         mic == "XHKG" and k == 0, ""))  # fmt: skip
    rows.append(("^IDX", "The Index", "XHKG", "index", "HKD", "it", "", "", "", None, False, "E.HK"))
    rows.append(("E.HK", "The Fund", "XHKG", "etf", "HKD", "it", "", "", "", 100, True, ""))
    return pd.DataFrame(rows, columns=["ticker", "name", "exchange", "board", "currency", "sector", "themes",
                                       "sector_index", "aliases", "lot_size", "shortable", "proxy"])  # fmt: skip


def _prices(rng: np.random.Generator, instruments: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for ticker, mic, board in zip(instruments["ticker"], instruments["exchange"], instruments["board"], strict=True):
        close = float(rng.uniform(4, 120))
        for day in _days(FIRST, LAST):
            if day.weekday() > 4 or day in SHUT[mic] or (board != "index" and rng.random() < 0.03):
                continue
            opened = round(close * (1 + rng.normal(0, 0.02)), 2)
            split = 2.0 if board == "main" and rng.random() < 0.004 else None
            opened = round(opened / (split or 1), 2)
            close = round(opened * (1 + rng.normal(0, 0.02)), 2)
            high = round(max(opened, close) * (1 + abs(rng.normal(0, 0.01))) + 0.005, 2)
            low = round(min(opened, close) * (1 - abs(rng.normal(0, 0.01))) - 0.005, 2)
            volume = float(rng.choice([1e6, 3e5, 2e4, 0.0], p=[0.6, 0.3, 0.08, 0.02])) if board != "index" else None
            dividend = 0.2 if board == "main" and rng.random() < 0.01 else None
            rows.append((ticker, day, opened, high, low, close, volume, dividend, split))
    return pd.DataFrame(rows, columns=["ticker", "date", "open", "high", "low", "close", "volume", "dividend",
                                       "split"])  # fmt: skip


def _announcements(rng: np.random.Generator, instruments: pd.DataFrame) -> pd.DataFrame:
    named = instruments[instruments["board"] != "index"]
    rows = []
    for k in range(int(rng.integers(2, 40))):
        tickers = ";".join(rng.choice(named["ticker"], size=int(rng.integers(1, 3)), replace=False))
        rows.append({
            "event_id": f"e{k}",
            "published_at": f"{rng.choice(_days(FIRST, LAST))}T{rng.choice(TIMES)}",
            "event_type": str(rng.choice(["model_release", "earnings"])),
            "issuer": str(rng.choice(named["name"])) if rng.random() < 0.9 else "Nobody",
            "headline": f"headline {k}",
            "rivals": "Somebody" if rng.random() < 0.5 else "",
            "sentiment": rng.choice([1.0, 0.5, -0.5, -1.0]) if rng.random() < 0.8 else None,
            "relevance": 0.5 if rng.random() < 0.3 else None,
            "tickers": tickers if rng.random() < 0.4 else "",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _config(rng: np.random.Generator) -> dict:
    def one(*values: object) -> object:
        return values[int(rng.integers(len(values)))]

    position = {
        "weight": one(0.1, 0.3, 0.5), "hold": one(1, 3, 5, None), "on_repeat": one("extend", "ignore", "add"),
        "stop_loss": one(None, 0.04), "trailing_stop": one(None, 0.05), "take_profit": one(None, 0.06),
        "max_positions": one(None, 3), "event_weight": one(None, 0.5),
    }  # fmt: skip
    uses = list(itertools.chain(
        ({"use": "named_tickers"}, {"use": "issuer_drift"}, {"use": "sector_index"}, {"use": "fade"}),
        ({"use": "spillover", "params": {"hops": 2}},
         {"use": "rival_release", "params": {"event_types": [], "themes": ["ai"], "sign": "effect"}},
         {"use": "sentiment_decay", "position": {"weight": 0.3, "mode": "target",
                                                 "rebalance": one("daily", "weekly", "on_change")}}),
    ))  # fmt: skip
    picked = [uses[k] for k in sorted(rng.choice(len(uses), size=3, replace=False))]
    return {
        "name": "random",
        "universe": {"instruments": "instruments.csv", "relations": "relations.csv"},
        "announcements": [{"use": "csv", "path": "news.csv"}],
        "prices": {"use": "csv", "path": "prices.csv"},
        "fx": {"use": "csv", "path": "fx.csv"},
        "account": {"cash": one(100_000, 1_000_000), "currency": "HKD"},
        "execution": {
            "engine": one("backtrader", "compiled", "compiled"),
            "entry": one("next_open", "next_open", "same_close"),
            "market_rules": one(True, True, False),
            "costs": one({"use": "market_schedule"}, {"use": "zero"}, {"use": "flat", "commission_bps": 10}),
            "slippage": one({"use": "bps", "bps": 20}, {"use": "volume_share", "window": 5}, {"use": "zero"}),
            "borrow_bps": one(0, 300),
            "on_short_cash": one("reduce", "reject"),
        },
        "benchmark": one("^IDX", None),
        "strategies": [{"name": item["use"], "position": position, **item} for item in picked],
        "evaluation": {"placebo": int(one(0, 19)), "bootstrap": int(one(0, 50))},
        "output": {"report": bool(one(True, False))},
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
