"""Commands that send records out."""

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from xinheng.cli.installation import opened
from xinheng.cli.output import show, table
from xinheng.cli.rules import read_day
from xinheng.runtime.folder import DataFolder

FORMATS = ("national-2018",)


def export(given: Namespace) -> None:
    """Accepted records in the columns of another's standard."""
    since = read_day(given.since) if given.since else None
    until = read_day(given.until) if given.until else None
    with opened(DataFolder(given.data)) as ctx:
        from xinheng.exchange.services import national_2018

        report = national_2018(ctx, item=given.item, out=Path(given.out), since=since, until=until)
    payload = asdict(report) | {"file": str(report.file)}
    show(payload, table(payload.items(), indent=0), as_json=given.json)
