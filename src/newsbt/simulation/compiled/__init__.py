"""The compiled engine: the same books as the backtrader engine to the last bit, at the speed of machine code."""

from newsbt.simulation.compiled.engine import simulate

__all__ = ["simulate"]
