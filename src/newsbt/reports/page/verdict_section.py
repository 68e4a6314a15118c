"""The top of the page: what a strategy did, in words and in five figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newsbt.domain.evidence_documents import StudyDocument
from newsbt.domain.run_documents import SharesJson
from newsbt.reports.html.page_blocks import Absent, Block, Details, FigureTiles, Questions, Who
from newsbt.reports.page.credibility import beliefs, count_of, placebo_count, span_text
from newsbt.reports.page.document_fields import BAD_SHAPE
from newsbt.reports.page.shown_strategies import first_rows, left_out
from newsbt.reports.page.view import PageView, metric
from newsbt.reports.run_text import counted
from newsbt.reports.table_columns import MISSING, Row, interval_in, money, percent, probability, ratio, share

__all__ = ["answers", "figures", "verdict"]


@dataclass(frozen=True, slots=True)
class Tile:
    """One of the five: title, value, what stands under it, and the sign of the value."""

    title: str
    text: str
    under: str
    sign: int = 0


def verdict(view: PageView) -> list[Block]:
    """The first strategy in full, the others folded away under their own five figures."""
    if not view.strategies:
        return [Absent("This run holds no strategy: there is nothing to judge.")]
    lead, *others = first_rows(view)
    name = str(lead.get("name"))
    parts: list[Block] = [Who(name, view.look(name)), _tiles(view, lead), Questions(answers(view, lead))]
    parts += [
        Details(f"{row.get('name')}: {_short(row)}", [_tiles(view, row), Questions(answers(view, row))])
        for row in others
    ]
    return [*parts, *left_out(view, 1 + len(others))]


def _short(row: Row) -> str:
    total, sharpe = metric(row, "total_return"), metric(row, "sharpe")
    text = "no return" if total is None else percent(total)
    return text + ("" if sharpe is None else f", Sharpe {ratio(sharpe)}")


def _tiles(view: PageView, row: Row) -> FigureTiles:
    return FigureTiles(
        [(figure.title, figure.text, figure.under, _SIGNS[figure.sign]) for figure in figures(view, row)]
    )


_SIGNS = {1: "up", -1: "down", 0: ""}


def figures(view: PageView, row: Row) -> Sequence[Tile]:
    """Return, drawdown, Sharpe, placebo p and the tradable share of the reported move."""
    reasons = row.get("reasons") or {}

    def why(name: str) -> str:
        return str(reasons.get(name) or "no value")

    total, depth, sharpe = (metric(row, name) for name in ("total_return", "max_drawdown", "sharpe"))
    market = metric(view.benchmark, "total_return")
    benchmark = "no benchmark" if market is None else f"benchmark {percent(market)}"
    interval = interval_in(row, "sharpe")
    trough = (row.get("metrics") or {}).get("max_drawdown_trough")
    p, share_of = metric(row, "placebo_p"), _share(view, row)
    return (
        Tile("Return after costs", _shown(total, percent), benchmark if total is not None else why("total_return"),
             _sign(total)),
        Tile("Deepest drawdown", _shown(depth, percent),
             (f"lowest on {trough}" if trough else "never below an earlier high") if depth is not None
             else why("max_drawdown")),
        Tile("Sharpe ratio", _shown(sharpe, ratio),
             f"95% interval {span_text(interval)}" if interval else _why_no_interval(row, why)),
        Tile("Placebo p", _shown(p, probability),
             _draws(row) if p is not None else why("placebo_p")),
        Tile("Tradable share", _shown(share_of.get("share"), share), _share_words(share_of)),
    )  # fmt: skip


def _why_no_interval(row: Row, why: Callable[[str], str]) -> str:
    return why("sharpe") if metric(row, "sharpe") is None else f"no interval: {why('sharpe_low')}"


def _draws(row: Row) -> str:
    found = placebo_count(row)
    if found is None:
        return "against other calendars of its news"
    return f"{found[0]:,} of {found[1]:,} other calendars of its news did at least as well"


def _shown(value: float | None, show: Callable[[float], str]) -> str:
    return MISSING if value is None else str(show(value))


def _sign(value: float | None) -> int:
    return 0 if value is None else (value > 0) - (value < 0)


def _share(view: PageView, row: Row) -> SharesJson:
    """Pairs, mean reported move and its tradable part in the direction of the signals: the event study's, where the
    run has one for this strategy, else the context's."""
    name = str(row.get("name"))
    try:
        study = view.evidence.get("study")
        found = _studied(study, name) if study else SharesJson()
    except BAD_SHAPE:
        found = SharesJson()
    shares = view.context.get("shares")
    kept = shares.get(name) if isinstance(shares, dict) else None
    return found or (kept if isinstance(kept, dict) else SharesJson())


def _studied(study: StudyDocument, name: str) -> SharesJson:
    pairs, reported, tradable = 0, 0.0, 0.0
    for group in study.get("groups") or ():
        sign = {f"{name}: long": 1.0, f"{name}: short": -1.0}.get(group["name"])
        move = next((one for one in group.get("moves") or () if one["horizon"] == 0), None)
        if group.get("kind") != "signals" or sign is None or move is None:
            continue
        total, part = move.get("total"), move.get("tradable")
        if total is None or part is None:
            continue
        pairs += move["pairs"]
        reported += sign * total * move["pairs"]
        tradable += sign * part * move["pairs"]
    if not pairs:
        return {}
    found: SharesJson = {"pairs": pairs, "reported": reported / pairs, "tradable": tradable / pairs}
    if reported <= 0:
        return {**found, "share": None, "reason": "the signalled tickers moved against their signals, taken together"}
    return {**found, "share": tradable / reported}


