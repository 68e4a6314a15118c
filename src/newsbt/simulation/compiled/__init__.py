"""The compiled engine: the same books as the backtrader engine to the last bit, at the speed of machine code."""

from newsbt.simulation.compiled.engine import prepared, simulate

__all__ = ["prepared", "simulate"]
