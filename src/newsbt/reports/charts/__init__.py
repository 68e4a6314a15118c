"""Charts as values: what is drawn where; the page's script draws them."""
