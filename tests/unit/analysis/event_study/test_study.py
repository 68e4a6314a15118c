"""The event study against a slow one, by day and window, and its rules one by one."""

import math

import numpy as np
import pandas as pd
import pytest

from newsbt.analysis.event_study import event_study
from newsbt.errors import DataError
from slow_study import SlowEvent, all_tests, mean_correlation

WINDOW, ESTIMATION, GAP = (-3, 4), 40, 5


def world(seed, sessions=160, tickers=12, gaps=0.0):
    """Returns with a common shock beyond the market, and the market, on business days."""
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2023-01-02", periods=sessions)
    market = rng.normal(0.0004, 0.01, sessions)
    shock = rng.normal(0, 0.008, (sessions, 1))
    values = rng.uniform(0.5, 1.5, tickers) * market[:, None] + shock + rng.standard_t(5, (sessions, tickers)) * 0.01
    values[rng.random(values.shape) < gaps] = np.nan
    names = [f"T{n:02}" for n in range(tickers)]
    return pd.DataFrame(values, days, names), pd.Series(market, days)


def on(days, pairs):
    """Events of (ticker, session)."""
    return pd.DataFrame(
        {
            "event_id": [f"e{k}" for k in range(len(pairs))],
            "ticker": [f"T{n:02}" for n, _ in pairs],
            "date": [days[t] for _, t in pairs],
        }
    )


def slow_events(returns, factors, pairs, spoiled, window=WINDOW, estimation=ESTIMATION, gap=GAP, fixed=False):
    """The same events for the slow study; a return after a gap is left out as well."""
    events = []
    for n, t in pairs:
        column = [None if math.isnan(value) else value for value in returns.iloc[:, n]]
        kept = [
            None if s and column[s - 1] is None and any(v is not None for v in column[: s - 1]) else value
            for s, value in enumerate(column)
        ]
        events.append(SlowEvent(kept, factors, spoiled.get(n, set()), t, window, estimation, gap, fixed))
    return events


def spoil(pairs):
    spoiled = {}
    for n, t in pairs:
        spoiled.setdefault(n, set()).update((t, t + 1))
    return spoiled


CASES = {
    "spread out": [(0, 70), (1, 90), (2, 110), (3, 75), (4, 100), (5, 130), (6, 95), (7, 120), (8, 60), (9, 140)],
    "one date": [(n, 100) for n in range(12)],
    "overlapping, repeated tickers": [(0, 60), (0, 64), (0, 90), (1, 62), (1, 100), (2, 97), (3, 99), (4, 99), (5, 60)],
    "at the end of the data": [(0, 157), (1, 158), (2, 120), (3, 159), (4, 130), (5, 110)],
}


def compare(study, slow, windows):
    for a, b in windows:
        for name, (statistic, p) in all_tests(slow, WINDOW, ESTIMATION, GAP, a, b).items():
            row = study.test(name, (a, b))
            assert row["statistic"] == pytest.approx(statistic, rel=1e-8, abs=1e-10), (name, a, b)
            assert row["p"] == pytest.approx(p, rel=1e-7, abs=1e-12), (name, a, b)


@pytest.mark.parametrize("gaps", [0.0, 0.05])
@pytest.mark.parametrize("case", CASES)
def test_every_test_agrees_with_the_slow_study(case, gaps):
    pairs = CASES[case]
    returns, market = world(len(case), gaps=gaps)
    study = event_study(
        returns, market, on(returns.index, pairs), window=WINDOW, estimation=ESTIMATION, gap=GAP, min_estimation=20,
        on_overlap="all", windows=[(0, 1), (-1, 1)],
    )  # fmt: skip
    assert study.counts["included"] == len(pairs), study.excluded
    slow = slow_events(returns, [list(market)], pairs, spoil(pairs))
    compare(study, slow, [WINDOW, (0, 1), (-1, 1), (0, 0), (-2, -2)])
    assert study.counts["mean_correlation"] == pytest.approx(mean_correlation(slow, WINDOW))
    own = study.per_event
    for k, event in enumerate(slow):
        assert own.loc[k, "alpha"] == pytest.approx(event.coefficients[0])
        assert own.loc[k, "beta"] == pytest.approx(event.coefficients[1])
        assert own.loc[k, "sigma"] == pytest.approx(event.sigma)
        assert own.loc[k, "n_estimation"] == event.count
        assert own.loc[k, "n_window"] == len(event.abnormal)
        assert own.loc[k, "car"] == pytest.approx(event.car(*WINDOW))
        assert own.loc[k, "bhar"] == pytest.approx(event.bhar(*WINDOW))
        assert own.loc[k, "scar"] == pytest.approx(event.scar(*WINDOW))


