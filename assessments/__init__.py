"""Kartlegging and FIT: question sets as data, answers by version, change since the first time."""
