"""The config: schema, loading, and every fault in it with file and line."""
