"""Pages of plan, review and journal."""