@pytest.mark.parametrize("model", ["market_adjusted", "mean_adjusted", "sector", "factors"])
def test_other_models_agree_with_the_slow_study(model):
    pairs = CASES["spread out"]
    returns, market = world(3)
    sector = world(4)[1] + 0.5 * market
    third = world(5)[1]
    factors = {
        "market_adjusted": [list(market)],
        "mean_adjusted": [],
        "sector": [list(market), list(sector)],
        "factors": [list(market), list(sector), list(third)],
    }[model]
    study = event_study(
        returns, market, on(returns.index, pairs), model, WINDOW, ESTIMATION, GAP,
        sector=sector, factors=pd.DataFrame({"mkt": market, "smb": sector, "hml": third}),
    )  # fmt: skip
    slow = slow_events(returns, factors, pairs, spoil(pairs), fixed=model == "market_adjusted")
    compare(study, slow, [WINDOW, (0, 0)])
    if model == "sector":
        assert study.per_event["beta_sector"].to_numpy() == pytest.approx([e.coefficients[2] for e in slow])
    if model == "factors":
        assert study.per_event["beta_hml"].to_numpy() == pytest.approx([e.coefficients[3] for e in slow])


def test_caar_is_the_mean_of_cumulated_abnormal_returns():
    returns, market = world(6)
    study = event_study(returns, market, on(returns.index, CASES["one date"]), window=WINDOW, estimation=60, gap=2)
    assert study.caar["day"].tolist() == list(range(-3, 5))
    assert study.caar["aar"].to_numpy() == pytest.approx(study.abnormal.mean().to_numpy())
    assert study.caar["caar"].to_numpy() == pytest.approx(study.abnormal.mean().cumsum().to_numpy())
    assert study.caar["caar"].iloc[-1] == pytest.approx(study.per_event["car"].mean())


def test_an_effect_put_in_is_found_on_its_day():
    returns, market = world(7, sessions=400, tickers=40)
    pairs = [(n, 150 + 5 * n) for n in range(40)]
    for n, t in pairs:
        returns.iloc[t, n] += 0.05
    study = event_study(returns, market, on(returns.index, pairs), on_overlap="all")
    assert study.caar.set_index("day")["aar"][0] == pytest.approx(0.05, abs=0.01)
    for name in ("cross_sectional", "patell", "bmp", "kp_bmp", "corrado", "grank", "generalised_sign", "wilcoxon"):
        assert study.test(name, (0, 0))["p"] < 0.001, name
        assert study.test(name, (-2, -2))["p"] > 0.01, name
    row = study.windows.set_index("window").loc["[0,0]"]
    assert 0 < row["ci_low"] < row["caar"] < row["ci_high"]
    assert (row["clusters"], row["ci_reason"]) == (40, "")
    whole = study.windows.iloc[-1]  # every five sessions a window of eleven
    assert whole["clusters"] == 1 and np.isnan(whole["ci_low"]) and whole["ci_reason"] == "all pairs are one cluster"
    assert "No interval of the mean over the whole window: all pairs are one cluster." in study.notes


# The rules, one by one.


def test_day_zero_is_the_next_session_when_the_date_is_none():
    returns, market = world(1)
    saturday = returns.index[89] + pd.Timedelta(days=1)
    assert returns.index[89].day_name() == "Friday"
    events = pd.DataFrame({"ticker": ["T00"], "date": [saturday]})
    study = event_study(returns, market, events, estimation=60)
    assert study.per_event["date"][0] == returns.index[90]
    assert study.per_event["event_id"][0] == "0"


