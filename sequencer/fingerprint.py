"""Whether a strip still shows what it showed: a hash over its settings and its media, and what the frames lose."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path
from typing import Any

import bpy

from .animation import curves
from .prepare import seen_below
from .strips import Scene, Strip, all_strips, content_start, files_of, handles, inputs, made_of, strips_of

VERSION = 3  # of how strips are read: whoever changes what their frames show counts it up, and all are read anew

# Where and how the strip lies in the edit changes none of its pixels, nor does how it is blended with what is below.
PLACE = {
    *("name", "select", "select_left_handle", "select_right_handle", "mute", "lock", "channel", "color_tag"),
    *("blend_type", "blend_alpha", "show_retiming_keys", "override_cache_settings", "steady", "connections", "volume"),
}
# Frames count from the content start, and are taken up relative to it where they matter.
TIMES = ("frame_", "content_", "left_handle", "right_handle", "duration", "use_cache", "use_proxy", "proxy", "elements")
OFFSETS = ("content_trim_start", "content_trim_end", "animation_offset_start", "animation_offset_end")
LINKS = {"rna_type", "strips", "sequences", "channels", "input_1", "input_2", "modifiers", "filepath", "directory"}
# Their pictures depend on a whole scene or on drawn shapes, which nobody can compare cheaply.
UNKNOWABLE = {"SCENE", "MASK", "MOVIECLIP"}
NEVER = object()  # stands for such a picture, and is never the same
DEEPEST = 6
Keyed = set[tuple[str, int]]  # the paths of what keys set, and which part of each
HDR_FILES = {".exr", ".hdr", ".dpx", ".cin"}
SRGB_SPACES = {
    *("sRGB", "Rec.1886", "Non-Color", "Raw", "Filmic sRGB", "AgX Base sRGB", "AgX Base Rec.1886"),
    *("Khronos PBR Neutral sRGB", "ACES 1.3 sRGB", "ACES 2.0 sRGB"),
}


def settings_fingerprint(scene: Scene, strip: Strip) -> str:
    """Equal as long as the strip's frames are. Of scene, mask and movie clip strips, and of node groups, that cannot be
    known cheaply: with one of them in it a strip never equals itself, and is read again each time."""
    return hashed(described(scene, strip))


def described(scene: Scene, strip: Strip) -> list[Any]:
    """All that its frames depend on. What the files are like is only looked at for the hash, which needs no Blender."""
    render = scene.render
    return [
        (render.resolution_x, render.resolution_y, render.fps, render.fps_base),
        scene.sequencer_colorspace_settings.name,
        _strip(scene, strip, content_start(strip), own=True),
        _below(scene, strip),
    ]


def hashed(description: list[Any]) -> str:
    text = json.dumps(description, sort_keys=True, default=_plain)
    return f"{VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def lasting(description: list[Any]) -> str:
    """The same; '' where it would never equal itself."""
    return "" if _has_never(description) else hashed(description)


def _has_never(part: Any) -> bool:
    if isinstance(part, dict):
        return any(_has_never(value) for value in part.values())
    if isinstance(part, (list, tuple)):
        return any(_has_never(value) for value in part)
    return part is NEVER


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return _file(value)
    if isinstance(value, set):  # in another order each time that Blender is started
        return sorted(value)
    return secrets.token_hex(16) if value is NEVER else str(value)


def media_files(strip: Strip) -> tuple[str, ...]:
    """The files that a strip is made from, each once; the first image of a sequence stands for all."""
    firsts = (next(files_of(part, all_images=True), None) for part in made_of(strip))
    return tuple(dict.fromkeys(str(path) for path in firsts if path is not None))


def losses(scene: Scene, strip: Strip) -> str:
    """One sentence on what of the strip's pictures 8-bit sRGB frames cannot hold, '' if they hold all."""
    named = dict.fromkeys(text for part in (*made_of(strip), *seen_below(scene, strip)) if (text := _beyond_srgb(part)))
    if not named:
        return ""
    shown = f"{', '.join(list(named)[:3])}{' …' if len(named) > 3 else ''}"
    what = "what is brighter than white or outside sRGB is clipped in the frames."
    return f"“{strip.name}” shows HDR or wide-gamut pictures ({shown}): {what}"


def _beyond_srgb(strip: Strip) -> str:
    """What may hold more than sRGB does, by name."""
    if strip.type == "SCENE" and strip.scene is not None:
        if strip.scene_input == "CAMERA":
            return f"the rendered scene “{strip.scene.name}”"
        return next((text for inner, _ in all_strips(strip.scene) if (text := _beyond_srgb(inner))), "")
    space = getattr(getattr(strip, "colorspace_settings", None), "name", "sRGB")
    first = next(files_of(strip, all_images=True), None)
    if first is None or (space in SRGB_SPACES and first.suffix.lower() not in HDR_FILES):
        return ""
    return first.name if first.suffix.lower() in HDR_FILES else f"{first.name} in {space}"


def _below(scene: Scene, strip: Strip) -> list[Any]:
    """What it shows of the strips below it, and which of them a muted channel hides."""
    below = list(seen_below(scene, strip))
    found: list[Any] = [_strip(scene, other, content_start(strip)) for other in below]
    hidden = _hidden_by_channels(scene) if below else set()
    return found + [number for number, other in enumerate(below) if other.name in hidden]


def _hidden_by_channels(scene: Scene) -> set[str]:
    """The strips that lie in a muted channel, by name."""
    lying = ((strip, (scene.sequence_editor, *metas)[-1]) for strip, metas in all_strips(scene))
    return {strip.name for strip, owner in lying if owner.channels[strip.channel].mute}


