"""Django's PostgreSQL backend with one addition: each transaction says who acts (see base.py)."""
