"""Takes stay with their source through moves, trims and cuts.

Nothing is remembered, so undo needs no care: a take belongs where its source's frame numbers put it, and one that
is there already is left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import bpy
from bpy.app.handlers import persistent

from ..backend.api import Failure
from ..backend.frozen import frozen
from .strips import (
    Scene,
    Strip,
    all_strips,
    content_start,
    handles,
    owner_of,
    set_content_start,
    set_handles,
)
from .takes import free_channel, is_take, may_be_of

INTERVAL = 0.5  # seconds between two looks at what Blender tells nobody about
DRAGS = ("TRANSFORM_OT_", "SEQUENCER_OT_")


@frozen
class Pair:
    take: Strip
    source: Strip
    visible: tuple[int, int]  # what the source's handles, and its metas', let through


@frozen
class Source:
    strip: Strip
    metas: tuple[Strip, ...]
    visible: tuple[int, int]


def follow(scene: Scene) -> int:
    """Bring every take of a scene to where its source is now. Returns how many had to change."""
    if scene.library is not None or scene.sequence_editor is None:
        return 0
    strips = list(all_strips(scene))
    takes = [strip for strip, _ in strips if is_take(strip)]
    if not takes:
        return 0
    sources = list(_sources(strips, takes))
    pairs = _pairs(takes, sources)
    known = len(pairs)
    _cut(pairs, takes, sources)
    due = [(pair, place) for pair in pairs if (place := _place(pair)) is not None]
    return len(pairs) - known + sum(_move(scene, pair, *place) for pair, place in _in_order(due))


def _sources(strips: Sequence[tuple[Strip, tuple[Strip, ...]]], takes: Sequence[Strip]) -> Iterator[Source]:
    names = {take.steady.take_source for take in takes}
    studies = {take.steady.study_id for take in takes} - {""}
    for strip, metas in strips:
        known = {strip.steady.study_id, *strip.steady.ancestors.split()}
        if is_take(strip) or (strip.name not in names and not studies & known):
            continue
        spans = [handles(strip), *(handles(meta) for meta in metas)]
        yield Source(strip, metas, (max(s[0] for s in spans), min(s[1] for s in spans)))


# --- which take belongs to which strip


def _pairs(takes: Sequence[Strip], sources: Sequence[Source]) -> list[Pair]:
    by_name = {source.strip.name: source for source in sources}
    groups: dict[tuple[str, str], list[Strip]] = {}
    for take in takes:
        source = by_name.get(take.steady.take_source)
        same = source is not None and may_be_of(take, source.strip)
        groups.setdefault((take.steady.take_source if same else "", take.steady.take_name), []).append(take)
    owned = {key for key in groups if key[0]}
    found = []
    for (name, take_name), members in groups.items():
        source = by_name.get(name)
        nearest = min(_distance(take, source) for take in members) if source else 0
        stays = [take for take in members if source and _distance(take, source) == nearest]
        for take in members:
            # A strip that was duplicated, cut or renamed together with its take: the copy's take belongs to the copy.
            adopter = None if take in stays[:1] else _adopter(take, sources, owned)
            if adopter is not None:
                take.steady.take_source = adopter.strip.name
                owned.add((adopter.strip.name, take_name))
            elif source and take in stays:
                adopter = source
            if adopter is not None and _may_move(take, adopter):
                found.append(Pair(take, adopter.strip, adopter.visible))
    return found


def _may_move(take: Strip, source: Source) -> bool:
    """A take that the user put into a meta of its own is shown by that meta, and moves with it."""
    within_reach = take.parent_meta() is None or take.parent_meta() in source.metas
    return take.steady.take_follows and not take.lock and within_reach


def _distance(take: Strip, source: Source) -> int:
    ends = zip(handles(take), source.visible, strict=True)
    return abs(_start(take, source.strip) - content_start(take)) + sum(abs(a - b) for a, b in ends)


def _adopter(take: Strip, sources: Sequence[Source], owned: set[tuple[str, str]]) -> Source | None:
    """The strip of the same study that has no such take, and that this one lies over, frame for frame."""
    found = [
        source
        for source in sources
        if _same_study(take, source.strip)
        and (source.strip.name, take.steady.take_name) not in owned
        and (_floats(source.strip) or _start(take, source.strip) == content_start(take))
        and _overlap(take, source) > 0
    ]
    return max(found, key=lambda source: _overlap(take, source), default=None)


def _overlap(take: Strip, source: Source) -> int:
    left, right = handles(take)
    return min(right, source.visible[1]) - max(left, source.visible[0])


def _start(take: Strip, source: Strip) -> int:
    """Where the take's content begins by its source's frame numbers."""
    return content_start(source) + take.steady.take_first - 1


def _floats(strip: Strip) -> bool:
    """Effects and single images have no content that a handle could cut off: it begins at the left handle anew."""
    effect = getattr(bpy.types, "EffectStrip", None) or bpy.types.EffectSequence
    return isinstance(strip, effect) or (strip.type == "IMAGE" and len(strip.elements) == 1)


# --- cuts


def _cut(pairs: list[Pair], takes: Sequence[Strip], sources: Sequence[Source]) -> None:
    """Where a source was cut, cut its take, and give the new pair to `pairs`."""
    owned = {(take.steady.take_source, take.steady.take_name) for take in takes}
    for source in sources:
        for at, pair in enumerate(pairs):
            name = pair.take.steady.take_name
            if (source.strip.name, name) in owned or not _same_study(pair.take, source.strip):
                continue
            if (new := _split(pair, source)) is not None:
                pairs[at], other = new
                pairs.append(other)
                owned.add((source.strip.name, name))


def _same_study(take: Strip, strip: Strip) -> bool:
    return bool(take.steady.study_id) and may_be_of(take, strip)


def _split(pair: Pair, part: Source) -> tuple[Pair, Pair] | None:
    """The take's old pair and the one for `part`, if that is a piece cut off from the pair's source."""
    left, right = handles(pair.take)
    source, other = _on_take(pair.take, pair.source, pair.visible), _on_take(pair.take, part.strip, part.visible)
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
    return Pair(mine, pair.source, pair.visible), Pair(theirs, part.strip, part.visible)


def _on_take(take: Strip, source: Strip, span: tuple[int, int]) -> tuple[int, int]:
    """The span of a source where the take has the same frames now, though one of them may have moved since."""
    away = 0 if _floats(source) else content_start(take) - _start(take, source)
    return span[0] + away, span[1] + away


# --- moves and trims

Place = tuple[int, int, int]  # content start, left handle, right handle


def _place(pair: Pair) -> Place | None:
    """Where a take belongs, if that is not where it is."""
    take, (left, right) = pair.take, pair.visible
    start, length = _start(take, pair.source), len(take.elements)
    now = content_start(take)
    if start != now and _floats(pair.source) and handles(take)[1] == right:
        # Its right end stayed, so it was trimmed or cut and not moved: frame 1 is another one now.
        take.steady.take_first += now - start
        start = now
    place = (start, max(left, start), min(right, start + length))
    if place[1] >= place[2] or (place == (now, *handles(take)) and not _is_below(pair)):
        return None
    return place


def _is_below(pair: Pair) -> bool:
    return pair.take.channel <= pair.source.channel and pair.take.parent_meta() == pair.source.parent_meta()


def _in_order(due: list[tuple[Pair, Place]]) -> Iterator[tuple[Pair, Place]]:
    """Whoever goes to the right, from the right: else they would push each other to other channels on the way."""
    forth = [(pair, place) for pair, place in due if place[1] > handles(pair.take)[0]]
    back = [(pair, place) for pair, place in due if place[1] <= handles(pair.take)[0]]
    yield from sorted(back, key=lambda item: item[1][1])
    yield from sorted(forth, key=lambda item: -item[1][1])


def _move(scene: Scene, pair: Pair, start: int, left: int, right: int) -> bool:
    take = pair.take
    try:
        channel = free_channel(owner_of(scene, take), pair.source, (left, right), besides=take, wish=take.channel)
    except Failure:  # Blender would put it somewhere else in time; it waits here until there is room
        return False
    away = start - content_start(take)
    now = handles(take)
    both = max(now[0], left - away), min(now[1], right - away)
    if both[0] < both[1]:
        set_handles(take, *both)  # what is left lies inside the new place, and meets no neighbour on the way
    set_content_start(take, start)  # Blender moves the keys along
    set_handles(take, left, right)
    take.channel = channel
    return True


# --- when


def _shown_scenes() -> set[Scene]:
    windows = [window for manager in bpy.data.window_managers for window in manager.windows]
    shown = {window.scene for window in windows}
    return (shown | {getattr(window.workspace, "sequencer_scene", None) for window in windows}) - {None}


def _is_busy() -> bool:
    """A render reads the strips from its own thread; a drag holds on to them, and would fight for their places."""
    windows = (window for manager in bpy.data.window_managers for window in manager.windows)
    dragging = any(operator.bl_idname.startswith(DRAGS) for window in windows for operator in window.modal_operators)
    return dragging or bpy.app.is_job_running("RENDER")


@persistent
def on_change(scene: Scene, depsgraph: Any) -> None:
    if depsgraph.id_type_updated("SCENE") and not _is_busy():
        for each in {scene.original} | _shown_scenes():
            follow(each)


def watch() -> float:
    """Cutting a strip in the timeline is a change that Blender tells nobody about, and so is the end of a drag."""
    if not _is_busy():
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
