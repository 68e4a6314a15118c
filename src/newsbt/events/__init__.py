"""Announcements from the outside: readers."""
