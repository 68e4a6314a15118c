"""One run, from config to results table, as a straight line: prepare, ask, simulate, evaluate."""

from newsbt.pipeline.line import check, run, run_components
from newsbt.pipeline.preparing import Prepared, prepare

__all__ = ["Prepared", "check", "prepare", "run", "run_components"]