def test_sessions_are_those_of_the_tickers_own_market():
    returns, market = world(1)
    other = market.copy()
    other.iloc[[40, 99]] = np.nan  # the second market is closed on two of the first's days
    returns.iloc[[40, 99], 1] = np.nan
    markets = pd.DataFrame({"T00": market, "T01": other})
    study = event_study(returns, markets, on(returns.index, [(0, 100), (1, 100)]), "market", (-2, 2), 60, 5)
    assert study.per_event["n_estimation"].tolist() == [60, 60]
    assert study.per_event["n_window"].tolist() == [5, 5]
    assert study.per_event["thin_share"].tolist() == [0, 0]
    alone = event_study(returns[["T01"]][other.notna()], other.dropna(), on(returns.index, [(1, 100)]), "market",
                        (-2, 2), 60, 5)  # fmt: skip
    assert study.per_event["car"][1] == pytest.approx(alone.per_event["car"][0])
    # Day -1 of the second is two rows before day 0: its window begins a row earlier, 5 of 6 rows in common.
    left, right = (study.abnormal.iloc[k] for k in (0, 1))
    assert not left.isna().any() and not right.isna().any()


def test_correlation_is_taken_on_calendar_dates_across_markets():
    returns, market = world(2)
    returns["T01"] = returns["T00"] * 0.5 + market * 0.3
    other = market.copy()
    other.iloc[[50, 60, 70]] = np.nan
    returns.loc[other.isna(), "T01"] = np.nan
    markets = pd.DataFrame({"T00": market, "T01": other})
    study = event_study(returns, markets, on(returns.index, [(0, 120), (1, 120)]), "market", (-2, 2), 60, 5)
    assert study.counts["mean_correlation"] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize(
    ("policy", "included", "merged"),
    [("first", ["e0", "e3", "e4"], ["", "", ""]), ("all", ["e0", "e1", "e2", "e3", "e4"], [""] * 5),
     ("merge", ["e0", "e4"], ["e1;e2;e3", ""])],
)  # fmt: skip
def test_overlapping_windows_of_one_ticker(policy, included, merged):
    returns, market = world(1)
    # Windows of 8 days: e1 and e2 overlap that of e0; e3 only that of e2; e4 is another ticker's.
    events = on(returns.index, [(0, 100), (0, 103), (0, 107), (0, 112), (1, 100)])
    study = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP, on_overlap=policy)
    assert study.per_event["event_id"].tolist() == included
    assert study.per_event["merged"].tolist() == merged
    assert set(study.excluded["reason"]) <= {"overlap"}
    assert len(study.excluded) == 5 - len(included)
    assert any("were kept" in note for note in study.notes) == (policy == "all")


def test_windows_that_just_do_not_touch_are_both_kept():
    returns, market = world(1)
    study = event_study(returns, market, on(returns.index, [(0, 100), (0, 107), (1, 100), (1, 108)]), "market",
                        WINDOW, ESTIMATION, GAP)  # fmt: skip
    assert study.per_event["event_id"].tolist() == ["e0", "e2", "e3"]


def test_days_of_earlier_events_are_not_estimated_on():
    returns, market = world(1)
    events = on(returns.index, [(0, 70), (0, 100), (1, 100)])
    study = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP)
    assert study.per_event["n_contaminated"].tolist() == [0, 2, 0]
    assert study.per_event["n_estimation"].tolist() == [40, 38, 40]
    assert study.counts["contaminated"] == 1
    strict = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP, on_contaminated="exclude")
    assert strict.excluded[["event_id", "reason"]].to_numpy().tolist() == [["e1", "contaminated"]]


def test_an_excluded_event_still_spoils_the_estimation_of_later_ones():
    returns, market = world(1)
    events = on(returns.index, [(0, 78), (0, 80), (0, 110)])
    study = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP)
    assert study.excluded["event_id"].tolist() == ["e1"]
    assert study.per_event["n_contaminated"].tolist() == [0, 4]


