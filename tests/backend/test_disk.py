"""The disk at its worst: writers killed at any moment, no room, no permission, files in the way, files held open."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import promise
from studies import ID, OWNER, SOURCE, begin, noise, put

from backend import disk, pictures
from backend.api import ErrorCode, Failure
from backend.fingerprint import stamp_of
from backend.study import Study

ROOT = Path(__file__).parents[2]

WRITE_FOR_EVER = """
import sys
from pathlib import Path
from backend import disk
from backend.study import Study
study = Study.open(Path(sys.argv[1]))
picture = study.frame_path(1).read_bytes()
print("writing", flush=True)
with study.lock():
    for turn in range(10**9):
        disk.write(study.frame_path(1 + turn % 3), picture)
        study.set_fingerprint("frames", f"{turn:09}" * 3000)
"""


# --- killed at any moment


def test_readers_never_see_half_a_file_however_often_the_writer_is_killed(tmp_path: Path):
    kept = Study.create(tmp_path / "study", ID, "", OWNER, SOURCE)
    for number in (1, 2, 3):
        pictures.write(kept.frame_path(number), noise(1), kept.stamp())
    whole, chance = kept.frame_path(1).read_bytes(), random.Random(1)
    reader = Reader(kept, whole)
    reader.start()
    kills = 0
    while kills < 20 or (len(reader.seen) < 2 and kills < 200):
        kills += 1
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITE_FOR_EVER, str(kept.folder)], cwd=ROOT, stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        time.sleep(chance.uniform(0, 0.03))
        writer.kill()
        writer.communicate()
    reader.over.set()
    reader.join()
    assert reader.problems == set()
    assert reader.reads > 10 * kills
    assert len(reader.seen) > 1, "the writers never wrote while the reader looked"
    with kept.lock():  # the last writer's is stale
        Study.open(kept.folder).sweep()
    assert [path.name for path in kept.folder.rglob("*.tmp")] == []
    assert kept.frame_numbers() == [1, 2, 3]


class Reader(threading.Thread):
    """Looks at the study all the time, as Blender and a file manager would."""

    def __init__(self, kept: Study, whole: bytes) -> None:
        super().__init__()
        self.kept, self.whole = kept, whole
        self.over = threading.Event()
        self.reads = 0
        self.seen: set[str] = set()
        self.problems: set[str] = set()

    def run(self) -> None:
        while not self.over.is_set():
            try:
                fingerprint = Study.open(self.kept.folder).fingerprint("frames")
                self.seen.add(fingerprint)
                if len(fingerprint) not in (0, 27000) or fingerprint != fingerprint[:9] * (len(fingerprint) // 9):
                    self.problems.add("half a study.json")
                for number in (1, 2, 3):
                    if self.kept.frame_path(number).read_bytes() != self.whole:
                        self.problems.add(f"half a frame {number}")
                self.reads += 1
            except Failure as failure:
                self.problems.add(str(failure))


# --- no room


FILL = """
import ctypes, json, os, resource, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1], sys.argv[1] + "/tests/backend"]
from studies import begin, noise, put
from backend.api import Failure
from backend.study import Study

small = Path(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)
mounted = libc.mount(b"tmpfs", bytes(small), b"tmpfs", 0, b"size=160k") == 0
if not mounted:  # a container that may not mount: no file may grow past this
    resource.setrlimit(resource.RLIMIT_FSIZE, (18_000, resource.RLIM_INFINITY))
