"""Strips under the names each Blender has for them: their frames, their metas, and which can be restyled."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

from ..backend.api import ErrorCode, Failure
from ..backend.frozen import frozen

Scene = Any
Strip = Any


def strip_type() -> Any:
    """The type that all strips share: `Sequence` before Blender 4.4, `Strip` since."""
    return getattr(bpy.types, "Strip", None) or bpy.types.Sequence


def collection_of(owner: Any) -> Any:
    """The strips of a sequence editor or a meta strip, as a collection that can make new ones."""
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def strips_of(owner: Any) -> list[Strip]:
    """The strips directly in a scene, a sequence editor or a meta strip."""
    if isinstance(owner, bpy.types.Scene):
        owner = owner.sequence_editor
    return list(collection_of(owner)) if owner else []


def own_scenes() -> Iterator[Scene]:
    """Of this file, and none that it borrows from another."""
    return (scene for scene in bpy.data.scenes if scene.library is None)


def all_strips(scene: Scene) -> Iterator[tuple[Strip, tuple[Strip, ...]]]:
    """Every strip of a scene with the metas that hold it, the outermost first."""

    def walk(owner: Any, parents: tuple[Strip, ...]) -> Iterator[tuple[Strip, tuple[Strip, ...]]]:
        for strip in strips_of(owner):
            yield strip, parents
            if strip.type == "META":
                yield from walk(strip, (*parents, strip))

    return walk(scene, ())


def parents(scene: Scene, strip: Strip) -> tuple[Strip, ...]:
    """The metas that hold a strip, the outermost first."""
    return next((found for other, found in all_strips(scene) if other == strip), ())


def owner_of(scene: Scene, strip: Strip) -> Any:
    """The meta strip, or else the sequence editor, that a strip lies in."""
    return next(iter(reversed(parents(scene, strip))), scene.sequence_editor)


def strip_named(scene: Scene, name: str) -> Strip | None:
    """Names are unique within a scene, its metas included."""
    return next((strip for strip, _ in all_strips(scene) if strip.name == name), None)


def scene_named(name: str) -> Scene | None:
    """The scene of this file; a linked scene may have the same name, and is taken only when there is no other."""
    return bpy.data.scenes.get((name, None)) or bpy.data.scenes.get(name)


# --- where a strip lies in time


def content_start(strip: Strip) -> int:
    """The timeline frame of the first picture of the content, wherever the left handle is."""
    return round(strip.content_start if hasattr(strip, "content_start") else strip.frame_start)


def set_content_start(strip: Strip, frame: int) -> None:
    setattr(strip, "content_start" if hasattr(strip, "content_start") else "frame_start", frame)


def content_trim(strip: Strip) -> int:
    """The pictures that a hold split cut off before the content, for good. Not every kind of strip tells."""
    return getattr(strip, "content_trim_start", getattr(strip, "animation_offset_start", 0))


def content_length(strip: Strip) -> int:
    """The frames of the content; of a meta, from the first of its parts to the end of the last."""
    return strip.content_duration if hasattr(strip, "content_duration") else strip.frame_duration


def handles(strip: Strip) -> tuple[int, int]:
    """The first timeline frame that shows, and the one after the last."""
    if hasattr(strip, "left_handle"):
        return strip.left_handle, strip.right_handle
    return strip.frame_final_start, strip.frame_final_end


def set_handles(strip: Strip, left: int, right: int) -> None:
    new = hasattr(strip, "left_handle")
    moves = [
        ("left_handle" if new else "frame_final_start", left),
        ("right_handle" if new else "frame_final_end", right),
    ]
    if left >= handles(strip)[1]:
        moves.reverse()  # a handle cannot pass the other one
    for name, frame in moves:
        setattr(strip, name, frame)


def time_won(meta: Strip) -> int:
    """By how many frames a meta is over before its parts are: more than none where its speed was raised. Blender tells
    nobody of a meta's speed. Lowered it is a negative number, and so it is once a part was deleted, as long as nothing
    else in the meta was touched. One that a script made may not have been measured yet, and has one frame at most."""
    offset = meta.right_handle_offset if hasattr(meta, "right_handle_offset") else meta.frame_offset_end
    length = round(handles(meta)[1] + offset) - content_start(meta)
    spans = [handles(part) for part in strips_of(meta)]
    if length <= 1 or not spans:
        return 0
    return max(right for _, right in spans) - min(left for left, _ in spans) - length


def numbers(strip: Strip) -> range:
    """The numbers of the frames that show: 1 is the content start, so that a moved strip keeps its numbers."""
    left, right = handles(strip)
    start = content_start(strip)
    return range(left - start + 1, right - start + 1)


def inputs(strip: Strip) -> tuple[Strip, ...]:
    """The strips that an effect strip is made from."""
    names = ("input_1", "input_2")
    return tuple(found for name in names if (found := getattr(strip, name, None)) is not None)


# --- what the user means


def sequencer_scene(context: Any) -> Scene:
    """The scene that the timeline shows: since Blender 5.0 it need not be the window's."""
    return getattr(context.workspace, "sequencer_scene", None) or context.scene


def active_strip(context: Any) -> Strip | None:
    editor = sequencer_scene(context).sequence_editor
    return editor.active_strip if editor else None


def in_sequencer(context: Any) -> bool:
    return context.area is not None and context.area.type == "SEQUENCE_EDITOR"


