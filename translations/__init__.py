"""What the interface says in other languages than English, and how a sentence with values in it is said."""

from typing import Any

import bpy

from .german import GERMAN

LANGUAGES = {"de_DE": GERMAN}
OWN = "Steady"  # the context of words for which Blender's dictionary has another meaning, such as “Fast” and “Disk”
CONTEXTS = ("*", "Operator", OWN)  # the names of operators and the texts of their buttons have a context too


def say(text: str, **values: Any) -> str:
    """The text in the user's language, and then with its values: Blender itself finds only what has none."""
    said = bpy.app.translations.pgettext_iface(text)
    return said.format(**values) if values else said


def dictionary() -> dict[str, dict[tuple[str, str], str]]:
    """As Blender wants it."""
    return {
        language: {(context, english): said for english, said in texts.items() for context in CONTEXTS}
        for language, texts in LANGUAGES.items()
    }


def register() -> None:
    bpy.app.translations.register(__package__, dictionary())


def unregister() -> None:
    bpy.app.translations.unregister(__package__)
