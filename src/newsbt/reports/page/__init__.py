"""report.html: the parts of the page, each from a run's record to HTML."""
