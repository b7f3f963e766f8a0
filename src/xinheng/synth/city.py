"""Writes a made-up city to a folder: the agencies' files, the expected outcome of every row, the manifest."""

import json
from datetime import date
from pathlib import Path

from xinheng.synth.manifest import Manifest, expected_lines, make_manifest
from xinheng.synth.plan import plan
from xinheng.synth.rows import Submission
from xinheng.synth.workbook import workbook
from xinheng.synth.writers import delimited, json_array, json_lines

MANIFEST = "manifest.json"


def generate(*, seed: int, organisations: int, rows: int, out: Path, today: date) -> Manifest:
    """Make the city of this seed in ``out``: the same arguments give the same bytes.

    ``organisations`` and ``rows`` are about what comes out; the agencies and a few more are always there.
    An earlier city in ``out`` is replaced; a folder that holds anything else raises ``FileExistsError``.
    """
    planned = plan(seed=seed, organisations=organisations, rows=rows, today=today)
    manifest = make_manifest(seed, planned)
    _clear(out)
    for folder in ("files", "expected"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    for submission, listed in zip(planned.submissions, manifest.submissions, strict=True):
        (out / listed.file).write_bytes(content(submission))
        (out / listed.expected).write_bytes(expected_lines(submission).encode())
    text = json.dumps(manifest.as_dict(), ensure_ascii=False, indent=1) + "\n"
    (out / MANIFEST).write_bytes(text.encode())
    return manifest


def content(submission: Submission) -> bytes:
    """The file as the agency would send it."""
    writer = {"xlsx": workbook, "json": json_array, "jsonl": json_lines}.get(submission.form.kind, delimited)
    return writer(submission)


def _clear(out: Path) -> None:
    """Remove the files of an earlier city, and only those."""
    if not out.exists() or not any(out.iterdir()):
        return
    if not (out / MANIFEST).is_file():
        raise FileExistsError(f"{out} holds other files; name an empty folder for the made-up city")
    earlier = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
    for listed in earlier["submissions"]:
        (out / "files" / Path(listed["file"]).name).unlink(missing_ok=True)
        (out / "expected" / Path(listed["expected"]).name).unlink(missing_ok=True)
