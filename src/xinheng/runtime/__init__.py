"""The edge: the data folder, the embedded database, keys, the clock, the rulebook's files.

Nothing is imported here: the keeper of the database starts from this package and must stay small.
"""
