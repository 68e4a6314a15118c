"""The execution rules written a second time, in plain Python, for tests to compare the engines with."""
