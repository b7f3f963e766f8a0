"""The made-up city: write its files, or load them through the gate and compare."""

import json
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinheng.cli.installation import SYSTEM, catch_up, install, opened, receiving
from xinheng.cli.life import CITY, address, serve_folder
from xinheng.cli.output import note, show, table
from xinheng.cli.rules import read_day
from xinheng.cli.sending import COUNT_LABELS
from xinheng.core.context import LEGAL_ZONE, Actor, Context
from xinheng.runtime.clock import now
from xinheng.runtime.context import make_context
from xinheng.runtime.disk import file_errors
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder

if TYPE_CHECKING:
    from xinheng.intake.receipts import Receipt

STATE = "loaded.json"

Sent = dict[str, Any]  # one submission of the manifest


def synth(given: Namespace) -> None:
    """Write the files that a made-up city's agencies would send, with the expected outcome of every row."""
    out = Path(given.out)
    made = _make(given, out, _today(given.today))
    payload = {
        "out": str(out), "seed": made["seed"], "today": made["today"], "organisations": made["organisations"],
        "rows": made["rows"], "agencies": len(made["agencies"]), "files": len(made["submissions"]),
        "outcomes": made["outcomes"], "manifest": str(out / "manifest.json"),
    }  # fmt: skip
    show(payload, [f"{payload['files']} files of {payload['agencies']} agencies in {out}"], as_json=given.json)


def demo(given: Namespace) -> None:
    """A city through the real gate, compared row by row with what was expected, then the public pages."""
    folder = DataFolder(given.data)
    if not given.no_serve:
        from xinheng.cli.web import require_free

        require_free(given.host, given.port)
    install(folder)
    with opened(folder) as ctx:
        _require_no_real_files(folder)
        summary = _load_city(ctx, folder, given)
    _require_expected(summary)
    if given.no_serve:
        return show(summary, _summary_lines(summary), as_json=given.json)
    serving = summary | {"url": address(given)}
    return serve_folder(folder, given, lambda: show(serving, _summary_lines(serving), as_json=given.json))


def _require_no_real_files(folder: DataFolder) -> None:
    """Made-up organisations never stand beside real ones."""
    from xinheng.archive.selectors import organisation_count

    if organisation_count() and not (folder.path / CITY).is_dir():
        raise RuntimeRefusal(
            "demo.real_data",
            f"{folder.path} 中已有真实数据，演示城市不能与之混放。请用 --data 指定另一个目录。",
            f"{folder.path} holds real files, which a made-up city may not join. Name another folder with --data.",
        )


def _make(given: Namespace, out: Path, today: date) -> dict[str, Any]:
    from xinheng.synth import generate

    if given.organisations < 1 or given.rows < 1:
        raise _wrong_size("--organisations ≥ 1, --rows ≥ 1")
    with file_errors(out):
        try:
            made = generate(seed=given.seed, organisations=given.organisations, rows=given.rows, out=out, today=today)
        except FileExistsError as error:
            raise RuntimeRefusal(
                "synth.folder",
                f"{out} 不是空文件夹，也不是先前生成的城市。请用 --out 指定另一个文件夹。",
                f"{out} is neither an empty folder nor an earlier city. Name another folder with --out.",
            ) from error
        except ValueError as error:
            raise _wrong_size(str(error)) from error
    return made.as_dict()


def _wrong_size(reason: str) -> RuntimeRefusal:
    return RuntimeRefusal("synth.size", f"城市规模不合适：{reason}", f"a city cannot have this size: {reason}")


def _today(text: str | None) -> date:
    return read_day(text) if text else now().astimezone(LEGAL_ZONE).date()


def _load_city(ctx: Context, folder: DataFolder, given: Namespace) -> dict[str, Any]:
    """Load what is not loaded yet; a finished city is left alone."""
    city = folder.path / CITY
    state = _State(city / STATE)
    if not (city / "manifest.json").exists():
        note(f"生成演示城市 / making a city: {given.organisations} organisations, {given.rows} rows")
        _make(given, city, ctx.today)
    manifest = json.loads((city / "manifest.json").read_text(encoding="utf-8"))
    if not state.done(len(manifest["submissions"])):
        _admit(ctx, manifest["agencies"])
        _submit_all(ctx, folder, city, manifest["submissions"], state)
        _build_corpus(folder)
    return state.summary(city)