said = {"mounted": mounted, "errors": []}
try:
    if mounted:
        (small / "ballast").write_bytes(bytes(80_000))
    folder = small / "study"
    wanted = begin(folder).numbers
    try:
        for number in wanted:
            put(folder, number, noise(number))
    except Failure as failure:
        said["errors"].append([failure.code.name, failure.message, failure.hint])
    said["held"] = Study.open(folder).frame_numbers()
    said["temporary"] = [path.name for path in folder.rglob("*.tmp")]
    try:
        Study.open(folder).set_fingerprint("frames", "x" * 200_000)
    except Failure as failure:
        said["errors"].append([failure.code.name, failure.message, failure.hint])
    said["fingerprint"] = Study.open(folder).fingerprint("frames")
    if mounted:
        (small / "ballast").unlink()
        libc.mount(b"tmpfs", bytes(small), b"tmpfs", 32, b"size=2m")
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    wanted = begin(folder).numbers
    said["wanted"] = wanted
    for number in wanted:
        put(folder, number, noise(number))
    said["held_then"] = Study.open(folder).frame_numbers()
finally:
    if mounted:
        libc.umount2(bytes(small), 2)
print(json.dumps(said))
"""


def test_on_a_full_disk_what_is_finished_stays_and_the_rest_follows_when_there_is_room(tmp_path: Path):
    """On a real small disk: mounted as root, or in a namespace of its own."""
    small = tmp_path / "small"
    small.mkdir()
    alone = [] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    command = [*alone, sys.executable, "-c", FILL, str(ROOT), str(small)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if alone and done.returncode and "unshare" in done.stderr:  # forbidden here
        done = subprocess.run(command[len(alone) :], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    frame, record = said["errors"]
    assert frame[0] == "DISK"
    assert frame[1].startswith("The disk is full: “0000")
    assert frame[1].endswith(".png” could not be written.")
    assert "Make room" in frame[2]
    assert record[0] == "DISK"
    assert "“study.json” could not be written" in record[1]
    assert said["temporary"] == []
    assert said["fingerprint"] == ""
    assert said["wanted"] == [n for n in range(1, 13) if n not in said["held"]]
    if said["mounted"]:
        assert said["held"]
    assert said["held_then"] == list(range(1, 13))


# --- no permission


@pytest.fixture
def read_only():
    """A folder with a study, in which even root cannot write."""
    folder = Path(tempfile.mkdtemp(prefix="steady-read-only-"))
    kept = Study.create(folder / "study", ID, "", OWNER, SOURCE)
    pictures.write(kept.frame_path(1), noise(1), kept.stamp())
    allow = forbid_writing(folder)
    yield folder
    allow()
    shutil.rmtree(folder)


def forbid_writing(folder: Path) -> Callable[[], object]:
    """A read-only mount; where that is not allowed, permissions, and root becomes somebody else."""
    if subprocess.run(["mount", "--bind", folder, folder], capture_output=True, check=False).returncode == 0:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        return lambda: subprocess.run(["umount", "--lazy", folder], check=True)
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)

    def allow() -> None:
        os.seteuid(me)
        for path in folders:
            path.chmod(0o755)

    return allow


def test_a_read_only_study_can_be_read_and_says_why_it_cannot_be_written(read_only: Path):
    folder = read_only / "study"
    kept = Study.open(folder)
    assert kept.frame_numbers() == [1]
    for attempt in (lambda: begin(folder), lambda: kept.set_fingerprint("frames", "x"), lambda: put_one(folder)):
        with pytest.raises(Failure) as caught:
            attempt()
        assert caught.value.code is ErrorCode.DISK
        assert "read-only for you" in caught.value.message
        assert "studies folder" in caught.value.hint


def put_one(folder: Path) -> None:
    pictures.write(Study.open(folder).frame_path(2), noise(2))


def test_a_file_that_may_not_be_read_is_said_so(tmp_path: Path):
    path, me = tmp_path / "painted.png", os.geteuid()
    path.write_bytes(b"painted")
    path.chmod(0)
    tmp_path.chmod(0o755)
    if me == 0:  # who may read everything
        path.parent.parent.chmod(0o755)
        os.seteuid(65534)
    try:
        with pytest.raises(Failure) as caught:
            disk.read(path)
    finally:
        os.seteuid(me)
    assert str(caught.value).startswith("“painted.png” cannot be read: you are not allowed to. Allow reading it")


def test_no_study_is_made_in_a_read_only_folder(read_only: Path):
    with pytest.raises(Failure, match=f"“new” cannot be written: “{read_only}” is read-only for you") as caught:
        begin(read_only / "new" / f"Car-{ID}")
    assert caught.value.code is ErrorCode.DISK


# --- something in the way


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path):
    (tmp_path / "steady").write_text("a file")
    with pytest.raises(Failure, match=f"“{tmp_path / 'steady'}” cannot be a folder: a file is in its way") as caught:
        begin(tmp_path / "steady")
    assert caught.value.code is ErrorCode.DISK
    with pytest.raises(Failure, match=f"“{tmp_path / 'steady'}” cannot be a folder"):
        begin(tmp_path / "steady" / f"Car-{ID}")


def test_a_path_that_is_too_long_is_said_to_be(tmp_path: Path):
    with pytest.raises(Failure, match="is too long for this disk"):
        begin(tmp_path / ("x" * 300))


def test_a_study_whose_folder_was_deleted_midway_is_not_made_again_by_a_frame(tmp_path: Path):
    begin(tmp_path / "study")
    (tmp_path / "study").rename(tmp_path / "moved")
    with pytest.raises(Failure, match="holds no study"):
        put(tmp_path / "study", 1, noise(1))
    assert not (tmp_path / "study").exists()


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE, errno.ENODEV])
def test_every_other_error_of_a_disk_is_one_sentence_too(tmp_path: Path, number: int):
    with pytest.raises(Failure, match="could not be read or written"), disk.worded(tmp_path / "x.png"):
        raise OSError(number, os.strerror(number))


# --- what Windows does differently, by its rules


def test_a_file_that_another_program_has_open_is_tried_again():
    attempts = []

    def replace() -> str:
        attempts.append(1)
        if len(attempts) < 4:
            raise PermissionError(13, "being used by another process")
        return "replaced"

    assert disk.patiently(replace, busy=(PermissionError,)) == "replaced"
    assert len(attempts) == 4


def test_a_file_that_stays_open_is_an_error_after_a_second_and_a_half():
    def replace() -> None:
        raise PermissionError(13, "being used by another process")

    started = time.monotonic()
    with pytest.raises(PermissionError):
        disk.patiently(replace, busy=(PermissionError,))
    assert 1.0 < time.monotonic() - started < promise(4.0)


def test_elsewhere_nothing_is_tried_twice():
    attempts = []

    def replace() -> None:
        attempts.append(1)
        raise PermissionError(13, "no permission")

    with pytest.raises(PermissionError):
        disk.patiently(replace, busy=())
    assert len(attempts) == 1


@pytest.mark.parametrize(
    ("path", "long"),
    [
        ("C:\\short", "C:\\short"),
        ("C:\\" + "x" * 300, "\\\\?\\C:\\" + "x" * 300),
        ("\\\\server\\share\\" + "x" * 300, "\\\\?\\UNC\\server\\share\\" + "x" * 300),
        ("\\\\?\\C:\\" + "x" * 300, "\\\\?\\C:\\" + "x" * 300),
    ],
)
def test_long_windows_paths_get_the_prefix_that_allows_them(path: str, long: str):
    assert disk.long_text(path) == long


def test_here_paths_are_left_alone(tmp_path: Path):
    path = tmp_path / ("x" * 200) / ("y" * 200)
    assert disk.long_path(path) == path
    disk.write(path, b"deep")
    assert disk.read(path) == b"deep"


# --- what a write leaves


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    path = tmp_path / "folder-in-the-way"
    path.mkdir()
    (path / "x").write_text("x")
    with pytest.raises(Failure):
        disk.write(path, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["folder-in-the-way"]


def test_a_stamp_is_read_from_a_file_under_any_name(tmp_path: Path):
    path = tmp_path / "Überfahrt 東京 🚗 [1]" / "000001.png"
    pictures.write(path, noise(1), "abc")
    assert stamp_of(path) == "abc"
    assert (pictures.read(path) == noise(1)).all()
