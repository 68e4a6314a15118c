"""Values that travel through a run: frozen, checked once when built, no behaviour beyond their own fields."""
