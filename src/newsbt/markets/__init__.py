"""Exchanges: calendars, the clock, and the dated rulebook."""