def _share_words(found: SharesJson) -> str:
    reported, tradable = found.get("reported"), found.get("tradable")
    if reported is None or tradable is None:
        return str(found.get("reason") or "this run folder holds no prices around its events")
    moves = f"{percent(tradable)} of {percent(reported)} a signal"
    return moves if found.get("share") is not None else f"{moves}: {found.get('reason')}"


def answers(view: PageView, row: Row) -> Sequence[tuple[str, str]]:
    """The five questions that anybody would ask, answered in words."""
    return (
        ("Did it make money?", _money(view, row)),
        ("How bad did it get?", _depth(row)),
        ("Which announcements did it?", _announcements(view, row)),
        ("Could it have been traded?", _traded(view, row)),
        ("Do I believe it?", " ".join(beliefs(view, row))),
    )


def _money(view: PageView, row: Row) -> str:
    total, market = metric(row, "total_return"), metric(view.benchmark, "total_return")
    if total is None:
        return f"Unknown: {(row.get('reasons') or {}).get('total_return') or 'the run holds no return'}."
    if not count_of(row, "fills"):
        return "It did not trade, so it made and lost nothing."
    made = "It broke even" if total == 0 else f"It {'made' if total > 0 else 'lost'} {percent(abs(total)).lstrip('+')}"
    end = metric(row, "final_equity")
    cash = f" ({money(end - view.cash)} {view.currency})" if end is not None and view.cash else ""
    sentence = f"{made} after all costs{cash}"
    if market is None:
        return f"{sentence}; the run has no benchmark."
    points = (total - market) * 100
    compared = (
        "as much as" if abs(points) < 0.05 else f"{abs(points):.1f} points {'more' if points > 0 else 'less'} than"
    )
    invested = metric(row, "exposure")
    bars = "bars" if view.context.get("intraday") else "sessions"
    part = "" if invested is None else f" It held something at the close of {share(invested)} of the {bars}."
    return f"{sentence}, {compared} the benchmark ({percent(market)}).{part}"


def _depth(row: Row) -> str:
    depth = metric(row, "max_drawdown")
    if depth is None:
        return "Unknown."
    if depth == 0:
        return "It never stood below an earlier high."
    values = row.get("metrics") or {}
    peak, trough = values.get("max_drawdown_peak"), values.get("max_drawdown_trough")
    recovered = values.get("max_drawdown_recovery")
    when = f" on {trough}, after the high of {peak or 'the start'}" if trough else ""
    after = f"; it was back at that high on {recovered}" if recovered else ("; it has not recovered" if trough else "")
    return f"At worst it stood {percent(abs(depth)).lstrip('+')} below its highest equity{when}{after}."


def _announcements(view: PageView, row: Row) -> str:
    frame = view.events
    if frame is None:
        return "Unknown: the events of this run could not be read."
    own = frame[frame["strategy"] == row.get("name")].groupby("event_id")["pnl"].sum()
    own = own[own != 0.0].sort_values(ascending=False)
    if own.empty:
        return "None: no announcement led to a profit or a loss."
    traded = f"{len(own):,} announcement{'s' if len(own) != 1 else ''} brought a profit or a loss"
    best, worst = own.index[0], own.index[-1]
    parts = [f"{traded}, {int((own > 0).sum()):,} of them a profit."]
    gains = own[own > 0]
    if len(gains) > 3:
        half = int((gains.cumsum() < gains.sum() / 2).sum()) + 1
        parts.append(f"Half of all profits came from {half:,}.")
    if own.iloc[0] > 0:
        parts.append(f"The best was “{view.title_of(str(best))}” ({_signed(own.iloc[0])} {view.currency}).")
    parts += _without(view, row)
    if own.iloc[-1] < 0:
        parts.append(f"The worst was “{view.title_of(str(worst))}” ({_signed(own.iloc[-1])}).")
    return " ".join(parts)


def _without(view: PageView, row: Row) -> list[str]:
    """What is left of the profit without the best announcements, where the run's evidence says so."""
    try:
        found = view.evidence["attribution"][str(row.get("name"))]["concentration"]
        one, three = (float(found[top]["profit_without"]) for top in ("top_1", "top_3"))
    except BAD_SHAPE:
        return []
    return [f"Less the best one the profit is {_signed(one)}, less the best three {_signed(three)}."]


def _signed(value: float) -> str:
    return f"{value:+,.0f}"


def _traded(view: PageView, row: Row) -> str:
    parts = []
    found = _share(view, row)
    part, reported, tradable = found.get("share"), found.get("reported"), found.get("tradable")
    if part is not None and reported is not None and tradable is not None:
        parts.append(
            f"{share(part)} of the reported move was left at the first price it could trade "
            f"({percent(tradable)} of {percent(reported)} a signal, over {int(found['pairs']):,} "
            "pairs of an event and a ticker)."
        )
    elif reported is not None:
        parts.append(
            "Taken together, the signalled tickers did not move the way of their signals "
            f"({percent(reported)} a signal up to the first close), so there was no move to take part in."
        )
    refused = (view.document.get("refusals") or {}).get(str(row.get("name"))) or {}
    total = sum(int(number) for number in refused.values())
    missed = metric(row, "unfillable_return")
    if total:
        cost = f"; the entries among them would have brought {percent(missed)}" if missed else ""
        attempts = "1 attempt" if total == 1 else f"{total:,} attempts"
        parts.append(f"{attempts} to trade met a refusal or a cut ({counted(refused)}){cost}.")
    else:
        parts.append("No order was refused.")
    return " ".join(parts)
