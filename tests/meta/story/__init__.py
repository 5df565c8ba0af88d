"""The histories of tests/meta/test_access_property.py.

oracle.py     who may see what, in words: the answer everything is held to
tables.py     every table, asked whole
beginning.py  the municipalities, people and families each history begins with
access.py     what happens: following, letting in, shutting out, opening in need, hiding
people.py     what happens: roles, logins, days that pass, consents and agreements
"""
