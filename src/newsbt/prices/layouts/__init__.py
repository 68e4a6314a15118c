"""Price tables as exchanges, vendors and libraries write them: their headings, layouts, times, numbers and units."""
