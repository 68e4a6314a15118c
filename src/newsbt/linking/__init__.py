"""From an announcement to the instruments it touches."""
