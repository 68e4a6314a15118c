"""Pages as HTML: what they are made of, and the templates, style sheet and scripts that show it."""
