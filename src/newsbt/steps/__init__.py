"""The steps of a run, each a function that a test can call alone."""
