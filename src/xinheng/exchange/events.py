"""The ledger entries of this room."""

RECORDS_EXPORTED = "exchange:records:exported"
"""Records went out as a file: format, item, days, how many rows, the file's digest, up to which entry it was told."""
