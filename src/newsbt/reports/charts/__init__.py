"""Charts as SVG: no script, no font, colours from the page's style sheet."""
