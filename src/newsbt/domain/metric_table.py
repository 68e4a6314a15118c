"""The table of metrics: one entry for each figure and count of a strategy's row, and nothing else lists them.

Entries stand in the order of the results table's columns, each beside what it is read with. To add a metric, write the
function that computes it (docs/methods.md says where) and its entry here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

__all__ = ["METRICS", "MetricSpec", "Scope", "Unit"]

# What a metric is made of: the sample itself; the path of equity, alone or by way of a growth rate; the returns in any
# order; returns beside a benchmark's; what was held; closed trades; the books; what is found beside one run; what only
# the whole table of strategies can say. A `count` stands among a row's counts.
Scope: TypeAlias = Literal[
    "sample", "equity", "growth", "moments", "benchmark", "holdings", "trades", "books", "evidence", "table", "count"
]
MetricValue: TypeAlias = "float | date | None"
Unit: TypeAlias = Literal["return", "share", "ratio", "probability", "money", "count", "date"]


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """One metric.

    Parameters
    ----------
    key, definition : str
        Its name in run.json, and a sentence.
    scope : Scope
        What it is made of.
    unit : Unit
        What it is measured in, and so how people read it; a `return` is a signed fraction, a `share` one without sign.
    better : {"more", "less", ""}
        Which way is better; empty where neither is. Drawdowns and losses are negative, so that more is better.
    title : str
        Its column in the results table; empty where it has none.
    rank : int
        How soon a narrow terminal gives the column up, 0 last.
    signed, optional : bool
        Whether the column is coloured by sign, and left out where no row has a value.
    interval : tuple of two keys, optional
        The ends of the 95 % interval that stands beside the value wherever people read it.
    sweep : int, optional
        Its place in the table of `newsbt sweep`.
    outcome : int, optional
        Its place among the numbers that kernels compute of a variant and that files of outcomes keep: those of session
        returns first, which outcomes of walk-forward tests hold by place. Add at the end, never move.
    in_repr : bool
        Whether a result shows it of itself.
    unless : str
        Why it is undefined where nothing computes it.
    """

    key: str
    definition: str
    scope: Scope
    unit: Unit
    better: Literal["more", "less", ""] = ""
    title: str = ""
    rank: int = 99
    signed: bool = False
    optional: bool = False
    interval: tuple[str, str] | None = None
    sweep: int | None = None
    outcome: int | None = None
    in_repr: bool = False
    unless: str = ""


# r: return of a bar; f: risk-free return of a bar; q: bars a year; n: bars; E: equity, E_0 the initial capital.
_TABLE = (
    MetricSpec("total_return", "E_n / E_0 - 1, net of all costs.",
        scope="equity", unit="return", better="more", title="Return", rank=0, signed=True, outcome=0, sweep=0,
        in_repr=True),
    MetricSpec("cagr", "(E_n / E_0)^(q / n) - 1, n counting every bar.",
        scope="growth", unit="return", better="more", title="CAGR", rank=18, signed=True, outcome=1,
        in_repr=True),
    MetricSpec("cagr_calendar",
        "(E_n / E_0)^(1 / years) - 1, years = calendar days from the first to the last bar / 365.25.",
        scope="growth", unit="return", better="more"),
    MetricSpec("volatility", "Sample standard deviation of r (n - 1) times sqrt(q).",
        scope="moments", unit="share", better="less", title="Vol", rank=16, outcome=2, in_repr=True),
    MetricSpec("sharpe", "mean(r - f) / std(r - f) times sqrt(q) (Sharpe 1994).",
        scope="moments", unit="ratio", better="more", title="Sharpe", rank=1,
        interval=("sharpe_low", "sharpe_high"), outcome=3, sweep=1, in_repr=True),
    MetricSpec("sharpe_low", "Lower end of the 95 % interval of the annual Sharpe ratio, by stationary bootstrap.",
        scope="evidence", unit="ratio", better="more"),
    MetricSpec("sharpe_high", "Upper end of the 95 % interval of the annual Sharpe ratio, by stationary bootstrap.",
        scope="evidence", unit="ratio", better="more"),
    MetricSpec("sharpe_se",
        "Standard error of the annual Sharpe ratio under skewness, fat tails (Mertens 2002) and autocorrelation.",
        scope="moments", unit="ratio", better="less"),
    MetricSpec("sharpe_se_lo",
        "Standard error of the annual Sharpe ratio for independent normal returns (Lo 2002); blind to all else.",
        scope="moments", unit="ratio", better="less"),
    MetricSpec("sharpe_autocorrelated",
        "Sharpe ratio annualised with the long-run variance of r (Lo 2002), by an autoregression of the order that "
        "Schwarz's criterion chooses; where that is 0, the Sharpe ratio.",
        scope="moments", unit="ratio", better="more"),
    MetricSpec("ljung_box_p", "p-value of the Ljung-Box test of no autocorrelation in r, min(10, n / 5) lags.",
        scope="moments", unit="probability"),
    MetricSpec("psr",
        "Probability that the true Sharpe ratio exceeds 0, given skewness, kurtosis and autocorrelation (Bailey and "
        "Lopez de Prado 2012).",
        scope="moments", unit="probability", better="more", title="PSR", rank=13, optional=True, outcome=7,
        in_repr=True),
    MetricSpec("dsr",
        "Probability that the true Sharpe ratio exceeds the best expected from dsr_trials tries without skill "
        "(Bailey and Lopez de Prado 2014).",
        scope="table", unit="probability", better="more", title="DSR", rank=4, optional=True, in_repr=True,
        unless="not judged among trials"),
    MetricSpec("dsr_trials", "Configurations tried, as counted for dsr.",
        scope="table", unit="count", unless="not judged among trials"),
    MetricSpec("placebo_p",
        "Share of calendars (the run's own, and the same news moved by whole weeks) on which placebo_t is at least "
        "that of the run's own: (b + 1) / (m + 1).",
        scope="evidence", unit="probability", better="less", title="Placebo p", rank=10, optional=True,
        in_repr=True, unless="no placebo runs"),
    MetricSpec("placebo_m", "Other calendars behind placebo_p.",
        scope="evidence", unit="count"),
    MetricSpec("placebo_least", "The smallest placebo_p that so many other calendars allow: 1 / (m + 1).",
        scope="evidence", unit="probability"),
    MetricSpec("placebo_t",
        "(S - b E) / sqrt(Q) of the hedged book: daily net profits over equity, less what exposure earned over all "
        "calendars, over the root of their squares; reads as a t-value.",
        scope="evidence", unit="ratio", better="more"),
    MetricSpec("placebo_t_unhedged", "The same of the book alone.",
        scope="evidence", unit="ratio", better="more"),
    MetricSpec("p_adjusted",
        "placebo_p adjusted for the strategies of the table by the largest placebo_t on each of the calendars that "
        "they share (Westfall and Young 1993); Holm (1979) with independent days.",
        scope="table", unit="probability", better="less", title="Adj. p", rank=3, optional=True,
        in_repr=True, unless="no placebo p-value"),
    MetricSpec("max_drawdown", "Lowest E_t / max(E_s, s <= t) - 1, the initial capital included; never positive.",
        scope="equity", unit="return", better="more", title="Max DD", rank=6, outcome=5, sweep=2, in_repr=True),
    MetricSpec("max_drawdown_peak",
        "Date of the last equity peak before the trough; null when it is the initial capital.",
        scope="equity", unit="date"),
    MetricSpec("max_drawdown_trough", "First date at which the maximum drawdown was reached.",
        scope="equity", unit="date"),
    MetricSpec("max_drawdown_recovery", "First date after the trough with equity at the peak again; null if not yet.",
        scope="equity", unit="date"),
    MetricSpec("max_drawdown_bars_to_trough", "Bars from the peak to the trough of the maximum drawdown.",
        scope="equity", unit="count", better="less"),
    MetricSpec("max_drawdown_days_to_trough", "Calendar days from the peak to the trough of the maximum drawdown.",
        scope="equity", unit="count", better="less"),
    MetricSpec("max_drawdown_bars_to_recovery", "Bars from the trough of the maximum drawdown to its recovery.",
        scope="equity", unit="count", better="less"),
    MetricSpec("max_drawdown_days_to_recovery",
        "Calendar days from the trough of the maximum drawdown to its recovery.",
        scope="equity", unit="count", better="less"),
    MetricSpec("longest_underwater_bars", "Longest run of consecutive bars below an earlier equity peak.",
        scope="equity", unit="count", better="less"),
    MetricSpec("longest_underwater_days", "Calendar days from the first to the last bar of that run, both counted.",
        scope="equity", unit="count", better="less"),
    MetricSpec("calmar", "cagr / |max_drawdown| over the whole sample (after Young 1991).",
        scope="growth", unit="ratio", better="more", title="Calmar", rank=23, outcome=6),
    MetricSpec("ulcer_index", "sqrt(mean(drawdown^2)) over the n bars (Martin and McCann 1989).",
        scope="equity", unit="share", better="less"),
    MetricSpec("martin_ratio", "(cagr - annual risk-free rate) / ulcer_index.",
        scope="growth", unit="ratio", better="more"),
    MetricSpec("sortino",
        "mean(r) / sqrt(mean(min(r, 0)^2)) times sqrt(q), the mean over all bars (Sortino and van der Meer "
        "1991).",
        scope="moments", unit="ratio", better="more", title="Sortino", rank=24, outcome=4, in_repr=True),
    MetricSpec("downside_deviation", "sqrt(mean(min(r, 0)^2)) over all bars, times sqrt(q).",
        scope="moments", unit="share", better="less"),
    MetricSpec("omega", "sum(max(r, 0)) / sum(max(-r, 0)) (Keating and Shadwick 2002); infinite without losses.",
        scope="moments", unit="ratio", better="more"),
    MetricSpec("profit_factor_bars", "Sum of positive returns over sum of negative ones, by bar; equals omega.",
        scope="moments", unit="ratio", better="more"),
    MetricSpec("hit_rate_bars", "Bars with r > 0 over bars with r other than 0.",
        scope="moments", unit="share", better="more"),
    MetricSpec("var_95", "5 % quantile of r, interpolated linearly; signed.",
        scope="moments", unit="return", better="more"),
    MetricSpec("cvar_95", "Mean of the floor(0.05 (n - 1)) + 1 smallest r; signed.",
        scope="moments", unit="return", better="more"),
    MetricSpec("skew", "Population skewness of r, m3 / m2^1.5.",
        scope="moments", unit="ratio", better="more"),
    MetricSpec("excess_kurtosis", "Population kurtosis of r less 3, m4 / m2^2 - 3.",
        scope="moments", unit="ratio"),
    MetricSpec("tail_ratio", "|95 % quantile of r| / |5 % quantile of r|.",
        scope="moments", unit="ratio", better="more"),
    MetricSpec("trades", "Closed lots.",
        scope="count", unit="count", title="Trades", rank=7, outcome=18, sweep=4),
    MetricSpec("open_trades", "Lots still open at the end.",
        scope="count", unit="count"),
    MetricSpec("hit_rate", "Closed trades with positive net profit over those with a profit other than 0.",
        scope="trades", unit="share", better="more", title="Hit", rank=9, outcome=8, sweep=3, in_repr=True),
    MetricSpec("wins", "Closed trades with a net profit.",
        scope="count", unit="count", better="more"),
    MetricSpec("losses", "Closed trades with a net loss.",
        scope="count", unit="count", better="less"),
    MetricSpec("zeros", "Closed trades with a net profit of exactly 0, counted in neither.",
        scope="books", unit="count"),
    MetricSpec("profit_factor",
        "Net profits of the winning closed trades over net losses of the losing; infinite without losses.",
        scope="trades", unit="ratio", better="more", title="Profit f.", rank=25, outcome=9, in_repr=True),
    MetricSpec("expectancy", "Mean net profit of a closed trade, in account currency.",
        scope="trades", unit="money", better="more", outcome=10),
    MetricSpec("payoff_ratio", "Mean profit of the winning closed trades over the mean loss of the losing.",
        scope="trades", unit="ratio", better="more"),
    MetricSpec("refusals", "Attempts to trade that were refused or cut.",
        scope="count", unit="count", better="less", title="Refused", rank=11, outcome=19, sweep=5),
    MetricSpec("unfillable_return",
        "What refused entries would have earned at their weights, as a fraction of E_0; unknown where that of one is. "
        "Not part of total_return.",
        scope="books", unit="return", title="Unfillable", rank=14, signed=True, optional=True),
    MetricSpec("gross_return",
        "Total return with costs and slippage added back: (E_n + total_costs + slippage_cost) / E_0 - 1.",
        scope="books", unit="return", better="more", title="Gross", rank=12, signed=True, outcome=17,
        in_repr=True),
    MetricSpec("total_costs", "Commissions, taxes, fees and borrowing, in account currency; slippage not included.",
        scope="books", unit="money", better="less", title="Costs", rank=8, outcome=15),
    MetricSpec("slippage_cost",
        "Cash lost between reference and fill prices, in account currency; contained in the prices.",
        scope="books", unit="money", better="less", title="Slippage", rank=15, outcome=16),
    MetricSpec("borrow_cost",
        "What borrowing the shares of shorts cost, in account currency; contained in total_costs.",
        scope="books", unit="money", better="less"),
    MetricSpec("dividends",
        "Dividends of what was held less those owed on shorts, in account currency; contained in equity.",
        scope="books", unit="money", better="more"),
    MetricSpec("hedged_return",
        "Total return of the same fills beside a short of beta x index for each lot, from its entry to its "
        "exit: (E_n + profit of the shorts) / E_0 - 1. The index is the benchmark, without one the sector "
        "index, or what `position.hedge` names; beta is by least squares over the 120 rows before the entry "
        "(1 below 30 pairs); the shorts use no cash and pay no costs.",
        scope="evidence", unit="return", better="more", title="Hedged", rank=5, signed=True, optional=True),
    MetricSpec("turnover",
        "Sum of |fill notional|, buys and sells, over mean equity, times q / n: two-sided and annual.",
        scope="holdings", unit="ratio", better="less", title="Turnover", rank=26, outcome=11, in_repr=True),
    MetricSpec("turnover_one_way", "Half of turnover.",
        scope="holdings", unit="ratio", better="less"),
    MetricSpec("exposure", "Share of bars that end with a position.",
        scope="holdings", unit="share", title="Exposure", rank=27, outcome=12),
    MetricSpec("mean_gross", "Mean over all bars of sum |position value| / equity at the close.",
        scope="holdings", unit="share", outcome=13),
    MetricSpec("mean_net", "Mean over all bars of sum of signed position value / equity at the close.",
        scope="holdings", unit="return"),
    MetricSpec("alpha", "Intercept of that regression times q (arithmetic).",
        scope="benchmark", unit="return", better="more", title="Alpha", rank=28, signed=True, optional=True),
    MetricSpec("alpha_t", "t-value of alpha, Newey-West standard error.",
        scope="benchmark", unit="ratio", better="more"),
    MetricSpec("beta", "Slope of r - f on the benchmark's excess return by least squares.",
        scope="benchmark", unit="ratio", title="Beta", rank=29, optional=True),
    MetricSpec("beta_t", "t-value of beta, Newey-West standard error.",
        scope="benchmark", unit="ratio"),
    MetricSpec("tracking_error", "Standard deviation of r less the benchmark's return, times sqrt(q).",
        scope="benchmark", unit="share", better="less"),
    MetricSpec("information_ratio", "mean(r - b) / std(r - b) times sqrt(q), b the benchmark's return.",
        scope="benchmark", unit="ratio", better="more", title="IR", rank=30, optional=True),
    MetricSpec("events_traded", "Events of which lots were opened.",
        scope="count", unit="count", title="Events", rank=17),
    MetricSpec("event_dates",
        "Independent dates of the events that were traded: those with a common session or overlapping holds are one.",
        scope="count", unit="count", better="more", title="Dates", rank=2, outcome=21),
    MetricSpec("events", "Events that were read.",
        scope="count", unit="count"),
    MetricSpec("events_linked", "Events inside the period with a link to an instrument.",
        scope="count", unit="count"),
    MetricSpec("fills", "Fills, buys and sells.",
        scope="count", unit="count", outcome=20),
    MetricSpec("final_equity", "E_n, cash plus marked positions at the last close, in account currency.",
        scope="books", unit="money", better="more", title="Final equity", rank=31, outcome=14),
    MetricSpec("stale_marks",
        "Marks of positions without a price of that bar, which kept the last one; summed over bars.",
        scope="books", unit="count", better="less"),
    MetricSpec("n_bars", "Bars in the sample, missing returns included.",
        scope="sample", unit="count"),
    MetricSpec("n_obs", "Bars with a return.",
        scope="sample", unit="count"),
    MetricSpec("n_missing", "Bars without a return; they count as 0 in the equity path and are left out of moments.",
        scope="sample", unit="count"),
    MetricSpec("n_pairs", "Bars on which both the strategy and the benchmark have a return.",
        scope="sample", unit="count"),
    MetricSpec("periods_per_year", "q, the bars a year by which figures are annualised.",
        scope="sample", unit="ratio"),
)  # fmt: skip

METRICS: Mapping[str, MetricSpec] = {spec.key: spec for spec in _TABLE}
