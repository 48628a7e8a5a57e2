"""Takes and comparisons stay with their source through moves, trims and cuts: what is said of takes holds for both.

Nothing is remembered, so undo needs no care: a take belongs where its source's frame numbers put it, and one that
is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..backend.api import Failure
from .followers import begins, is_comparison, is_follower, reach
from .pairing import Pair, Source, floats, pairs_of, same_study, sources_of, start_of
from .strips import (
    Scene,
    Strip,
    all_strips,
    content_start,
    content_trim,
    handles,
    owner_of,
    set_content_start,
    set_handles,
)
from .takes import free_channel, topmost

INTERVAL = 0.5  # seconds between two looks at what Blender tells nobody about
DRAGS = ("TRANSFORM_OT_", "SEQUENCER_OT_")


def follow(scene: Scene) -> int:
    """Bring every take of a scene to where its source is now. Returns how many had to change."""
    if scene.library is not None or scene.sequence_editor is None:
        return 0
    strips = list(all_strips(scene))
    takes = [strip for strip, _ in strips if is_follower(strip)]
    if not takes:
        return 0
    sources = list(sources_of(strips, takes))
    pairs = pairs_of(takes, sources)
    known = len(pairs)
    _cut(pairs, takes, sources)
    due = [(pair, place) for pair in pairs if (place := _place(pair)) is not None]
    return len(pairs) - known + sum(_move(scene, pair, *place) for pair, place in _in_order(due))


# --- cuts


def _cut(pairs: list[Pair], takes: Sequence[Strip], sources: Sequence[Source]) -> None:
    """Where a source was cut, cut its take, and give the new pair to `pairs`."""
    owned = {(take.steady.take_source, take.steady.take_name) for take in takes}
    for source in sources:
        for at, pair in enumerate(pairs):
            name = pair.take.steady.take_name
            if (source.strip.name, name) in owned or not same_study(pair.take, source.strip):
                continue
            if (new := _split(pair, source)) is not None:
                pairs[at], other = new
                pairs.append(other)
                owned.add((source.strip.name, name))


def _split(pair: Pair, part: Source) -> tuple[Pair, Pair] | None:
    """The take's old pair and the one for `part`, if that is a piece cut off from the pair's source."""
    left, right = handles(pair.take)
    held = _held(pair.source, part.strip)
    source, other = _on_take(pair.take, pair.source, pair.visible), _on_take(pair.take, part.strip, part.visible, held)
    if other[0] >= source[1] and left < other[0] < right:
        frame, follows = other[0], True
    elif other[1] <= source[0] and left < other[1] < right:
        frame, follows = other[1], False
    else:
        return None
    new = pair.take.split(frame=frame, split_method="SOFT")
    if new is None:
        return None
    mine, theirs = (pair.take, new) if follows else (new, pair.take)
    mine.steady.take_source, theirs.steady.take_source = pair.source.name, part.strip.name
    theirs.steady.take_first -= held
    return Pair(mine, pair.source, pair.visible), Pair(theirs, part.strip, part.visible)


def _held(source: Strip, part: Strip) -> int:
    """By how many frames a piece counts its own later than the source: a hold split begins a content of its own."""
    return 0 if floats(part) else content_trim(part) - content_trim(source)


def _on_take(take: Strip, source: Strip, span: tuple[int, int], held: int = 0) -> tuple[int, int]:
    """The span of a source where the take has the same frames now, though one of them may have moved since."""
    away = 0 if floats(source) else begins(take) - start_of(take, source) + held
    return span[0] + away, span[1] + away


# --- moves and trims

Place = tuple[int, int, int]  # of the first picture, the left handle and the right one


def _place(pair: Pair) -> Place | None:
    """Where a take belongs, if that is not where it is."""
    take, (left, right) = pair.take, pair.visible
    start, now = start_of(take, pair.source), begins(take)
    if start != now and floats(pair.source) and handles(take)[1] == right:
        # Its right end stayed, so it was trimmed or cut and not moved: frame 1 is another one now.
        take.steady.take_first += now - start
        start = now
    first, end = reach(take)
    place = (start, max(left, start + first), min(right, start + end))
    if place[1] >= place[2] or (place == (now, *handles(take)) and not _is_below(pair)):
        return None
    return place


def _is_below(pair: Pair) -> bool:
    return pair.take.channel <= pair.source.channel and pair.take.parent_meta() == pair.source.parent_meta()


def _in_order(due: list[tuple[Pair, Place]]) -> Iterator[tuple[Pair, Place]]:
    """Whoever goes to the right, from the right: else they would push each other to other channels on the
    way. Comparisons after takes, above which they are to be where one of them has to leave its channel."""
    forth = [(pair, place) for pair, place in due if place[1] > handles(pair.take)[0]]
    back = [(pair, place) for pair, place in due if place[1] <= handles(pair.take)[0]]
    yield from sorted(back, key=lambda item: (item[1][1], is_comparison(item[0].take)))
    yield from sorted(forth, key=lambda item: (-item[1][1], is_comparison(item[0].take)))


def _move(scene: Scene, pair: Pair, start: int, left: int, right: int) -> bool:
    take = pair.take
    try:
        channel = _channel(scene, pair, (left, right))
    except Failure:  # Blender would put it somewhere else in time; it waits here until there is room
        return False
    away = start - begins(take)
    now = handles(take)
    both = max(now[0], left - away), min(now[1], right - away)
    if both[0] < both[1]:
        set_handles(take, *both)  # what is left lies inside the new place, and meets no neighbour on the way
    set_content_start(take, content_start(take) + away)  # Blender moves the keys along
    set_handles(take, left, right)
    take.channel = channel
    return True


def _channel(scene: Scene, pair: Pair, span: tuple[int, int]) -> int:
    """Its own, where that will do; else the first above its source, of a comparison above its source's takes too."""
    owner, take = owner_of(scene, pair.take), pair.take
    channel = free_channel(owner, pair.source, span, besides=take, wish=take.channel)
    if channel == take.channel or not is_comparison(take):
        return channel
    return free_channel(owner, topmost(scene, pair.source), span, besides=take)


