"""Pages: what changed, and who has looked."""
