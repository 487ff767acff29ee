"""Two acts on one case at the same moment: every pair, on both databases."""
