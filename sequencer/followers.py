"""What stays with a source: takes, and comparisons, which are metas and have their pictures inside."""

from __future__ import annotations

from .strips import Strip, content_length, content_start, strips_of
from .takes import is_take


def is_comparison(strip: Strip) -> bool:
    return strip.type == "META" and bool(strip.steady.comparison)


def is_follower(strip: Strip) -> bool:
    return is_take(strip) or is_comparison(strip)


def begins(follower: Strip) -> int:
    """Where its first picture is, whether it shows or not."""
    return content_start(_pictures(follower))


def reach(follower: Strip) -> tuple[int, int]:
    """The first picture that it can show and the one after the last, counted from the first of all. What a user
    trimmed inside a comparison stays trimmed, and what was put there beside the pictures does not count."""
    if is_take(follower):
        return 0, len(follower.elements)
    pictures = _pictures(follower)
    left, length = content_start(follower) - content_start(pictures), content_length(follower)
    count = length if pictures == follower else len(pictures.elements)
    return max(0, left), min(count, left + length)


def _pictures(follower: Strip) -> Strip:
    """Of a comparison one of its quarters, which all have the same frames: the meta itself begins wherever the first
    of its parts does. One without quarters was emptied."""
    if is_take(follower):
        return follower
    quarters = (part for part in strips_of(follower) if part.type == "IMAGE" and part.steady.comparison)
    return min(quarters, key=lambda part: part.channel, default=follower)
