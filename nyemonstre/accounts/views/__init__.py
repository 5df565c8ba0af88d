"""Pages about logging in (entry), oneself (own), and the people of a municipality (people)."""