def test_estimation_ends_before_the_gap_and_never_sees_the_event():
    returns, market = world(1)
    events = on(returns.index, [(0, 100)])
    before = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP)
    changed = returns.copy()
    changed.iloc[100 + WINDOW[0] - GAP :, 0] += 0.5
    after = event_study(changed, market, events, "market", WINDOW, ESTIMATION, GAP)
    for column in ("alpha", "beta", "sigma", "n_estimation"):
        assert after.per_event[column][0] == before.per_event[column][0]
    changed.iloc[100 + WINDOW[0] - GAP - 1, 0] += 0.5
    last = event_study(changed, market, events, "market", WINDOW, ESTIMATION, GAP)
    assert last.per_event["alpha"][0] != before.per_event["alpha"][0]


def test_excluded_events_say_why():
    returns, market = world(1)
    returns.iloc[:100, 2] = np.nan
    returns.iloc[100:, 3] = np.nan
    events = on(returns.index, [(0, 100), (1, 30), (2, 110), (3, 120), (4, 100), (5, 100)])
    events.loc[4, "date"] = pd.Timestamp("2019-01-01")
    events.loc[5, "ticker"] = "nobody"
    study = event_study(returns, market, events, "market", WINDOW, 60, GAP)
    reasons = dict(zip(study.excluded["event_id"], study.excluded["reason"], strict=True))
    assert reasons == {
        "e1": "few_estimation_days", "e2": "few_estimation_days", "e3": "no_event_return", "e4": "outside_data",
        "e5": "unknown_ticker",
    }  # fmt: skip
    assert study.per_event["event_id"].tolist() == ["e0"]
    assert (study.counts["events"], study.counts["included"], study.counts["excluded"]) == (6, 1, 5)


def test_a_market_that_does_not_move_has_no_beta():
    returns, market = world(1)
    study = event_study(returns, market * 0 + 0.001, on(returns.index, [(0, 100)]), "market", WINDOW, 60, GAP)
    assert study.excluded["reason"].tolist() == ["constant_factor"]


def test_the_minimum_of_estimation_days_is_half_of_them_but_thirty():
    returns, market = world(1)
    for estimation, least in ((40, 30), (61, 31), (120, 60)):
        study = event_study(returns, market, on(returns.index, [(0, 150)]), estimation=estimation)
        assert study.settings["min_estimation"] == least


def test_missing_returns():
    returns, market = world(1)
    returns.iloc[[70, 80, 81, 99], 0] = np.nan
    events = on(returns.index, [(0, 100)])
    skip = event_study(returns, market, events, "market", (-2, 2), 60, 5)
    # Sessions 70 and 80, 81 are missing and 71 and 82 span several; day -1 and, after it, day 0 likewise.
    assert skip.per_event["n_estimation"][0] == 60 - 5
    assert skip.per_event["n_window"][0] == 3
    assert skip.abnormal.iloc[0].isna().tolist() == [False, True, True, False, False]
    given = event_study(returns, market, events, "market", (-2, 2), 60, 5, missing="given")
    assert given.per_event["n_estimation"][0] == 60 - 3
    assert given.abnormal.iloc[0].isna().tolist() == [False, True, False, False, False]


def test_compounding_sets_a_return_after_a_gap_against_the_market_over_the_gap():
    returns, market = world(1)
    returns["T00"] = 1.3 * market + 0.0001
    events = on(returns.index, [(0, 100)])
    plain = returns.copy()
    for gap in (slice(80, 82), slice(99, 100)):
        last = gap.stop
        compounded = (1 + market.iloc[gap.start : last + 1]).prod() - 1
        returns.iloc[gap, 0] = np.nan
        returns.iloc[last, 0] = 1.3 * compounded + 0.0001
    study = event_study(returns, market, events, "market", (-2, 2), 60, 5, missing="compound")
    assert study.per_event["beta"][0] == pytest.approx(1.3)
    assert study.per_event["n_estimation"][0] == 58
    assert study.abnormal.iloc[0].dropna().abs().max() < 1e-12
    assert plain.notna().all().all()


