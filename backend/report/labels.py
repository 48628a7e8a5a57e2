"""Names where there is little room: how wide they are, and what is left of them. The whole ones stand in a legend."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import combining, east_asian_width

from .markup import Markup, element, join

LETTER = 8.2  # pixels of a usual one, bold and 13 pixels high
BROAD = 1.8  # times as wide, at most: the broadest ones
GAP = "…"

Named = tuple[str, str]  # a name, and the class that colours its line


def letters(text: str) -> float:
    """How many usual letters are as wide."""
    return sum(map(_width, text))


def _width(letter: str) -> float:
    if combining(letter):
        return 0.0
    if letter in "MWmw@%" or east_asian_width(letter) in "WF":
        return BROAD
    return 1.2 if letter.isupper() else 1.0


def shortened(name: str, most: float) -> str:
    """Without its middle where it is wider: takes begin alike, and what was made of one ends otherwise."""
    if letters(name) <= most:
        return name
    half = (most - letters(GAP)) / 2
    head, tail = _fitting(name, half), _fitting(name[::-1], half)[::-1]
    return f"{head.rstrip()}{GAP}{tail.lstrip()}"


def _fitting(text: str, most: float) -> str:
    end = len(text)
    while letters(text[:end]) > most:
        end -= 1
    return text[:end]


def label(name: str, most: float, **attributes: object) -> Markup:
    """In a plot; the whole name where the mouse rests on it."""
    short = shortened(name, most)
    whole = element("title", name) if short != name else ""
    return element("text", whole, short, **attributes)


def key(look: str) -> Markup:
    """The line of a row, as the plots draw it."""
    return element("svg", element("path", d="M0 5H26"), viewBox="0 0 26 10", class_=f"key {look}", aria_hidden="true")


def legend(named: Sequence[Named], most: float) -> Markup:
    """All names whole, where one of them had to be shortened."""
    if all(letters(name) <= most for name, _ in named):
        return join()
    return element("ul", (element("li", key(look), name, class_="named") for name, look in named), class_="legend")
