"""The command that writes a workbook to be filled in; it needs no installation."""

from argparse import Namespace
from pathlib import Path

from xinheng.cli.output import show, table
from xinheng.core.context import LEGAL_ZONE
from xinheng.runtime.clock import now
from xinheng.runtime.rulebook_files import load_rulebook


def template(given: Namespace) -> None:
    """The template of an item, in the edition in force today or the one named."""
    # Not for every other command to wait for.
    from xinheng.intake.templates import template as write

    rulebook = load_rulebook()
    today = now().astimezone(LEGAL_ZONE).date()
    item = write(rulebook, item=given.item, edition=given.edition, today=today, out=Path(given.out))
    required = [field.id for field in item.fields if field.required]
    payload = {
        "item": item.id,
        "edition": item.edition,
        "out": given.out,
        "fields": [field.id for field in item.fields],
        "required": required,
        "rulebook": rulebook.digest,
    }
    lines = table(
        [("模板 / template", given.out), ("事项 / item", f"{item.id} {item.edition} {item.label.zh}"),
         ("栏目 / columns", f"{len(item.fields)}（必填 {len(required)} / required {len(required)}）")], indent=0
    )  # fmt: skip
    show(payload, lines, as_json=given.json)
