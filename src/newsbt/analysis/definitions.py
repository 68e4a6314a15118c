"""One sentence for every metric key, written into each run next to the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["DEFINITIONS"]

# r: return of a bar; f: risk-free return of a bar; q: bars a year; n: bars; E: equity, E_0 the initial capital.
DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "n_bars": "Bars in the sample, missing returns included.",
        "n_obs": "Bars with a return.",
        "n_missing": "Bars without a return; they count as 0 in the equity path and are left out of moments.",
        "periods_per_year": "q, the bars a year by which figures are annualised.",
        "total_return": "E_n / E_0 - 1, net of all costs.",
        "cagr": "(E_n / E_0)^(q / n) - 1, n counting every bar.",
        "cagr_calendar": "(E_n / E_0)^(1 / years) - 1, years = calendar days from the first to the last bar / 365.25.",
        "volatility": "Sample standard deviation of r (n - 1) times sqrt(q).",
        "sharpe": "mean(r - f) / std(r - f) times sqrt(q) (Sharpe 1994).",
        "sharpe_low": "Lower end of the 95 % interval of the annual Sharpe ratio, by stationary bootstrap.",
        "sharpe_high": "Upper end of the 95 % interval of the annual Sharpe ratio, by stationary bootstrap.",
        "sharpe_se": "Standard error of the annual Sharpe ratio under skewness and fat tails (Mertens 2002).",
        "sharpe_se_lo": "Standard error of the annual Sharpe ratio for independent normal returns (Lo 2002).",
        "sharpe_autocorrelated": "Sharpe ratio annualised with the sample autocorrelations of r (Lo 2002); given only "
        "when the Ljung-Box test rejects at 5 %.",
        "ljung_box_p": "p-value of the Ljung-Box test of no autocorrelation in r, min(10, n / 5) lags.",
        "psr": "Probability that the true Sharpe ratio exceeds 0, given skewness and kurtosis (Bailey and Lopez de "
        "Prado 2012).",
        "dsr": "Probability that the true Sharpe ratio exceeds the best expected from dsr_trials tries without skill "
        "(Bailey and Lopez de Prado 2014).",
        "dsr_trials": "Configurations tried, as counted for dsr.",
        "downside_deviation": "sqrt(mean(min(r, 0)^2)) over all bars, times sqrt(q).",
        "sortino": "mean(r) / sqrt(mean(min(r, 0)^2)) times sqrt(q), the mean over all bars (Sortino and van der Meer "
        "1991).",
        "max_drawdown": "Lowest E_t / max(E_s, s <= t) - 1, the initial capital included; never positive.",
        "max_drawdown_peak": "Date of the last equity peak before the trough; null when it is the initial capital.",
        "max_drawdown_trough": "First date at which the maximum drawdown was reached.",
        "max_drawdown_recovery": "First date after the trough with equity at the peak again; null if not yet.",
        "max_drawdown_bars_to_trough": "Bars from the peak to the trough of the maximum drawdown.",
        "max_drawdown_days_to_trough": "Calendar days from the peak to the trough of the maximum drawdown.",
        "max_drawdown_bars_to_recovery": "Bars from the trough of the maximum drawdown to its recovery.",
        "max_drawdown_days_to_recovery": "Calendar days from the trough of the maximum drawdown to its recovery.",
        "longest_underwater_bars": "Longest run of consecutive bars below an earlier equity peak.",
        "longest_underwater_days": "Calendar days from the first to the last bar of that run, both counted.",
        "calmar": "cagr / |max_drawdown| over the whole sample (after Young 1991).",
        "ulcer_index": "sqrt(mean(drawdown^2)) over the n bars (Martin and McCann 1989).",
        "martin_ratio": "(cagr - annual risk-free rate) / ulcer_index.",
        "omega": "sum(max(r, 0)) / sum(max(-r, 0)) (Keating and Shadwick 2002); infinite without losses.",
        "profit_factor_bars": "Sum of positive returns over sum of negative ones, by bar; equals omega.",
        "hit_rate_bars": "Bars with r > 0 over bars with r other than 0.",
        "var_95": "5 % quantile of r, interpolated linearly; signed.",
        "cvar_95": "Mean of the floor(0.05 (n - 1)) + 1 smallest r; signed.",
        "skew": "Population skewness of r, m3 / m2^1.5.",
        "excess_kurtosis": "Population kurtosis of r less 3, m4 / m2^2 - 3.",
        "tail_ratio": "|95 % quantile of r| / |5 % quantile of r|.",
        "n_pairs": "Bars on which both the strategy and the benchmark have a return.",
        "beta": "Slope of r - f on the benchmark's excess return by least squares.",
        "beta_t": "t-value of beta, Newey-West standard error.",
        "alpha": "Intercept of that regression times q (arithmetic).",
        "alpha_t": "t-value of alpha, Newey-West standard error.",
        "tracking_error": "Standard deviation of r less the benchmark's return, times sqrt(q).",
        "information_ratio": "mean(r - b) / std(r - b) times sqrt(q), b the benchmark's return.",
        "hit_rate": "Closed trades with positive net profit over those with a profit other than 0.",
        "profit_factor": "Net profits of the winning closed trades over net losses of the losing; infinite without "
        "losses.",
        "expectancy": "Mean net profit of a closed trade, in account currency.",
        "payoff_ratio": "Mean profit of the winning closed trades over the mean loss of the losing.",
        "wins": "Closed trades with a net profit.",
        "losses": "Closed trades with a net loss.",
        "zeros": "Closed trades with a net profit of exactly 0, counted in neither.",
        "turnover": "Sum of |fill notional|, buys and sells, over mean equity, times q / n: two-sided and annual.",
        "turnover_one_way": "Half of turnover.",
        "exposure": "Share of bars that end with a position.",
        "mean_gross": "Mean over all bars of sum |position value| / equity at the close.",
        "mean_net": "Mean over all bars of sum of signed position value / equity at the close.",
        "gross_return": "Total return with costs and slippage added back: (E_n + total_costs + slippage_cost) / E_0 - "
        "1.",
        "hedged_return": "Total return of the same fills beside a short of beta x index for each lot, from its "
        "entry to its exit: (E_n + profit of the shorts) / E_0 - 1. The index is the benchmark, without one the sector "
        "index, or what `position.hedge` names; beta is by least squares over the 120 rows before the entry (1 below "
        "30 pairs); the shorts use no cash and pay no costs.",
        "unfillable_return": "What refused entries would have earned at their weights, as a fraction of E_0; not part "
        "of total_return.",
        "slippage_cost": "Cash lost between reference and fill prices, in account currency; contained in the prices.",
        "final_equity": "E_n, cash plus marked positions at the last close, in account currency.",
        "total_costs": "Commissions, taxes, fees and borrowing, in account currency; slippage not included.",
        "placebo_p": "Share of placebo runs (events moved to random admissible times), the run itself counted once, "
        "that do at least as well: (b + 1) / (m + 1).",
        "p_holm": "placebo_p adjusted for the number of strategies in the table (Holm 1979).",
    }
)
