"""Pages of kartlegging and FIT. Reading is open to whoever may see answers; writing is refused by the actions."""
