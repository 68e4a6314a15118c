"""Prices and rates from where they are given for nothing: asked for politely, checked, and added to a store."""
