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


def first_keys(scene: Scene) -> list[tuple[Any, float]]:
    """The F-curves of the scene's action, each with where its first key lies."""
    action = scene.animation_data.action if scene.animation_data is not None else None
    found = [curve for curves in (curve_lists(action) if action is not None else ()) for curve in curves]
    return [(curve, curve.keyframe_points[0].co[0]) for curve in found if curve.keyframe_points]


def shift_keys(scene: Scene, frames: int, were: list[tuple[Any, float]]) -> None:
    """Move all keys in time, seen from where they were: Blender has moved those of some strips with the strips."""
    for curve, was in were:
        _shift_curve(curve, frames - round(curve.keyframe_points[0].co[0] - was))
    for track in scene.animation_data.nla_tracks if scene.animation_data is not None else ():
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
