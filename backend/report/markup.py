"""HTML and SVG as nested calls: whatever is no markup yet is escaped, so no name of a user can become a tag."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable

VOID = {"meta", "img", "br", "hr", "col", "line", "circle", "path", "rect"}


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | Iterable[str]


def element(tag: str, *children: Child, **attributes: object) -> Markup:
    """`class_` is class and `stroke_width` stroke-width; an attribute that is None or False is left out."""
    words = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID and not children:
        return Markup(f"<{tag}{words}{'/' if tag not in ('meta', 'br', 'hr', 'img', 'col') else ''}>")
    return Markup(f"<{tag}{words}>{join(*children)}</{tag}>")


def join(*children: Child) -> Markup:
    return Markup("".join(_child(child) for child in children))


def _child(child: Child) -> str:
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escaped(child)
    return join(*child)


def _attribute(name: str, value: object) -> str:
    if value is None or value is False:
        return ""
    word = name.rstrip("_").replace("_", "-") if name != "viewBox" else name
    return f" {word}" if value is True else f' {word}="{escaped(str(value))}"'


def escaped(text: str) -> str:
    """Also without what a page cannot hold: names of files on Linux need not be text."""
    return html.escape("".join("\N{REPLACEMENT CHARACTER}" if _is_no_text(c) else c for c in text))


def _is_no_text(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t"
