"""The second, background Blender that renders a written copy of the scene, as seen from the first one's window."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ..backend import processes
from ..backend.api import Error, ErrorCode, Failure, Framing
from ..backend.frozen import frozen
from ..backend.plain import from_json, to_json
from .render import Order, Pictures
from .strips import Scene, scene_named
from .trust import scripts_run

WORKER = Path(__file__).with_name("worker.py")
SCENE, ORDER, FAILURE, LOG = "scene.blend", "order.json", "failure.json", "log.txt"
FRAMING, PICTURES = "framing.json", "pictures"  # of a strip that is read
TRUSTED = "trusted"  # a word for the worker: drivers of this file may be Python, and would show another picture without
PROGRESS, FINISHED = "progress.txt", "finished.txt"  # of an edit that is rendered
LEAST_ROOM = 1 << 20
CHATTER = ("Saved:", "Saving:", "Fra:", "list of mounted file-systems", "Using OCIO", "Blender quit")


@frozen
class Errand:
    """What the second Blender is started for: a word for the worker, and another for people."""

    word: str
    does: str


FRAMES, EXPORT = Errand("frames", "reads the strip"), Errand("export", "renders the edit")


def fulfil(order: Order, folder: Path) -> Pictures:
    """What `render.fulfil` yields, rendered elsewhere: this file gets no copy, and its window is not blocked."""
    (folder / PICTURES).mkdir()
    with started(FRAMES, order, folder) as process:
        framing = yield from wait_for(folder / FRAMING, process, folder)
        yield from_json(Framing, json.loads(framing.read_text(encoding="utf-8")))
        for place, number in enumerate(order.numbers):
            picture = yield from wait_for(folder / PICTURES / picture_name(place), process, folder)
            yield number, picture


@contextlib.contextmanager
def started(errand: Errand, order: Any, folder: Path) -> Iterator[subprocess.Popen[Any]]:
    """A second Blender with a written copy of the order's scene. It is gone at the end, whatever it was doing."""
    write_scene(scene_named(order.scene), folder)
    (folder / ORDER).write_text(json.dumps(to_json(order)), encoding="utf-8")
    process = _start(errand, folder)
    try:
        yield process
    finally:
        processes.kill(process)
        process.wait()


def write_scene(scene: Scene, folder: Path) -> None:
    """The scene with all that it needs, as it is now."""
    try:
        bpy.data.libraries.write(str(folder / SCENE), {scene}, path_remap="ABSOLUTE", fake_user=True)
    except RuntimeError as error:
        message = f"The scene could not be written to “{folder}” for reading: {str(error).strip()}"
        raise Failure(ErrorCode.DISK, message, "Look whether the disk is full.") from error


def picture_name(place: int) -> str:
    """By its place in the order: a frame's number may be negative, or asked for twice."""
    return f"{place:06d}.tga"


def _command(folder: Path, errand: Errand = FRAMES) -> list[str]:
    trusted = scripts_run()
    worker = [str(WORKER), "--", str(folder), errand.word, *([TRUSTED] if trusted else [])]
    if not bpy.app.binary_path:  # the bpy module is no program: its Python runs the worker
        return [sys.executable, *worker]
    trust = "--enable-autoexec" if trusted else "--disable-autoexec"
    options = ["--background", "--factory-startup", "--offline-mode", trust, "--python-exit-code", "1", "--python"]
    return [bpy.app.binary_path, *options, *worker]


def _start(errand: Errand, folder: Path) -> subprocess.Popen[Any]:
    # It is killed when it has done its work, and leaves its own temporary folder: in this one, which is removed.
    own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    options = {"env": processes.child_environment() | own, **processes.child_options()}
    with (folder / LOG).open("wb") as log:
        try:
            process = subprocess.Popen(
                _command(folder, errand), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **options
            )
        except OSError as error:
            message = f"A second Blender, which {errand.does}, cannot be started: {error}."
            raise Failure(ErrorCode.LOST, message, "Is Blender still where it was when it was started?") from error
    processes.adopt(process)
    return process


def wait_for(path: Path, process: subprocess.Popen[Any], folder: Path, errand: Errand = FRAMES) -> Any:
    """Yields None until the file is there, and returns it."""
    while not path.exists():
        if process.poll() is not None and not path.exists():  # it may have come between the two looks
            raise _failure(process.returncode, folder, errand)
        yield None
    return path


def _failure(code: int, folder: Path, errand: Errand) -> Failure:
    told = folder / FAILURE
    if told.exists():
        error = from_json(Error, json.loads(told.read_text(encoding="utf-8")))
        return Failure(error.code, error.message, error.hint)
    if shutil.disk_usage(folder).free < LEAST_ROOM:
        message = f"There is no room left in “{folder}”, where frames are kept while they are read."
        return Failure(ErrorCode.DISK, message, "Make room there, or point TMPDIR to another folder.")
    message = f"The second Blender, which {errand.does}, {processes.ending(code)}."
    return Failure(ErrorCode.LOST, message, _telling((folder / LOG).read_text(encoding="utf-8", errors="replace")))


def _telling(log: str) -> str:
    """The last error of a log, or else its last lines."""
    lines = [line.strip() for line in log.splitlines() if line.strip() and not any(word in line for word in CHATTER)]
    errors = [line for line in lines if "Error" in line]
    return errors[-1] if errors else " ".join(lines[-3:])
