"""One writer at a time: named to the second one, taken over when it is gone, also by many at once."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from studies import ID, OWNER, SOURCE

from backend import lock, study
from backend.api import ErrorCode, Failure
from backend.study import Study

ROOT = Path(__file__).parents[2]

HOLD = """
import sys
import time
from pathlib import Path
from backend.study import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

TRY = """
import sys
from pathlib import Path
from backend.api import Failure
from backend.study import locked
try:
    with locked(Path(sys.argv[1])):
        print("won")
except Failure as failure:
    print(failure.code.name)
"""

RUSH = """
import contextlib, os, sys, time
from pathlib import Path
from backend import lock
from backend.api import Failure
from backend.study import locked
folder, start, me = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
won = 0
for turn in range(30):
    begin = start + turn * 0.06
    time.sleep(max(0, begin - time.time() - 0.02))
    if me == 0:
        with contextlib.suppress(Failure):
            lock.take(folder / "lock.json")  # nobody is in, and nobody comes in
            (folder / "stale").write_text(sys.argv[4])
            (folder / "stale").replace(folder / "lock.json")
    time.sleep(max(0, begin - time.time()))
    with contextlib.suppress(Failure), locked(folder):
        inside = os.open(folder / "inside", os.O_CREAT | os.O_EXCL)  # raises when somebody else is in here
        time.sleep(0.01)
        os.close(inside)
        (folder / "inside").unlink()
        won += 1
print(won)
"""


@pytest.fixture
def kept(tmp_path: Path) -> Study:
    return Study.create(tmp_path / f"Car-{ID}", ID, "", OWNER, SOURCE)


def program(code: str, *words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def holder(kept: Study) -> subprocess.Popen[str]:
    process = program(HOLD, kept.folder)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def refused(kept: Study) -> Failure:
    with pytest.raises(Failure) as caught, kept.lock():
        pass
    assert caught.value.code is ErrorCode.STUDY_LOCKED
    return caught.value


def can_be_had(kept: Study) -> bool:
    with kept.lock():
        return json.loads((kept.folder / "lock.json").read_text())["pid"] == os.getpid()


def write_holder(kept: Study, **changes: object) -> Path:
    path = kept.folder / "lock.json"
    path.write_text(json.dumps({"pid": os.getpid(), "started": "x", "host": "", "lease": 0.0, **changes}))
    return path


def test_a_second_writer_is_told_who_the_first_is(kept: Study):
    with holder(kept) as first:
        failure = refused(kept)
        assert f"“Car-{ID}” is being written by process {first.pid}" in failure.message
        assert failure.hint
        first.communicate()
    assert can_be_had(kept)


def test_nothing_is_left_of_a_lock_that_was_released(kept: Study):
    with kept.lock():
        assert (kept.folder / "lock.json").exists()
    assert [p.name for p in kept.folder.iterdir()] == ["study.json"]


def test_a_lock_does_not_let_its_own_process_in_twice(kept: Study):
    with kept.lock():
        assert f"process {os.getpid()}" in refused(kept).message
    assert can_be_had(kept)


def test_the_lock_of_a_killed_process_is_taken_over(kept: Study):
    with holder(kept) as first:
        first.kill()
        first.wait()
        assert (kept.folder / "lock.json").exists()
        assert can_be_had(kept)


def test_the_lock_of_a_process_whose_number_another_one_has_now_is_taken_over(kept: Study):
    write_holder(kept, host=socket.gethostname(), started="long ago")
    assert can_be_had(kept)


@pytest.mark.parametrize("content", ["", "{", '{"pid": 1', "[]", '{"pid": "x"}', "\x00\x00"])
def test_a_half_written_lock_is_free(kept: Study, content: str):
    (kept.folder / "lock.json").write_text(content)
    assert can_be_had(kept)


def test_a_lock_of_another_computer_is_respected_and_its_file_named(kept: Study):
    path = write_holder(kept, host="farm-7", pid=99999999)
    failure = refused(kept)
    assert "process 99999999 on “farm-7”" in failure.message
    assert str(path) in failure.hint


def test_a_lease_ends_when_it_is_not_renewed(kept: Study):
    path = write_holder(kept, host="farm-7", lease=60.0)
    assert "farm-7" in refused(kept).message
    hour_ago = path.stat().st_mtime - 3600
    os.utime(path, (hour_ago, hour_ago))
    assert can_be_had(kept)


def test_one_job_of_many_requests_holds_the_study_until_its_last(kept: Study):
    study.take_lock(kept.folder, 60.0)
    path = kept.folder / "lock.json"
    os.utime(path, (1, 1))
    kept.renew_lock()
    assert path.stat().st_mtime > 1
    study.take_lock(kept.folder, 60.0)  # the same program begins again after the user cancelled
    with program(TRY, kept.folder) as other:
        assert other.communicate()[0] == "STUDY_LOCKED\n"
    assert can_be_had(kept)
    assert not path.exists()


def test_a_job_that_lost_its_study_to_another_program_stops(kept: Study):
    study.take_lock(kept.folder, 60.0)
    write_holder(kept, host="farm-7")
    with pytest.raises(Failure, match="is no longer held by this program") as caught:
        kept.renew_lock()
    assert caught.value.code is ErrorCode.STUDY_LOCKED
    (kept.folder / "lock.json").unlink()
    with pytest.raises(Failure, match="is no longer held by this program"):
        kept.renew_lock()


def test_of_many_that_find_a_stale_lock_one_gets_in(kept: Study):
    stale = write_holder(kept, host=socket.gethostname(), started="long ago").read_text()
    start = time.time() + 0.8
    rushing = [program(RUSH, kept.folder, start, number, stale) for number in range(4)]
    won = [int(process.communicate()[0]) for process in rushing]
    assert sum(won) > 10
    assert [process.returncode for process in rushing] == [0] * 4


def test_releasing_what_is_gone_is_no_error(kept: Study):
    taken = lock.take(kept.folder / "lock.json")
    (kept.folder / "lock.json").unlink()
    taken.release()
    taken.release()
    assert can_be_had(kept)
    write_holder(kept, host="farm-7")
    taken.release()
    assert "farm-7" in refused(kept).message, "it is not ours to release"


# --- what Windows does differently, by its rules


class Msvcrt:
    """Notes what is guarded: which byte, how, and how many."""

    LK_LOCK = 1

    def __init__(self) -> None:
        self.guarded: list[tuple[int, int, int]] = []

    def locking(self, file: int, mode: int, count: int) -> None:
        self.guarded.append((os.lseek(file, 0, os.SEEK_CUR), mode, count))


def test_on_windows_a_byte_past_the_content_is_guarded_and_a_released_lock_stays_empty(
    kept: Study, monkeypatch: pytest.MonkeyPatch
):
    """There others cannot read a byte that is locked, and a file that is open cannot be removed."""
    system, path = Msvcrt(), kept.folder / "lock.json"
    with monkeypatch.context() as windows:
        windows.setattr(lock, "msvcrt", system, raising=False)
        windows.setattr(sys, "platform", "win32")
        with kept.lock():
            assert json.loads(path.read_text())["pid"] == os.getpid()
        assert path.read_bytes() == b""
        assert can_be_had(kept), "empty, it is free"
    assert set(system.guarded) == {(lock.GUARDED_BYTE, Msvcrt.LK_LOCK, 1)}
