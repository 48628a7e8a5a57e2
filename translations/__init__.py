"""What the interface says in other languages than English, and how a sentence with values in it is said."""

from functools import lru_cache
from typing import Any

import bpy

from .german import GERMAN
from .german.heard import HEARD
from .hearing import Ear

LANGUAGES = {"de_DE": GERMAN}
COMES_READY = {"de_DE": HEARD}
PROBE = "1  Reference Frames"  # which Blender says otherwise where it speaks another language for the interface
OWN = "Steady"  # the context of words for which Blender's dictionary has another meaning, such as “Fast” and “Disk”
CONTEXTS = ("*", "Operator", OWN)  # the names of operators and the texts of their buttons have a context too


def say(text: str, **values: Any) -> str:
    """The text in the user's language, and then with its values: Blender itself finds only what has none."""
    said = bpy.app.translations.pgettext_iface(text)
    if values:
        return said.format(**values)
    return heard(text) if said == text else said


def word(text: str) -> str:
    """A single word of ours, for which Blender's dictionary may have another meaning."""
    return bpy.app.translations.pgettext_iface(text, OWN)


def heard(text: str) -> str:
    """A sentence that came ready, with its values in it: from the backend, or from what was raised."""
    translations = bpy.app.translations
    if translations.locale not in COMES_READY or translations.pgettext_iface(PROBE) == PROBE:
        return text
    return _remembered(translations.locale, text)


@lru_cache(maxsize=512)  # panels are drawn often
def _remembered(language: str, text: str) -> str:
    return _ear(language).say(text)


@lru_cache  # made when it is wanted: its patterns take a while to compile, and Blender waits for us at its start
def _ear(language: str) -> Ear:
    return Ear(COMES_READY[language], bpy.app.translations.pgettext_iface)


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
