"""Research and accounts: pseudonymous sets of those who said yes, the key to them, and figures for the municipality.

rows.py       what is read, as the clock's worker: the web role reads none of it
dataset.py    from rows to tables of codes; cells.py holds small cells back; files.py turns tables into bytes
freezing.py   ordered, counted, frozen: step by step, in the worker
keys.py       person ↔ pseudonym, sealed and out of the web role's reach
figures.py    the outcome goals in numbers, with nothing under five
"""
