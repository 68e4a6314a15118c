"""The reference engine: backtrader runs the clock and the orders, under this house's rules of execution."""

from newsbt.kernels.code_wait import waiting_for_code

with waiting_for_code():
    from newsbt.simulation.backtrader.intent_replay import simulate

__all__ = ["simulate"]
