"""What a page costs: `python -m bench`, or `make bench`. Prints JSON. Never part of the tests' time limits."""
