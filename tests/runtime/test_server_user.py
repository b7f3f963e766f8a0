"""Root and ordinary users: as whom the server runs, and whether it reaches its folders.

Each test says which of the two it is about to see and checks that; none is left out.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.runtime.conftest import copy
from tests.runtime.server_folders import (
    INITIALISE,
    NOBODY,
    User,
    as_nobody,
    give_to_nobody,
    gone,
    keeper,
    postmasters,
    remember,
    remembered,
    start,
    wait_until,
)
from xinheng.runtime import server_user
from xinheng.runtime.binaries import find_binaries
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database
from xinheng.runtime.server_user import CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, ServerUser, reachable

ROOT = os.geteuid() == 0


@pytest.fixture
def open_folder(original: Path) -> Iterator[Path]:
    """A folder in the system's temporary folder that everybody may enter."""
    place = Path(tempfile.mkdtemp(prefix="xinheng-test-"))
    place.chmod(0o755)
    copy(original, place / "data")
    yield place / "data"
    assert wait_until(lambda: gone(DataFolder(place / "data")))
    shutil.rmtree(place)


def test_the_server_never_runs_as_root(installed: DataFolder) -> None:
    with database(installed):
        (server,) = postmasters(installed)
        uids = _status(server)["Uid"].split()
        owner = installed.postgres.stat().st_uid
    assert set(uids) == {str(owner)}
    if ROOT:
        assert owner != 0
    else:
        assert owner == os.geteuid()


def test_a_private_home_is_passed_with_one_right_and_no_other(installed: DataFolder) -> None:
    """The temporary folder of the tests is closed to others, as a home with mode 0700 is."""
    closed = installed.path.parent / "home"
    closed.mkdir(mode=0o700)
    home = DataFolder(closed / "data")
    installed.path.rename(home.path)
    with database(home) as found:
        remember(found.dsn(), 1)
        rights = int(_status(postmasters(home)[0])["CapEff"], 16)
    if ROOT:
        mine = int(_status(os.getpid())["CapEff"], 16)
        preferred = CAP_DAC_READ_SEARCH if mine >> CAP_DAC_READ_SEARCH & 1 else CAP_DAC_OVERRIDE
        assert rights == 1 << preferred
    else:
        assert rights == 0
    home.path.rename(installed.path)


def test_an_open_folder_needs_no_right_at_all(open_folder: Path) -> None:
    folder = DataFolder(open_folder)
    with database(folder) as found:
        remember(found.dsn(), 1)
        server = postmasters(folder)[0]
        rights = int(_status(server)["CapEff"], 16)
        as_whom = ServerUser(int(_status(server)["Uid"].split()[0]), int(_status(server)["Gid"].split()[0]))
    if ROOT and not reachable(find_binaries().folder, as_whom):
        assert rights in (1 << CAP_DAC_READ_SEARCH, 1 << CAP_DAC_OVERRIDE), "the programs lie in a closed home"
    else:
        assert rights == 0


def test_a_folder_copied_by_root_is_given_to_the_server(installed: DataFolder) -> None:
    with database(installed) as found:
        remember(found.dsn(), 1)
    if ROOT:
        for place in (installed.postgres, *installed.postgres.rglob("*")):
            os.chown(place, 0, 0)
    before = installed.postgres.stat().st_uid
    with database(installed) as found:
        assert remembered(found.dsn()) == [1]
    after = installed.postgres.stat().st_uid
    assert (before == 0, after != 0) == (ROOT, True)


def test_an_ordinary_user_is_served_as_himself(tmp_path: Path) -> None:
    place = tmp_path / "theirs"
    place.mkdir()
    front = _ordinary(place)
    process = start(INITIALISE, place / "data", prefix=front)
    assert process.communicate(timeout=60)[0].strip() == "True"
    folder = DataFolder(place / "data")
    user = User(folder, prefix=front).arrive()
    remember(user.dsn, 1)
    expected = str(NOBODY.pw_uid if ROOT else os.geteuid())
    for pid in (*postmasters(folder), keeper(folder)):
        assert set(_status(pid)["Uid"].split()) == {expected}
    user.leave()
    assert wait_until(lambda: gone(folder))


