"""Asking for things over the network: addresses, one exchange, and fetching with a cache, pauses and repeats."""
