"""News from feeds and vendors: items as they arrive, their versions, and the announcements made of them."""
