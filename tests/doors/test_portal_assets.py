"""The assets: complete, small, locked, and not needed for a page to work."""

import gzip
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings
from django.test import Client, override_settings

from tests.doors import portal_samples as samples
from xinheng.portal.assets import AssetStorage, missing
from xinheng.portal.checks import assets_built

FRONTEND = samples.CHECKOUT / "frontend"


def builder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("assets_builder", FRONTEND / "assets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def static(name: str) -> bytes:
    return (Path(settings.STATICFILES_DIRS[0]) / name).read_bytes()


def test_style_and_icons_stay_within_45_kilobytes() -> None:
    sizes = [len(gzip.compress(static(name), 9)) for name in ("bootstrap.min.css", "xh.css", "icons.svg")]
    assert sum(sizes) <= 45 * 1024


def test_the_sprite_holds_exactly_the_icons_that_templates_use() -> None:
    drawn = set(re.findall(rb'<symbol id="([a-z0-9-]+)"', static("icons.svg")))
    assert {name.decode() for name in drawn} == builder().icon_names(builder().templates())


def test_an_unknown_icon_stops_the_build(tmp_path: Path) -> None:
    assets = builder()
    with pytest.raises(assets.AssetError, match='no icon is called "unicorn-of-credit"'):
        assets.sprite({"unicorn-of-credit"}, FRONTEND / "node_modules/@tabler/icons/icons/outline")
    template = tmp_path / "page.html"
    template.write_text("{% icon name %}")
    with pytest.raises(assets.AssetError, match="write the icon's name in double quotes"):
        assets.icon_names([template])


def _built() -> dict[Path, int]:
    """When each built file was written; the lock is opened for writing by every build."""
    files = (path for path in (FRONTEND.parent / "build").rglob("*") if path.is_file() and path.suffix != ".lock")
    return {path: path.stat().st_mtime_ns for path in files}


def test_a_second_build_writes_nothing() -> None:
    before = _built()
    subprocess.run([sys.executable, str(FRONTEND / "assets.py")], check=True)
    assert before
    assert _built() == before


def test_a_machine_without_node_uses_the_locked_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assets = builder()
    monkeypatch.setattr(assets.shutil, "which", lambda name: None)
    assert assets.npm_of_machine() is None
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "node").touch()
    monkeypatch.setattr(assets, "wheel_folder", lambda: tmp_path)
    assert assets.npm_of_wheel() == [
        str(tmp_path / "bin/node"),
        str(tmp_path / "lib/node_modules/npm/bin/npm-cli.js"),
    ]
    assert "--hash=sha256:" in (samples.CHECKOUT / "requirements" / "assets.txt").read_text()


@pytest.mark.parametrize(("version", "enough"), [("v17.9.1", False), ("v18.0.0", True), ("v24.1.0", True), ("", False)])
def test_an_old_node_is_not_used(monkeypatch: pytest.MonkeyPatch, version: str, enough: bool) -> None:
    assets = builder()
    monkeypatch.setattr(assets.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(assets, "run", lambda command: subprocess.CompletedProcess(command, 0, version, ""))
    assert (assets.npm_of_machine() is not None) is enough


def test_packages_are_pinned_and_locked_without_addresses() -> None:
    package = json.loads((FRONTEND / "package.json").read_text())
    for version in {**package["dependencies"], **package["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry
        assert name == "" or entry["integrity"].startswith("sha512-")


@pytest.mark.django_db  # the end of an answer looks after a connection that an earlier test may have left
def test_addresses_carry_the_hash_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    samples.serve_samples(monkeypatch)
    html = samples.client().get("/").content.decode()
    address = re.search(r'href="(/static/xh\.[0-9a-f]{12}\.css)"', html)
    assert address
    answer = Client().get(address[1])
    assert answer.status_code == 200
    assert "immutable" in answer["Cache-Control"]
    assert b"--xh-brand" in b"".join(answer.streaming_content)
    answer.close()


def test_pages_work_undressed_while_assets_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    samples.serve_samples(monkeypatch)
    nowhere = {
        "staticfiles": {
            "BACKEND": "xinheng.portal.assets.AssetStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    without = [name for name in settings.MIDDLEWARE if "whitenoise" not in name]
    with override_settings(STORAGES=nowhere, STATIC_ROOT=tmp_path, LOCALE_PATHS=[tmp_path], MIDDLEWARE=without):
        answer = samples.client().get(f"/org/{samples.CODE}/")
        assert answer.status_code == 200
        assert 'href="/static/xh.css"' in answer.content.decode()
        told = missing()
        assert told is not None
        assert ".venv/bin/python frontend/assets.py" in told
        assert [warning.id for warning in assets_built()] == ["xinheng.W001"]


def test_nothing_is_said_when_assets_are_built() -> None:
    assert missing() is None
    assert assets_built() == []


def test_a_build_still_fails_on_a_reference_that_leads_nowhere(tmp_path: Path) -> None:
    storage = AssetStorage(location=str(tmp_path), base_url="/static/")
    (tmp_path / "a.css").write_text("body{background:url(gone.png)}")
    outcome = [processed for _, _, processed in storage.post_process({"a.css": (storage, "a.css")})]
    assert any(isinstance(each, Exception) for each in outcome)
