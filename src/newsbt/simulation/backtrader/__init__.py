"""The reference engine: backtrader runs the clock and the orders, under this house's rules of execution."""

from newsbt.simulation.backtrader.intent_replay import simulate

__all__ = ["simulate"]