def test_root_in_the_folder_of_an_ordinary_user_leaves_it_usable(open_folder: Path) -> None:
    folder = DataFolder(open_folder)
    front = _ordinary(folder.path)
    shutil.rmtree(folder.run)
    if ROOT and not reachable(find_binaries().folder, ServerUser(NOBODY.pw_uid, NOBODY.pw_gid)):
        with pytest.raises(RuntimeRefusal) as refused, database(folder):
            pass
        assert refused.value.rule == "database.out_of_reach"
    else:
        with database(folder) as found:
            remember(found.dsn(), 1)
            served_as = _status(postmasters(folder)[0])
        assert served_as["Uid"].split()[0] == str(folder.path.stat().st_uid)
        assert int(served_as["CapEff"], 16) == 0
    user = User(folder, prefix=front).arrive()
    remember(user.dsn, 2)
    assert remembered(user.dsn)[-1] == 2
    user.leave()


def test_the_files_of_somebody_else_are_refused_with_advice(installed: DataFolder) -> None:
    """Root may take files over, an ordinary user may not."""
    if ROOT:
        give_to_nobody(installed.path)
        stranger = installed.postgres.stat().st_uid + 1
        os.chown(installed.postgres, stranger, stranger)
        front = as_nobody()
        rule = "data.wrong_owner"
    else:
        (installed.run / "users.lock").unlink(missing_ok=True)
        installed.run.chmod(0o500)
        front = ()
        rule = "data.not_writable"
    assert _rule_of_use(installed.path, front) == rule
    if not ROOT:
        installed.run.chmod(0o700)


def test_a_folder_that_cannot_be_written_is_refused_with_advice(tmp_path: Path) -> None:
    place = tmp_path / "closed"
    place.mkdir()
    front = _ordinary(place)
    place.chmod(0o500)
    process = start(INITIALISE, place / "data", prefix=front)
    assert process.communicate(timeout=60)[0].strip() == "data.not_writable"
    assert list(place.iterdir()) == []
    place.chmod(0o700)


def test_a_system_without_a_user_to_lend_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_user, "STAND_INS", ("no-such-user-here",))
    with pytest.raises(RuntimeRefusal) as refused:
        server_user._stand_in()
    assert refused.value.rule == "database.no_user"


def test_closed_folders_without_the_right_to_pass_them_are_told(
    installed: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_user, "_effective_capabilities", lambda: 0)
    if ROOT:
        with pytest.raises(RuntimeRefusal) as refused, database(installed):
            pass
        assert refused.value.rule == "database.out_of_reach"
        assert any(name in refused.value.message_en for name in server_user.STAND_INS)
        assert gone(installed)
    else:
        with database(installed) as found:
            remember(found.dsn(), 1)


def test_reach_follows_the_permission_bits(tmp_path: Path) -> None:
    place = tmp_path / "a" / "b"
    place.mkdir(parents=True)
    entry = place.stat()
    owner = ServerUser(entry.st_uid, entry.st_gid)
    stranger = ServerUser(entry.st_uid + 4242, entry.st_gid + 4242)
    same_group = ServerUser(entry.st_uid + 4242, entry.st_gid)
    place.chmod(0o710)
    assert [server_user._may_pass(place.stat(), user) for user in (owner, same_group, stranger)] == [
        True,
        True,
        False,
    ]
    place.chmod(0o001)
    assert [server_user._may_pass(place.stat(), user) for user in (owner, same_group, stranger)] == [
        False,
        False,
        True,
    ]
    place.chmod(0o755)
    assert not reachable(tmp_path / "a" / "b", stranger), "the tests' own folder above is private"


def _ordinary(place: Path) -> tuple[str, ...]:
    """The front of a command of an ordinary user who owns `place`: nobody for root, else ourselves."""
    if not ROOT:
        return ()
    give_to_nobody(place)
    return as_nobody()


def _rule_of_use(place: Path, front: tuple[str, ...]) -> str:
    code = """
import sys
from xinheng.runtime.errors import RuntimeRefusal
from xinheng.runtime.folder import DataFolder
from xinheng.runtime.postgres import database
try:
    with database(DataFolder(sys.argv[1])):
        print("in use")
except RuntimeRefusal as refusal:
    print(refusal.rule)
"""
    return start(code, place, prefix=front).communicate(timeout=60)[0].strip()


def _status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_the_step_down_is_for_good(tmp_path: Path) -> None:
    """After it, root's rights are not to be had again."""
    code = "import os\ntry:\n os.setuid(0); print('root again')\nexcept PermissionError:\n print('stays down')"
    answer = subprocess.run(
        [*(as_nobody() if ROOT else ()), sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "stays down"
