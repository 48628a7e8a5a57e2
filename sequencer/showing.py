"""Which takes the edit shows: one alone, the original alone, another one in the place of the one that is shown."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import bpy

from ..backend import disk
from ..backend.api import ErrorCode, Failure, Framing
from ..backend.frozen import frozen
from ..backend.plain import from_json
from . import takes
from .strips import Scene, Strip, all_strips, content_start, handles, inputs, owner_of, set_content_start, set_handles


@frozen
class Footage:
    """A take as it is laid in: its pictures, the number of the first, and what made it, as JSON text."""

    name: str
    files: Sequence[Path]
    first: int
    framing: Framing
    parameters: str


def strips_of_take(scene: Scene, strip: Strip, name: str) -> list[Strip]:
    return [take for take in takes.takes_of(scene, strip) if take.steady.take_name == name]


def shown_take(scene: Scene, strip: Strip) -> Strip | None:
    """The topmost one that is not hidden."""
    return next((take for take in reversed(takes.takes_of(scene, strip)) if not take.mute), None)


def show_only(scene: Scene, strip: Strip, name: str) -> None:
    """One take and nothing else of its strip; '' is the original."""
    takes_there = takes.takes_of(scene, strip)
    wanted = [take for take in takes_there if take.steady.take_name == name]
    for take in takes_there:
        take.mute = take not in wanted
    hide_if_covered(scene, strip)


def uncover(scene: Scene, strip: Strip) -> None:
    """After a take is gone: where none is shown any more, the original is, else there would be nothing to see."""
    if strip.mute:
        hide_if_covered(scene, strip)


def hide_if_covered(scene: Scene, strip: Strip) -> None:
    """The original is hidden while one of the takes that are shown covers all of it, and else it is seen."""
    strip.mute = False
    for take in takes.takes_of(scene, strip):
        if not take.mute:
            takes.cover(scene, strip, (), take)


def exchange(scene: Scene, strip: Strip, shown: Strip, footage: Footage) -> None:
    """Put other pictures into the strip of a take. Its channel, blending, opacity and modifiers stay."""
    takes.check_files(footage.files, footage.name)
    start = content_start(strip) + footage.first - 1
    left, right = takes.shown(strip, start, len(footage.files))
    if left >= right:
        message = f"“{strip.name}” shows none of the frames of the take “{footage.name}”."
        raise Failure(ErrorCode.BAD_INPUT, message, "It was trimmed or renumbered meanwhile: render the take again.")
    owner, channel, stays = owner_of(scene, strip), shown.channel, _lies_like(shown, footage.framing)
    # Until its handles are set it shows all its frames, and Blender would push it aside where those meet another strip.
    everything = min(start, left, handles(shown)[0]), max(start + len(footage.files), right, handles(shown)[1])
    shown.channel = takes.free_channel(owner, strip, everything, besides=shown)
    _show_files(shown, footage.files)
    set_content_start(shown, start)
    set_handles(shown, left, right)
    shown.channel = takes.free_channel(owner, strip, (left, right), besides=shown, wish=channel)
    if not stays:  # else it is left where the user may have put it
        takes.place(shown, footage.framing)
    takes.note(strip, shown, footage.first, footage.name, footage.parameters)
    shown.name = f"{strip.name} {footage.name}"
    if strip.mute or strip.steady.mute_original:
        hide_if_covered(scene, strip)


def _show_files(shown: Strip, files: Sequence[Path]) -> None:
    while len(shown.elements) > 1:
        shown.elements.pop(len(shown.elements) - 1)
    shown.directory = takes.for_blender(files[0].parent) + os.sep
    shown.elements[0].filename = files[0].name
    for file in files[1:]:
        shown.elements.append(file.name)


def _lies_like(shown: Strip, framing: Framing) -> bool:
    """Whether the strip's pictures lie as this framing says. Older takes do not tell: there their size has to do."""
    with contextlib.suppress(ValueError, KeyError, Failure):
        return from_json(Framing, json.loads(shown.steady.take_parameters)["framing"]) == framing
    return _size_shown(shown) == framing.size


def _size_shown(shown: Strip) -> tuple[int, int] | None:
    """None where its pictures are gone."""
    file = Path(bpy.path.abspath(shown.directory)) / shown.elements[0].filename
    return picture_size(file) if file.is_file() else None


def picture_size(file: Path) -> tuple[int, int]:
    """Width and height of a PNG, from its head."""
    with disk.worded(file), disk.long_path(file).open("rb") as opened:
        head = opened.read(24)[16:]
    return int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")


def made_from(scene: Scene, gone: Sequence[Strip]) -> Strip | None:
    """An effect that would be deleted with them."""
    return next((s for s, _ in all_strips(scene) if s not in gone and any(part in gone for part in inputs(s))), None)
