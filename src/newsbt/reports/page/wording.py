"""Reasons of refusals and exits, as sentences."""

from __future__ import annotations

from newsbt.reports.run_text import reason_text

__all__ = ["EXITS", "refusal_sentence"]

_SENTENCES = {
    "not_tradable": "it cannot be traded: an index without a fund for it, or marked so",
    "not_trading": "it did not trade in that session",
    "no_reference_price": "there was no earlier price to size the order by",
    "no_rate": "no exchange rate of its currency was known yet",
    "unknown_lot": "its lot size is not known",
    "no_weight": "too little was known before it to tell how much of it to buy",
    "no_short": "it may not be sold short there",
    "max_positions": "the largest number of positions was open already",
    "below_one_lot": "the size came to less than one lot",
    "t_plus_one": "shares bought in a session cannot be sold in it (T+1)",
    "limit_up": "it stood at its upper price limit, where nobody sells",
    "limit_down": "it stood at its lower price limit, where nobody buys",
    "participation": "the order was larger than the share of the bar's volume that may be taken",
    "cash": "the cash did not suffice",
    "limit_not_reached": "no bar of its session traded through its limit",
    "not_yet_known": "the news was not known yet in that market",
    "extended": "a position was open already and its holding time began anew",
    "ignored": "a position was open already, or another event of the session decided",
    "opposite": "it closed a position of the other sign instead",
    "before_period": "it could be traded before the run's first session only",
    "after_period": "no session was left to trade it in",
    "pending": "its session had not come when the run ended",
}

EXITS = {
    "hold": "held to plan", "stop_loss": "stop loss", "take_profit": "take profit", "trailing_stop": "trailing stop",
    "opposite": "opposite news", "rebalance": "rebalance", "order": "the strategy's order", "split": "split",
    "open": "still open", "entry": "entry",
}  # fmt: skip


def refusal_sentence(reason: str) -> str:
    """What a reason means, in words; the reason itself where it is a newer one.

    >>> refusal_sentence("no_short")
    'it may not be sold short there'
    """
    return _SENTENCES.get(reason, reason_text(reason))