def test_a_listing_is_no_gap():
    returns, market = world(1)
    returns.iloc[:60, 0] = np.nan
    study = event_study(returns, market, on(returns.index, [(0, 110)]), "market", WINDOW, 60, GAP)
    assert study.per_event["n_estimation"][0] == 110 - 3 - 5 - 60
    assert study.per_event["thin_share"][0] == pytest.approx(18 / 60)
    assert study.counts["thin"] == 1


def test_returns_of_the_market_itself_have_no_residual_variance():
    returns, market = world(1)
    for n in range(3):
        returns[f"T0{n}"] = 2 * market
    study = event_study(returns, market, on(returns.index, [(n, 100 + n) for n in range(3)]), "market", WINDOW, 60, GAP)
    assert study.per_event["sigma"].tolist() == [0, 0, 0]
    assert study.per_event["scar"].isna().all()
    for name in ("patell", "bmp", "kp_bmp", "grank"):
        assert study.test(name)["reason"] == "zero residual variance"
        assert math.isnan(study.test(name)["statistic"])


def test_one_event_has_the_regressions_own_test_only():
    returns, market = world(8)
    study = event_study(returns, market, on(returns.index, [(0, 100)]), "market", WINDOW, ESTIMATION, GAP)
    (slow,) = slow_events(returns, [list(market)], [(0, 100)], spoil([(0, 100)]))
    row = study.test("time_series")
    statistic = slow.scar(*WINDOW)
    from scipy import stats

    assert row["statistic"] == pytest.approx(statistic)
    assert row["p"] == pytest.approx(2 * stats.t.sf(abs(statistic), ESTIMATION - 2))
    others = study.tests[study.tests["test"] != "time_series"]
    assert others["statistic"].isna().all()
    assert set(others["reason"]) == {"N=1"}
    assert study.windows["ci_low"].isna().all()


def test_no_event_at_all():
    returns, market = world(1)
    study = event_study(returns, market, on(returns.index, [(0, 5)]), "market", WINDOW, ESTIMATION, GAP)
    assert study.tests["statistic"].isna().all()
    assert set(study.tests["reason"]) == {"N=0"}
    assert study.per_event.empty and study.caar["caar"].isna().all()
    nothing = event_study(returns, market, on(returns.index, []), "market", WINDOW, ESTIMATION, GAP)
    assert nothing.counts["events"] == 0


def test_tests_that_assume_independence_are_flagged_where_windows_overlap():
    returns, market = world(1)
    clustered = event_study(returns, market, on(returns.index, CASES["one date"]), "market", WINDOW, ESTIMATION, GAP)
    assert "overlap" in clustered.test("patell")["note"]
    assert clustered.test("grank")["note"] == clustered.test("kp_bmp")["note"] == ""
    assert clustered.counts["clusters"] == 1
    apart = event_study(returns, market, on(returns.index, [(0, 60), (1, 80), (2, 100)]), "market", WINDOW, ESTIMATION,
                        GAP)  # fmt: skip
    assert "overlap" not in apart.test("patell")["note"]
    assert "fewer than 10" in apart.test("patell")["note"]
    assert apart.test("wilcoxon")["note"] == ""


def test_p_values_are_adjusted_over_days_and_over_windows():
    returns, market = world(1)
    study = event_study(returns, market, on(returns.index, CASES["spread out"]), "market", WINDOW, ESTIMATION, GAP,
                        windows=[(0, 1), (0, 4)])  # fmt: skip
    days = study.tests[(study.tests["test"] == "bmp") & (study.tests["start"] == study.tests["end"])]
    assert len(days) == 8
    assert days["p_holm"].min() == pytest.approx(min(1.0, 8 * days["p"].min()))
    longer = study.tests[(study.tests["test"] == "bmp") & (study.tests["start"] != study.tests["end"])]
    assert longer["window"].tolist() == ["[0,1]", "[0,4]", "[-3,4]"]
    assert longer["p_bh"].max() == pytest.approx(longer["p"].max())


