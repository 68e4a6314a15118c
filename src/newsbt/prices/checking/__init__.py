"""What is odd about price files: gaps, copies, flat bars, impossible moves, prices that no exchange quotes."""

from newsbt.domain.findings import KINDS, Finding
from newsbt.prices.checking.check_prices import Checked, check_source, check_sources, same_files

__all__ = ["KINDS", "Checked", "Finding", "check_source", "check_sources", "same_files"]
