"""Announcements from where they are made: exchanges and regulators, pulled into a local store."""
