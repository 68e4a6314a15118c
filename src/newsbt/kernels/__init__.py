"""Numba kernels: arrays and scalars in, `out` filled; no ticker, date or config is known here."""
