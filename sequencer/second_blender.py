"""The second, background Blender that renders a written copy of the scene, as seen from the first one's window."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ..backend import processes
from ..backend.api import Error, ErrorCode, Failure, Framing, from_json, to_json
from .render import Order
from .strips import scene_named

WORKER = Path(__file__).with_name("worker.py")
SCENE, ORDER, FRAMING, FAILURE, LOG, PICTURES = (
    "scene.blend",
    "order.json",
    "framing.json",
    "failure.json",
    "log.txt",
    "pictures",
)
CHATTER = ("Saved:", "Saving:", "Fra:", "list of mounted file-systems")


def fulfil(order: Order, folder: Path) -> Iterator[Framing | tuple[int, Path] | None]:
    """What `render.fulfil` yields, rendered elsewhere: this file gets no copy, and its window is not blocked."""
    scene = {scene_named(order.scene)}
    bpy.data.libraries.write(str(folder / SCENE), scene, path_remap="ABSOLUTE", fake_user=True)
    (folder / ORDER).write_text(json.dumps(to_json(order)), encoding="utf-8")
    (folder / PICTURES).mkdir()
    process = _start(folder)
    try:
        framing = yield from _wait_for(folder / FRAMING, process, folder)
        yield from_json(Framing, json.loads(framing.read_text(encoding="utf-8")))
        for place, number in enumerate(order.numbers):
            picture = yield from _wait_for(folder / PICTURES / picture_name(place), process, folder)
            yield number, picture
    finally:
        processes.kill(process)
        process.wait()


def picture_name(place: int) -> str:
    """By its place in the order: a frame's number may be negative, or asked for twice."""
    return f"{place:06d}.tga"


def _start(folder: Path) -> subprocess.Popen[bytes]:
    trusted = bpy.context.preferences.filepaths.use_scripts_auto_execute
    command = [
        bpy.app.binary_path,
        "--background",
        "--factory-startup",
        "--offline-mode",
        "--enable-autoexec" if trusted else "--disable-autoexec",  # else drivers would show another picture than here
        "--python-exit-code",
        "1",
        "--python",
        str(WORKER),
        "--",
        str(folder),
    ]
    with (folder / LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=processes.child_environment(),
            **processes.child_options(),
        )
    processes.adopt(process)
    return process


def _wait_for(path: Path, process: subprocess.Popen[bytes], folder: Path) -> Any:
    """Yields None until the file is there, and returns it."""
    while not path.exists():
        if process.poll() is not None and not path.exists():  # it may have come between the two looks
            raise _failure(process.returncode, folder)
        yield None
    return path


def _failure(code: int, folder: Path) -> Failure:
    told = folder / FAILURE
    if told.exists():
        error = from_json(Error, json.loads(told.read_text(encoding="utf-8")))
        return Failure(error.code, error.message, error.hint)
    lines = (folder / LOG).read_text(encoding="utf-8", errors="replace").splitlines()
    telling = [line.strip() for line in lines if not any(word in line for word in CHATTER)]
    message = f"The second Blender, which reads the strip, {processes.ending(code)}."
    return Failure(ErrorCode.LOST, message, " ".join(telling[-3:]))