def test_groups_are_studies_of_their_own_events_with_the_overlaps_of_all():
    returns, market = world(1)
    events = on(returns.index, [*CASES["spread out"], (0, 73)])
    events["kind"] = ["release", "outage"] * 5 + [None]
    study = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP, by="kind", min_estimation=20)
    assert list(study.groups) == ["release", "outage", ""]
    release = study.groups["release"]
    assert release.per_event["event_id"].tolist() == ["e0", "e2", "e4", "e6", "e8"]
    alone = event_study(returns, market, events[events["kind"] == "release"], "market", WINDOW, ESTIMATION, GAP,
                        min_estimation=20)  # fmt: skip
    assert release.tests.equals(alone.tests) and release.windows.equals(alone.windows)
    assert study.groups[""].excluded["reason"].tolist() == ["overlap"]
    table = study.group_tests()
    row = table[(table["test"] == "bmp") & (table["window"] == "[0,0]")].set_index("group")
    raw = row.loc[["release", "outage"], "p"]
    assert row.loc[["release", "outage"], "p_holm"].min() == pytest.approx(min(1.0, 2 * raw.min()))
    with pytest.raises(ValueError, match="by"):
        event_study(returns, market, events, by="sector")
    assert alone.group_tests().empty


def test_correlation_may_be_switched_off():
    returns, market = world(1)
    study = event_study(returns, market, on(returns.index, CASES["one date"]), correlation=False, estimation=60)
    assert study.test("kp_bmp")["reason"] == "correlation was switched off"
    assert math.isnan(study.counts["mean_correlation"])


@pytest.mark.parametrize("beta", ["dimson", "scholes_williams"])
def test_betas_of_thin_trading(beta):
    rng = np.random.default_rng(3)
    days = pd.bdate_range("2020-01-01", periods=900)
    market = pd.Series(rng.normal(0, 0.01, 900), days)
    # Half of the news arrives a day late: least squares sees half of the beta of 1.2.
    late = 0.6 * market + 0.6 * market.shift(1) + rng.normal(0, 0.004, 900)
    returns = pd.DataFrame({"T00": late})
    arguments = (returns, market, on(days, [(0, 880)]), "market", (-2, 2), 800, 5)
    assert event_study(*arguments).per_event["beta"][0] == pytest.approx(0.6, abs=0.1)
    study = event_study(*arguments, beta=beta)
    assert study.per_event["beta"][0] == pytest.approx(1.2, abs=0.1)
    assert study.per_event["alpha"][0] == pytest.approx(
        late[73:873].mean() - study.per_event["beta"][0] * market[73:873].mean(), abs=1e-4
    )


def test_dimson_and_scholes_williams_by_formula():
    returns, market = world(9)
    day, first, last = 120, 120 - 3 - 5 - 60, 120 - 3 - 5
    y, m = returns["T00"].to_numpy(), market.to_numpy()
    rows = np.arange(first, last)
    design = np.column_stack((np.ones(60), m[rows - 1], m[rows], m[rows + 1]))
    dimson = np.linalg.lstsq(design, y[rows], rcond=None)[0][1:].sum()
    slopes = [np.polyfit(m[rows + k], y[rows], 1)[0] for k in (-1, 0, 1)]
    williams = sum(slopes) / (1 + 2 * np.polyfit(m[rows - 1], m[rows], 1)[0])
    events = on(returns.index, [(0, day)])
    for beta, expected in (("dimson", dimson), ("scholes_williams", williams)):
        study = event_study(returns, market, events, "market", WINDOW, 60, GAP, beta=beta)
        assert study.per_event["beta"][0] == pytest.approx(expected)


def test_published_at_is_turned_into_day_zero():
    returns, market = world(1)
    friday = returns.index[89]
    events = pd.DataFrame(
        {
            "event_id": ["before", "after"],
            "ticker": ["T00", "T01"],
            "published_at": [f"{friday.date()}T15:59:00-04:00", f"{friday.date()}T16:00:00-04:00"],
        }
    )
    study = event_study(returns, market, events, "market", (-2, 2), 60, 5, mic="XNYS")
    assert study.per_event["date"].tolist() == [returns.index[89], returns.index[90]]


