"""Prices from the outside: readers and the alignment to rows."""