def _build_corpus(folder: DataFolder) -> None:
    from xinheng.corpus.services import corpus_build

    note("写入语料库 / writing the corpus")
    corpus_build(folder)


def _admit(ctx: Context, agencies: list[dict[str, Any]]) -> None:
    from xinheng.accounts.services import agency_add

    for agency in agencies:
        agency_add(ctx, code=agency["code"], name=agency["name"], items=agency["items"])
    for agency in agencies:
        if agency["sends_for"]:
            agency_add(
                ctx, code=agency["code"], name=agency["name"], items=agency["items"], sends_for=agency["sends_for"]
            )


def _submit_all(ctx: Context, folder: DataFolder, city: Path, submissions: list[Sent], state: "_State") -> None:
    for place, sent in enumerate(submissions):
        if state.has(place):
            continue
        again = state.begin(place)
        receipt = _send(ctx, folder, city, sent)
        found = [(row.row, row.sheet, row.outcome.value) for row in receipt.all_rows()]
        differing = _differences(city / sent["expected"], found, again=again)
        state.finish(place, receipt.number, dict(receipt.counts), differing)
        note(f"  {place + 1}/{len(submissions)} {sent['file']}: {receipt.counts['rows']} rows, {differing} unexpected")
        if sent["item"] == "registration":
            catch_up(make_context(SYSTEM, rulebook=ctx.rulebook))
    catch_up(make_context(SYSTEM, rulebook=ctx.rulebook))


def _send(ctx: Context, folder: DataFolder, city: Path, sent: Sent) -> "Receipt":
    from xinheng.intake.services import submit

    acting = make_context(Actor("agency", sent["agency"]), rulebook=ctx.rulebook)
    with receiving(folder) as store:
        return submit(acting, source=city / sent["file"], item=sent["item"], agency=sent["agency"], store=store)


def _differences(path: Path, found: list[tuple[int, str | None, str]], *, again: bool) -> int:
    """How many rows fared otherwise than expected. ``again``: the file had begun before, its rows may be in already."""
    expected = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        expected[(row["row"], row.get("sheet"))] = row["outcome"]
    actual = {(row, sheet if (row, sheet) in expected else None): outcome for row, sheet, outcome in found}
    there = {"unchanged"} if again else set()
    wrong = [place for place, outcome in expected.items() if actual.get(place) not in {outcome} | there]
    return len(wrong) + len(actual.keys() - expected.keys())


class _State:
    """Which submissions of the city are in, kept beside its files so that an interrupted load goes on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def has(self, place: int) -> bool:
        return self._entries.get(str(place), {}).get("receipt") is not None

    def done(self, submissions: int) -> bool:
        return all(self.has(place) for place in range(submissions))

    def begin(self, place: int) -> bool:
        """Note that a submission begins; True when it had begun before."""
        again = str(place) in self._entries
        self._entries[str(place)] = {"receipt": None}
        self._save()
        return again

    def finish(self, place: int, receipt: str, counts: dict[str, int], unexpected: int) -> None:
        self._entries[str(place)] = {"receipt": receipt, "counts": counts, "unexpected": unexpected}
        self._save()

    def summary(self, city: Path) -> dict[str, Any]:
        totals: dict[str, int] = {}
        for entry in self._entries.values():
            for name, number in entry["counts"].items():
                totals[name] = totals.get(name, 0) + number
        unexpected = sum(entry["unexpected"] for entry in self._entries.values())
        return {"city": str(city), "files": len(self._entries), **totals, "unexpected": unexpected}

    def _save(self) -> None:
        unfinished = self._path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(self._entries, ensure_ascii=False), encoding="utf-8")
        unfinished.replace(self._path)


def _require_expected(summary: dict[str, Any]) -> None:
    if summary["unexpected"]:
        raise RuntimeRefusal(
            "demo.unexpected",
            f"演示城市有 {summary['unexpected']} 行的结果与预期不符；详见 {summary['city']}/{STATE}",
            f"{summary['unexpected']} rows of the city fared otherwise than expected; see {summary['city']}/{STATE}",
        )


def _summary_lines(summary: dict[str, Any]) -> list[str]:
    heading = "演示城市已装载，逐行与预期一致 / the city is in, every row as expected"
    counts = table((COUNT_LABELS.get(name, ""), name, value) for name, value in summary.items() if name != "city")
    return [heading, *counts]
