"""Thousands of variants of one strategy, judged by how many there were."""
