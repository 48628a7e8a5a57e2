"""Which take belongs to which strip: by its name, and by the study where strips were copied, cut or renamed.

What is said of takes holds for comparisons, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import bpy

from ..backend.frozen import frozen
from .followers import begins
from .strips import Strip, content_start, handles, time_won
from .takes import is_take, may_be_of, study_of


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


def sources_of(strips: Sequence[tuple[Strip, tuple[Strip, ...]]], takes: Sequence[Strip]) -> Iterator[Source]:
    names = {take.steady.take_source for take in takes}
    studies = {study_of(take) for take in takes} - {""}
    for strip, metas in strips:
        known = {strip.steady.study_id, *strip.steady.ancestors.split()}
        if is_take(strip) or (strip.name not in names and not studies & known):
            continue
        yield Source(strip, metas, _let_through(strip, metas))


def _let_through(strip: Strip, metas: Sequence[Strip]) -> tuple[int, int]:
    """Of the handles of its metas those that count its frames as it does: not where one has another speed."""
    spans = [handles(strip)]
    for meta in reversed(metas):
        if time_won(meta) > 0:
            break
        spans.append(handles(meta))
    return max(left for left, _ in spans), min(right for _, right in spans)


def pairs_of(takes: Sequence[Strip], sources: Sequence[Source]) -> list[Pair]:
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
            if adopter is None and source is None:
                adopter = _renamed(take, sources)
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
    return abs(start_of(take, source.strip) - begins(take)) + sum(abs(a - b) for a, b in ends)


def _adopter(take: Strip, sources: Sequence[Source], owned: set[tuple[str, str]]) -> Source | None:
    """The strip of the same study that has no such take, and that this one lies over, frame for frame."""
    found = [
        source
        for source in sources
        if same_study(take, source.strip)
        and (source.strip.name, take.steady.take_name) not in owned
        and (floats(source.strip) or start_of(take, source.strip) == begins(take))
        and _overlap(take, source) > 0
    ]
    return max(found, key=lambda source: _overlap(take, source), default=None)


def _renamed(take: Strip, sources: Sequence[Source]) -> Source | None:
    """The only strip of the same study, for a take that was moved by hand: wherever it lies, it stays there."""
    found = [source for source in sources if same_study(take, source.strip)]
    return found[0] if len(found) == 1 and not _may_move(take, found[0]) else None


def _overlap(take: Strip, source: Source) -> int:
    left, right = handles(take)
    return min(right, source.visible[1]) - max(left, source.visible[0])


def start_of(take: Strip, source: Strip) -> int:
    """Where the take's pictures begin by its source's frame numbers."""
    return content_start(source) + take.steady.take_first - 1


def floats(strip: Strip) -> bool:
    """Effects and single images have no content that a handle could cut off: it begins at the left handle anew."""
    effect = getattr(bpy.types, "EffectStrip", None) or bpy.types.EffectSequence
    return isinstance(strip, effect) or (strip.type == "IMAGE" and len(strip.elements) == 1)


def same_study(take: Strip, strip: Strip) -> bool:
    return bool(study_of(take)) and may_be_of(take, strip)
