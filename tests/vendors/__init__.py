"""Frames that the vendors' own client libraries make of made-up answers: `make vendors` writes and compares them.

The libraries are not needed to test newsbt: what they made stands in tests/data/vendors, and
tests/unit/prices/layouts/test_recognised_libraries.py reads that in every form a frame is saved in.
"""