def study_id(strip: Strip) -> str:
    settings = getattr(strip, "steady", None)
    return settings.study_id if settings else ""


@frozen
class Address:
    """Names a strip across undo and file loads, where a strip itself must not be held."""

    scene: str
    strip: str
    study: str = ""

    @classmethod
    def of(cls, scene: Scene, strip: Strip) -> Address:
        return cls(scene.name, strip.name, study_id(strip))

    def find(self) -> tuple[Scene, Strip] | None:
        """By name; else the one strip of the file that carries the study's id, because it was renamed, and is no take,
        which carries it too; else by name again, because undo took the id away."""
        scene = scene_named(self.scene)
        strip = strip_named(scene, self.strip) if scene else None
        if strip is not None and self.study in ("", study_id(strip)):
            return scene, strip
        if not self.study:
            return None
        everywhere = ((s, other) for s in own_scenes() for other, _ in all_strips(s))
        carriers = [(s, other) for s, other in everywhere if study_id(other) == self.study]
        found = [(s, other) for s, other in carriers if not other.steady.take_name]
        if not found and strip is not None and not study_id(strip):
            return scene, strip
        return found[0] if len(found) == 1 else None


# --- what cannot be restyled

FEW_FILES = 8
SOURCES = {"SCENE": ("scene", "scene"), "MOVIECLIP": ("clip", "movie clip"), "MASK": ("mask", "mask")}


def refusal(scene: Scene, strip: Strip, look_at_files: bool = True) -> Failure | None:
    """Why a strip cannot be restyled. Without a look at its files it is cheap enough for every redraw."""
    if scene.library is not None:
        file = Path(scene.library.filepath).name
        message = f"Scene “{scene.name}” is linked from “{file}”: open that file to restyle its strips."
        return Failure(ErrorCode.BAD_INPUT, message)
    if strip.type == "SOUND":
        return _refused(f"“{strip.name}” is a sound strip and has no picture.", "Select a strip that shows something.")
    left, right = handles(strip)
    if (
        right <= left
        or (strip.type == "IMAGE" and not strip.elements)
        or (strip.type == "META" and not strips_of(strip))
    ):
        return _refused(f"“{strip.name}” has no frames.", "Give it some length, or select another strip.")
    if strip.type in SOURCES and getattr(strip, SOURCES[strip.type][0], strip) is None:
        kind = SOURCES[strip.type][1]
        return _refused(f"“{strip.name}” has no {kind} to show.", f"Choose a {kind} in the strip's settings.")
    if look_at_files and (missing := next(missing_files(strip), None)) is not None:
        owner, path = missing
        return _refused(
            f"The file “{path}” of strip “{owner.name}” is missing.", "Put it back, or choose another file."
        )
    return None


def _refused(message: str, hint: str) -> Failure:
    return Failure(ErrorCode.BAD_INPUT, message, hint)


def missing_files(strip: Strip) -> Iterator[tuple[Strip, Path]]:
    """Media files that a strip shows and that are not there, with the strip that needs each."""
    for part in made_of(strip):
        paths = list(files_of(part))
        folder = paths[0].parent if len(paths) > FEW_FILES else None
        there = _names_in(folder) if folder else set()
        for path in paths:
            listed = path.parent == folder and path.name in there
            if not listed and not path.is_file():
                yield part, path


def _names_in(folder: Path) -> set[str]:
    """All at once: a look at each file of a long sequence takes seconds on a network drive."""
    try:
        return {entry.name for entry in os.scandir(folder)}
    except OSError:
        return set()


def made_of(strip: Strip) -> Iterator[Strip]:
    """A strip with all that it is made from: inputs of effects (muted or not) and what a meta shows."""
    yield strip
    for part in inputs(strip):
        yield from made_of(part)
    if strip.type == "META":
        for child in strips_of(strip):
            if not child.mute:
                yield from made_of(child)


def files_of(strip: Strip, all_images: bool = False) -> Iterator[Path]:
    """The files that one strip reads itself; of an image sequence only those that the handles let through, or all."""
    if strip.type == "MOVIE":
        yield _absolute(strip.filepath, strip)
    elif strip.type == "IMAGE":
        folder = _absolute(strip.directory, strip)
        yield from (folder / e.filename for e in (strip.elements if all_images else shown_elements(strip)))
    elif strip.type == "MOVIECLIP" and getattr(strip, "clip", None) is not None:  # Blender 4.2 does not tell
        yield _absolute(strip.clip.filepath, strip.clip)


def _absolute(path: str, owner: Any) -> Path:
    library = getattr(owner.id_data, "library", None)
    return Path(os.path.normpath(bpy.path.abspath(path, library=library)))


def shows_one_picture(strip: Strip) -> bool:
    """Whether all frames of a strip that nothing animates are the same."""
    return strip.type in ("COLOR", "TEXT") or (strip.type == "IMAGE" and len(strip.elements) == 1)


def shown_elements(strip: Strip) -> list[Any]:
    """The images of a sequence that the handles let through; where the speed was changed, all of them."""
    elements = list(strip.elements)
    if len(getattr(strip, "retiming_keys", ())) or len(elements) == 1:
        return elements
    left, right = handles(strip)
    first = content_trim(strip) - content_start(strip)
    return elements[max(0, first + left) : max(1, first + right)]
