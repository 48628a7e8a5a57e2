"""What the second Blender runs: it takes the scene from the file, fulfils the order, and ends with its parent."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.machinery
import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import bpy

PACKAGE = "steady_diffusion_worker"
MOST_UNREAD = 32  # pictures that wait on the disk when the reader is slower


def import_rooms() -> Any:
    """The extension's modules without the extension: this Blender has factory settings, and registers nothing."""
    spec = importlib.machinery.ModuleSpec(PACKAGE, None, is_package=True)
    spec.submodule_search_locations = [str(Path(__file__).resolve().parents[1])]
    sys.modules[PACKAGE] = importlib.util.module_from_spec(spec)
    return lambda name: importlib.import_module(f"{PACKAGE}.{name}")


def show(path: Path, text: str, room: Any) -> None:
    """Windows does not replace a file while the reader has it open."""
    draft = path.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    room("backend.disk").patiently(lambda: draft.replace(path))


def load_scene(file: Path, name: str) -> str:
    """Appended and not opened: an opened file would bring the meta that the user has open, and its scripts."""
    with bpy.data.libraries.load(str(file), link=False) as (_, into):
        into.scenes = [name]
    scene: Any = into.scenes[0]  # Blender puts the scenes where their names were
    return scene.name


def wait_for_reader(pictures: Path) -> None:
    while sum(1 for _ in pictures.iterdir()) >= MOST_UNREAD:
        time.sleep(0.005)


def order_of(kind: Any, folder: Path, room: Any) -> Any:
    """What is to be done, of the scene as this Blender has it."""
    api, plain, host = room("backend.api"), room("backend.plain"), room("sequencer.second_blender")
    order = plain.from_json(kind, json.loads((folder / host.ORDER).read_text(encoding="utf-8")))
    try:
        return dataclasses.replace(order, scene=load_scene(folder / host.SCENE, order.scene))
    except OSError as error:
        raise api.Failure(api.ErrorCode.LOST, f"The written copy of the scene cannot be read: {error}.") from error


def read_frames(folder: Path, room: Any) -> None:
    api, plain, host = room("backend.api"), room("backend.plain"), room("sequencer.second_blender")
    render = room("sequencer.render")
    order = order_of(render.Order, folder, room)
    drafts, place = folder / "drafts", 0
    drafts.mkdir()
    for item in render.fulfil(order, drafts):
        if isinstance(item, api.Framing):
            show(folder / host.FRAMING, json.dumps(plain.to_json(item)), room)
        elif item is not None:
            item[1].replace(folder / host.PICTURES / host.picture_name(place))
            place += 1
            wait_for_reader(folder / host.PICTURES)


def export(folder: Path, room: Any) -> None:
    host, render = room("sequencer.second_blender"), room("sequencer.export_render")
    order = order_of(render.Order, folder, room)
    render.render(order, lambda done, total: show(folder / host.PROGRESS, f"{done} {total}", room))
    show(folder / host.FINISHED, "", room)


ERRANDS = {"frames": read_frames, "export": export}


def main(folder: Path, errand: str, *trust: str) -> None:
    sys.dont_write_bytecode = True
    room = import_rooms()
    room("backend.processes").die_with_parent()
    api, plain, host = room("backend.api"), room("backend.plain"), room("sequencer.second_blender")
    if host.TRUSTED in trust:  # the module knows no --enable-autoexec; nobody saves the preferences of this Blender
        bpy.context.preferences.filepaths.use_scripts_auto_execute = True
    problem = None
    try:
        ERRANDS[errand](folder, room)
    except OSError as error:
        problem = api.Error(api.ErrorCode.DISK, f"A frame could not be kept: {error}.", "Make room on the disk.")
    except api.Failure as failure:
        problem = api.Error(failure.code, failure.message, failure.hint)
    if problem is not None:
        show(folder / host.FAILURE, json.dumps(plain.to_json(problem)), room)
    sys.stdout.flush()
    os._exit(0)  # the reader has all: Blender's own tidying up would only take time


if __name__ == "__main__":
    given = sys.argv[sys.argv.index("--") + 1 :]
    main(Path(given[0]), *given[1:])