def _strip(scene: Scene, strip: Strip, origin: int, own: bool = False) -> dict[str, Any]:
    moved = _curves(scene, strip)
    keyed = {(name, curve.array_index) for name, curve in moved if _sets(curve)}
    without = PLACE if own else {"name", "select", "steady"}
    found: dict[str, Any] = {"values": _values(strip, origin, without, keyed)}
    if not own:
        found["place"] = [strip.channel, content_start(strip) - origin, *(h - origin for h in handles(strip))]
    elif inputs(strip):  # a transition's course depends on where it begins and ends
        found["place"] = [h - origin for h in handles(strip)]
    if strip.type in UNKNOWABLE:
        found["unknowable"] = NEVER
    found["files"] = list(files_of(strip, all_images=True))
    found["inputs"] = [_strip(scene, source, origin) for source in inputs(strip)]
    for source in found["inputs"]:
        del source["values"]["mute"]  # muted or not, it shows inside its effect
    children = strips_of(strip) if strip.type == "META" else []
    found["children"] = [_strip(scene, child, origin) for child in children]
    found["children"] += [n for n, child in enumerate(children) if strip.channels[child.channel].mute]
    found["modifiers"] = [_modifier(scene, modifier, origin, keyed) for modifier in getattr(strip, "modifiers", ())]
    found["animation"] = [_course(*one, origin) for one in moved if not own or one[0] not in PLACE]
    return found


def _modifier(scene: Scene, modifier: Any, origin: int, keyed: Keyed) -> dict[str, Any]:
    path = f'modifiers["{bpy.utils.escape_identifier(modifier.name)}"].'
    without = {"input_mask_strip", "show_expanded", "is_active"}
    found: dict[str, Any] = {"values": _values(modifier, origin, without, keyed, path)}
    mask = getattr(modifier, "input_mask_strip", None)
    if mask is not None:
        found["mask"] = _strip(scene, mask, origin)
    if getattr(modifier, "input_mask_id", None) is not None:
        found["unknowable"] = {"mask": NEVER}
    return found


def _file(path: Path) -> list[Any]:
    try:
        state = path.stat()
    except OSError:
        return [str(path), "missing"]
    return [str(path), state.st_size, state.st_mtime_ns]


def _values(
    owner: Any, origin: int, without: set[str], keyed: Keyed | None = None, path: str = "", depth: int = 0
) -> dict[str, Any]:
    """All settings of something in Blender, as plain values. What keys set is as the current frame has it: they count,
    and it does not."""
    found = {}
    for known in owner.bl_rna.properties:
        name = known.identifier
        if name in without or name in LINKS or (depth == 0 and name.startswith(TIMES) and name not in OFFSETS):
            continue
        found[name] = _value(owner, known, origin, keyed or set(), f"{path}{name}", depth)
    return found


def _value(owner: Any, known: Any, origin: int, keyed: Keyed, path: str, depth: int) -> Any:
    value = getattr(owner, known.identifier)
    if known.identifier == "timeline_frame":  # of a retiming key
        return value - origin
    if known.identifier == "strobe":  # 0 at a strip that a script has made, until Blender first shows it (4.2)
        return None if (path, 0) in keyed else max(1.0, value)
    if known.type == "COLLECTION":
        return [_values(item, origin, set(), depth=depth + 1) for item in value] if depth < DEEPEST else []
    if known.type != "POINTER" and getattr(known, "is_array", False):
        return [None if (path, number) in keyed else part for number, part in enumerate(value)]
    if known.type != "POINTER":
        return None if (path, 0) in keyed else value
    if value is None or depth >= DEEPEST:
        return None
    if isinstance(value, bpy.types.NodeTree):  # its nodes make the picture, and no one can compare them cheaply
        return {"unknowable": NEVER}
    if isinstance(value, bpy.types.ID):
        return [value.name_full, getattr(value, "filepath", "")]
    return _values(value, origin, set(), keyed, f"{path}.", depth + 1)


# --- what moves it


def _curves(scene: Scene, strip: Strip) -> list[tuple[str, Any]]:
    """Its keys and drivers, each with the path of what it sets, as seen from the strip."""
    prefix = f"{strip.path_from_id()}."
    mine = (curve for curve in curves(scene) if curve.data_path.startswith(prefix))
    return [(curve.data_path.removeprefix(prefix), curve) for curve in mine]


def _sets(curve: Any) -> bool:
    """What a driver's variables set is seen by the value alone: what they depend on may lie anywhere."""
    driver = getattr(curve, "driver", None)
    if driver is not None:
        return not (curve.mute or driver.variables or driver.use_self)
    return not (curve.mute or curve.is_empty)


def _course(name: str, curve: Any, origin: int) -> list[Any]:
    keys = [[*_relative(k.co, origin), k.interpolation, k.easing] for k in curve.keyframe_points]
    sides = [[*_relative(k.handle_left, origin), *_relative(k.handle_right, origin)] for k in curve.keyframe_points]
    modifiers = [_values(m, origin, {"show_expanded", "active"}) for m in curve.modifiers]
    driver = getattr(curve, "driver", None)
    told = _values(driver, origin, set()) if driver is not None else None
    return [name, curve.array_index, curve.mute, curve.extrapolation, keys, sides, modifiers, told]


def _relative(point: Any, origin: int) -> list[float]:
    return [round(point[0] - origin, 4), round(point[1], 6)]
