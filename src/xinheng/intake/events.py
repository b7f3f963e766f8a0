"""The ledger entries that the gate writes."""

BATCH_ACCEPTED = "batch:rows:accepted"
"""One submitted file: counts, receipt, and the root of the tree over its appended rows."""

HELD_RELEASED = "batch:held:released"
"""Rows of an earlier batch that waited and have now found their file."""

HELD_DECIDED = "held:row:decided"
"""An officer's decision about one row that waited: filed, rejected, or judged anew."""

RECORDS_WITHDRAWN = "batch:records:withdrawn"
"""An agency took back a batch or one record: reason, counts. The versions stay where they are."""

ROW_CORRECTED = "batch:row:corrected"
"""One record, or one rejected row of a batch, was put right by its sender."""

NIL_SIGNED = "nil:return:signed"
"""An agency's word that it had nothing of an item to report for a period."""
