"""Event studies: what prices did around announcements, and whether that could be chance."""

from __future__ import annotations

from newsbt.analysis.event_study.day_zero import event_day
from newsbt.analysis.event_study.result import EventStudy
from newsbt.analysis.event_study.study import event_study

__all__ = ["EventStudy", "event_day", "event_study"]
