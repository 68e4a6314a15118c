"""Numbers computed from a ledger."""
