"""How often a strategy without any effect gets a small placebo p, and how often one with an effect does."""