def test_draws_and_seed_of_callers_of_010_change_nothing():
    returns, market = world(1)
    events = on(returns.index, CASES["spread out"])
    first, other = (event_study(returns, market, events, estimation=40, draws=d, seed=d) for d in (None, 7))
    assert first.windows.equals(other.windows)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": "capm"}, "model"),
        ({"model": "sector"}, "sector"),
        ({"model": "factors"}, "factors"),
        ({"market": None}, "market"),
        ({"window": (2, -2)}, "window"),
        ({"windows": [(-9, 0)]}, "inside"),
        ({"estimation": 2}, "estimation"),
        ({"gap": -1}, "gap"),
        ({"window": (-(10**11), 10**11)}, "window: expected at most 2,520 sessions, got 100,000,000,000"),
        ({"estimation": 10**11}, "estimation: expected at most 2,520"),
        ({"gap": 2521}, "gap: expected at most 2,520"),
        ({"min_estimation": 121}, "min_estimation"),
        ({"on_overlap": "last"}, "on_overlap"),
        ({"on_contaminated": "ignore"}, "on_contaminated"),
        ({"missing": "fill"}, "missing"),
        ({"beta": "vasicek"}, "beta"),
        ({"beta": "dimson", "gap": 0}, "gap"),
        ({"returns": [[0.1]]}, "returns"),
        ({"events": [1]}, "events"),
    ],
)
def test_unusable_arguments_are_refused(changes, words):
    returns, market = world(1)
    arguments = {"returns": returns, "market": market, "events": on(returns.index, [(0, 150)])}
    with pytest.raises(ValueError, match=words):
        event_study(**(arguments | changes))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r, m, e: (r, m, e.drop(columns="ticker")), "expected columns ticker"),
        (lambda r, m, e: (r, m, e.drop(columns="date")), "published_at"),
        (lambda r, m, e: (r, m, e.assign(date=["soon"])), "date"),
        (lambda r, m, e: (r, m, e.assign(date=[None])), "no date"),
        (lambda r, m, e: (r[::-1], m, e), "ascending"),
        (lambda r, m, e: (r, pd.DataFrame({"T05": m}), e), "T00"),
        (lambda r, m, e: (r.replace(r.iloc[5, 0], np.inf), m, e), "infinite"),
        (lambda r, m, e: (r, m, e.drop(columns="date").assign(published_at="2023-05-01T10:00:00")), "offset"),
    ],
)
def test_unusable_tables_are_refused(change, words):
    returns, market = world(1)
    with pytest.raises(DataError, match=words):
        event_study(*change(returns, market, on(returns.index, [(0, 150)])))


def test_an_unknown_test_or_window_is_a_key_error():
    returns, market = world(1)
    study = event_study(returns, market, on(returns.index, [(0, 150)]))
    with pytest.raises(KeyError, match="median"):
        study.test("median")
    assert "<table" in study._repr_html_()


def test_one_announcement_in_two_tickers_is_one_cluster_and_so_are_windows_that_share_a_day():
    returns, market = world(1)
    events = on(returns.index, [(0, 60), (1, 61), (2, 75), (3, 100)])
    events["event_id"] = ["a", "a", "b", "c"]
    study = event_study(returns, market, events, "market", WINDOW, ESTIMATION, GAP, windows=[(0, 0), (0, 4)])
    clusters = study.windows.set_index("window")["clusters"]
    assert set(clusters) == {3}
    near = on(returns.index, [(0, 60), (1, 62), (2, 64), (3, 100)])
    apart = event_study(returns, market, near, "market", WINDOW, ESTIMATION, GAP, windows=[(0, 1), (0, 2)])
    found = apart.windows.set_index("window")["clusters"]
    assert (found["[0,0]"], found["[0,1]"], found["[0,2]"], found["[-3,4]"]) == (4, 4, 2, 2)
