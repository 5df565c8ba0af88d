"""Familiens plan: goals, measures, services, reviews, and the journal of contact."""
