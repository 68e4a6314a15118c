"""Whether the timing of news made a result: other calendars of the same news, and what is told apart by them."""
