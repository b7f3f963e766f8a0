"""What goes back to the sender: the own file with what was said of every row, and all findings as a table."""

from xinheng.intake.returned.annotating import annotate, blanked_copy
from xinheng.intake.returned.findings import findings_csv
from xinheng.intake.returned.said import Said
from xinheng.intake.returned.wording import TITLE

__all__ = ["TITLE", "Said", "annotate", "blanked_copy", "findings_csv"]
