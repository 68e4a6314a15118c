"""Who says what texts announce: labellers, and texts as one of them understands them."""
