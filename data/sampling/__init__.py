"""The parts of `make_sample.py`: calendars, ticks, random numbers, moves, bars and rates of the simulated sample."""
