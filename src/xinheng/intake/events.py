"""The ledger entries that the gate writes."""

BATCH_ACCEPTED = "batch:rows:accepted"
"""One submitted file: counts, receipt, and the root of the tree over its appended rows."""

HELD_RELEASED = "batch:held:released"
"""Rows of an earlier batch that waited and have now found their file."""
