"""Extraction on real headlines and articles that were read and labelled by hand.

Labels are in `benchmarks/labels`; the texts belong to their publishers and stay outside.
"""
