"""The keys and drivers of a scene's strips, whichever way this Blender stores them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Scene = Any
Curves = Any


def curve_lists(action: Any) -> Iterator[Curves]:
    """The lists of F-curves of an action: one before Blender 4.4, one for each slot of each layer since."""
    if not hasattr(action, "layers"):
        yield action.fcurves
        return
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                yield bag.fcurves


def own_actions(scene: Scene) -> list[Any]:
    """Give a scene's copy actions of its own, where it shares them with the scene it was made from."""
    holders = list(_holders(scene))
    copies = {action: action.copy() for action in {holder.action for holder in holders}}
    for holder in holders:
        slot = getattr(holder, "action_slot", None)
        name = slot.identifier if slot is not None else ""
        holder.action = copies[holder.action]
        if name:
            holder.action_slot = holder.action.slots[name]
    return list(copies.values())


def _holders(scene: Scene) -> Iterator[Any]:
    """Whatever of a scene's animation holds an action: the scene itself, and the strips of its NLA tracks."""
    data = scene.animation_data
    if data is None:
        return
    if data.action is not None:
        yield data
    for track in data.nla_tracks:
        yield from (strip for strip in track.strips if strip.action is not None)


def curves(scene: Scene) -> Iterator[Any]:
    """Every F-curve that animates something of the scene, and every driver."""
    for holder in _holders(scene):
        for found in curve_lists(holder.action):
            yield from found
    if scene.animation_data is not None:
        yield from scene.animation_data.drivers


def drop(scene: Scene, prefixes: tuple[str, ...]) -> None:
    """Remove the keys and drivers of everything whose path begins so. The scene must have actions of its own."""
    if scene.animation_data is None:
        return
    lists = [found for holder in _holders(scene) for found in curve_lists(holder.action)]
    for found in (*lists, scene.animation_data.drivers):
        for curve in [c for c in found if c.data_path.startswith(prefixes)]:
            found.remove(curve)


def shift_keys(scene: Scene, frames: int) -> None:
    """Move all keys in time. The scene must have actions of its own."""
    if scene.animation_data is None:
        return
    if scene.animation_data.action is not None:
        for found in curve_lists(scene.animation_data.action):
            for curve in found:
                _shift_curve(curve, frames)
    for track in scene.animation_data.nla_tracks:
        for strip in sorted(track.strips, key=lambda s: s.frame_end, reverse=frames > 0):
            strip.frame_end += frames
            strip.frame_start += frames


def _shift_curve(curve: Any, frames: int) -> None:
    for key in curve.keyframe_points:
        key.co_ui[0] += frames  # with its handles
    for modifier in curve.modifiers:
        if modifier.use_restricted_range:
            modifier.frame_start += frames
            modifier.frame_end += frames


def is_animated(scene: Scene, path: str) -> bool:
    return any(curve.data_path.startswith(f"{path}.") for curve in curves(scene))
