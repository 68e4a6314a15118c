"""Event studies: what prices did around announcements, and whether that could be chance."""

from __future__ import annotations

from newsbt.analysis.event_study.day_zero import event_day
from newsbt.analysis.event_study.study import event_study
from newsbt.analysis.event_study.study_result import EventStudy

__all__ = ["EventStudy", "event_day", "event_study"]
