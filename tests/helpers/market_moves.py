"""What is known of real prices around the flagship's days, and the mainland's out of its files (tests/realdata)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

__all__ = ["MOVES", "mainland"]

MOVES = {  # open over the close before, close over open
    ("9988.HK", "2025-03-06"): (0.0624, 0.0203),
    ("0700.HK", "2025-03-06"): (0.0307, 0.0441),
    ("^HSTECH", "2025-03-06"): (0.0281, 0.0252),
    ("002315.SZ", "2025-03-06"): (0.0548, 0.0430),
    ("300663.SZ", "2025-03-06"): (0.0244, 0.0703),
    ("688256.SH", "2025-03-06"): (0.0261, 0.0616),
    ("BABA", "2025-03-05"): (0.0348, 0.0496),
    ("NVDA", "2025-01-27"): (-0.1249, -0.0511),
    ("9988.HK", "2025-02-12"): (0.0410, 0.0421),
}


def mainland(folder: Path) -> pd.DataFrame:
    """Exchange prices of 2025, with reference prices where they are known, and adjusted ones before, brought to the
    level of 2025's first close: no return across the years' end is made up, and no day stands twice."""
    adjusted = pd.read_csv(folder / "ashare_daily_qfq.csv.gz")
    printed = pd.read_csv(folder / "ashare_daily_2025_unadj.csv.gz")
    reference = pd.read_csv(folder / "ashare_daily_2025_with_prevclose.csv.gz")
    first = printed.sort_values("date").groupby("ticker").first()
    at_first = adjusted.merge(first["date"].reset_index(), on=["ticker", "date"]).set_index("ticker")["close"]
    factor = adjusted["ticker"].map(first["close"] / at_first)
    begins = adjusted["ticker"].map(first["date"])
    for name in ("open", "high", "low", "close"):
        adjusted[name] = (adjusted[name] * factor).round(2)
    printed = printed.merge(reference[["ticker", "date", "prev_close"]], on=["ticker", "date"], how="left")
    return pd.concat([adjusted[adjusted["date"] < begins], printed])
