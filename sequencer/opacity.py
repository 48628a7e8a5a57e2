"""The animation of a strip's opacity, and how another strip gets the same."""

from __future__ import annotations

from typing import Any

from .animation import curve_lists
from .strips import Scene, Strip

OPACITY = "blend_alpha"


def _found(scene: Scene, strip: Strip) -> tuple[Any, Any] | None:
    """The F-curve and the list it lies in; nothing where the keys are linked from another file."""
    animation = scene.animation_data
    if animation is None or animation.action is None or animation.action.library is not None:
        return None
    path = strip.path_from_id(OPACITY)
    pairs = ((curves.find(path), curves) for curves in curve_lists(animation.action))
    return next((pair for pair in pairs if pair[0] is not None), None)


def curve(scene: Scene, strip: Strip) -> Any:
    found = _found(scene, strip)
    return found and found[0]


def driver(scene: Scene, strip: Strip) -> Any:
    animation = scene.animation_data
    return None if animation is None else animation.drivers.find(strip.path_from_id(OPACITY))


def is_animated(scene: Scene, strip: Strip) -> bool:
    return curve(scene, strip) is not None or driver(scene, strip) is not None


def give(scene: Scene, source: Strip, take: Strip) -> None:
    """The take fades as its source does."""
    take.blend_alpha = source.blend_alpha
    forget(scene, take)
    path = take.path_from_id(OPACITY)
    if (old := driver(scene, source)) is not None:
        scene.animation_data.drivers.from_existing(src_driver=old).data_path = path
    if (found := _found(scene, source)) is not None:
        old, curves = found
        _copy(old, curves.new(path))


def forget(scene: Scene, strip: Strip) -> None:
    """Keys outlive their strip, and would fall to the next one of its name."""
    if (found := _found(scene, strip)) is not None:
        found[1].remove(found[0])
    if (old := driver(scene, strip)) is not None:
        scene.animation_data.drivers.remove(old)


def _copy(old: Any, new: Any) -> None:
    new.keyframe_points.add(len(old.keyframe_points))
    for source, target in zip(old.keyframe_points, new.keyframe_points, strict=True):
        _copy_settings(source, target)
    _copy_settings(old, new)
    for modifier in old.modifiers:
        _copy_settings(modifier, new.modifiers.new(modifier.type))
    new.update()


def _copy_settings(source: Any, target: Any) -> None:
    # `co_ui` would move the handles that were copied before it; the path is what tells the two curves apart.
    left_out = {"co_ui", "data_path", "group"}
    for setting in source.bl_rna.properties:
        if not setting.is_readonly and setting.identifier not in left_out:
            setattr(target, setting.identifier, getattr(source, setting.identifier))
