"""The command line: `newsbt` and its commands."""

from __future__ import annotations

from newsbt.cli.outcome import main

__all__ = ["main"]
