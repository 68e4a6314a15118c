"""What must hold for any event study."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbt.analysis.event_study import event_study

DAYS = pd.bdate_range("2022-01-03", periods=110)
NAMES = [f"T{n}" for n in range(5)]
seeds = st.integers(0, 10_000)
pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.integers(40, 109)), min_size=2, max_size=8, unique=True)


def world(seed, gaps=0.03):
    rng = np.random.default_rng(seed)
    market = pd.Series(rng.normal(0, 0.01, 110), DAYS)
    values = market.to_numpy()[:, None] + rng.normal(0, 0.02, (110, 5))
    values[rng.random(values.shape) < gaps] = np.nan
    return pd.DataFrame(values, DAYS, NAMES), market


def study(returns, market, chosen, **options):
    events = pd.DataFrame(
        {
            "event_id": [f"{t}-{d}" for t, d in chosen],
            "ticker": [t for t, _ in chosen],
            "date": DAYS[[d for _, d in chosen]],
        }
    )
    return event_study(returns, market, events, window=(-2, 2), estimation=35, gap=1, min_estimation=10,
                       **options)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(seeds, pairs, st.randoms(use_true_random=False))
def test_the_order_of_events_changes_nothing(seed, chosen, random):
    returns, market = world(seed)
    shuffled = chosen.copy()
    random.shuffle(shuffled)
    first, second = study(returns, market, chosen), study(returns, market, shuffled)
    assert set(first.per_event["event_id"]) == set(second.per_event["event_id"])
    assert second.tests["statistic"].to_numpy() == pytest.approx(first.tests["statistic"].to_numpy(), nan_ok=True)
    assert second.tests["p"].to_numpy() == pytest.approx(first.tests["p"].to_numpy(), nan_ok=True)


@settings(max_examples=30, deadline=None)
@given(seeds, pairs)
def test_mirrored_returns_mirror_the_study(seed, chosen):
    returns, market = world(seed)
    plain, mirrored = (study(r, m, chosen, on_overlap="all") for r, m in ((returns, market), (-returns, -market)))
    assert mirrored.abnormal.to_numpy() == pytest.approx(-plain.abnormal.to_numpy(), nan_ok=True)
    symmetric = ["cross_sectional", "time_series", "patell", "bmp", "kp_bmp", "corrado", "grank", "sign"]
    for name in symmetric:
        left, right = plain.test(name), mirrored.test(name)
        assert right["statistic"] == pytest.approx(-left["statistic"], nan_ok=True, abs=1e-9), name
        assert right["p"] == pytest.approx(left["p"], nan_ok=True), name


@settings(max_examples=30, deadline=None)
@given(seeds, pairs)
def test_nothing_after_the_window_matters(seed, chosen):
    returns, market = world(seed)
    cut = max(d for _, d in chosen) + 3
    full, short = study(returns, market, chosen), study(returns.iloc[:cut], market.iloc[:cut], chosen)
    assert short.tests.equals(full.tests)
    assert short.per_event.equals(full.per_event)


@settings(max_examples=30, deadline=None)
@given(seeds, pairs, st.sampled_from(["first", "merge", "all"]))
def test_every_event_is_in_or_out_with_a_reason_and_every_nan_has_one(seed, chosen, policy):
    returns, market = world(seed, gaps=0.3)
    result = study(returns, market, chosen, on_overlap=policy)
    assert result.counts["included"] + result.counts["excluded"] == len(chosen)
    assert (result.excluded["reason"] != "").all()
    undefined = result.tests["statistic"].isna()
    assert (undefined == (result.tests["reason"] != "")).all()
    p = result.tests.loc[~undefined, "p"]
    assert p.between(0, 1).all()
    assert (result.tests["p_holm"].dropna() >= result.tests.loc[result.tests["p_holm"].notna(), "p"] - 1e-15).all()


@settings(max_examples=30, deadline=None)
@given(seeds, pairs)
def test_windows_add_up(seed, chosen):
    returns, market = world(seed)
    result = study(returns, market, chosen, windows=[(-2, 0), (1, 2)])
    assert result.per_event["car"].to_numpy() == pytest.approx(result.abnormal.sum(axis=1).to_numpy())
    if not result.abnormal.isna().any().any() and len(result.abnormal):
        parts = result.windows.set_index("window")["caar"]
        assert parts["[-2,0]"] + parts["[1,2]"] == pytest.approx(parts["[-2,2]"])