# --- when


def _shown_scenes() -> set[Scene]:
    windows = [window for manager in bpy.data.window_managers for window in manager.windows]
    shown = {window.scene for window in windows}
    return (shown | {getattr(window.workspace, "sequencer_scene", None) for window in windows}) - {None}


def is_busy() -> bool:
    """A render reads the strips from its own thread; a drag holds on to them, and would fight for their places. Where
    there is no window, neither goes on while we are called."""
    if bpy.app.background:
        return False
    windows = (window for manager in bpy.data.window_managers for window in manager.windows)
    dragging = any(operator.bl_idname.startswith(DRAGS) for window in windows for operator in window.modal_operators)
    return dragging or bpy.app.is_job_running("RENDER")


@persistent
def on_change(scene: Scene, depsgraph: Any) -> None:
    if depsgraph.id_type_updated("SCENE") and not is_busy():
        for each in {scene.original} | _shown_scenes():
            follow(each)


def watch() -> float:
    """Cutting a strip in the timeline is a change that Blender tells nobody about, and so is the end of a drag."""
    if not is_busy():
        for scene in _shown_scenes():
            follow(scene)
    return INTERVAL


@persistent
def on_file(*_: Any) -> None:
    for scene in bpy.data.scenes:
        follow(scene)


def register() -> None:
    bpy.app.handlers.depsgraph_update_post.append(on_change)
    bpy.app.handlers.load_post.append(on_file)
    bpy.app.handlers.save_pre.append(on_file)
    bpy.app.timers.register(watch, first_interval=INTERVAL, persistent=True)


def unregister() -> None:
    bpy.app.handlers.depsgraph_update_post.remove(on_change)
    bpy.app.handlers.load_post.remove(on_file)
    bpy.app.handlers.save_pre.remove(on_file)
    if bpy.app.timers.is_registered(watch):
        bpy.app.timers.unregister(watch)
