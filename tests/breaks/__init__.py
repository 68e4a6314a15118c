"""Promises of the README and the docs, broken by a patch each: whether their tests notice (`make breaks`)."""
