"""What Blender shows of the extension: short labels, tooltips that are sentences, and all of it in German too."""

from __future__ import annotations

import re
import string
from typing import Any

import bpy
import pytest
from texts import Said, formatted, literals, said, sources, spoken

LONGEST, LONGEST_GERMAN = 28, 36  # letters of a label; one line of a sidebar as Blender opens it holds the longer
HALF = 22
OWN = (
    "f', {machine.memory / GIGABYTE:.0f} GB'",
    "f'{machine.device}{memory}, torch {machine.torch}'",
    "f'Steady: {words}'",
    "f'STEADY_{name}_settings'",
    "f'{look.name}.png'",
    "f\"models--{model.replace('/', '--')}\"",
)  # no words of ours


@pytest.fixture
def texts(scene: Any) -> list[Said]:
    found = said()
    assert len(found) > 200  # that the walk found them: there are some thirty operators and a hundred settings
    return found


@pytest.fixture
def german(room: Any) -> dict[str, str]:
    return room("translations.german").GERMAN


def test_labels_are_short(texts: list[Said]) -> None:
    for text in texts:
        assert text.label.strip(), text
        assert text.label[0].isupper() or text.label[0].isdigit(), text
        assert len(text.label) <= LONGEST and not text.label.endswith("."), text


def test_tooltips_are_sentences(texts: list[Said]) -> None:
    """Blender sets the last full stop itself, and breaks the lines."""
    for text in texts:
        if text.tooltip is None:
            continue
        assert len(text.tooltip) > 5, text
        first = text.tooltip[0]
        assert first.isupper() or first.isdigit() or text.tooltip.startswith("pocket, "), text
        assert not text.tooltip.endswith("."), text
        assert "\n" not in text.tooltip and "  " not in text.tooltip, text


def test_all_of_it_is_there_in_german(texts: list[Said], german: dict[str, str]) -> None:
    shown = {shown for text in texts for shown in (text.label, text.tooltip) if shown}
    assert not sorted(shown - set(german))


def test_german_names_fit_too(texts: list[Said], german: dict[str, str]) -> None:
    for text in texts:
        assert len(german[text.label]) <= LONGEST_GERMAN, text
        if text.where.startswith("StripSettings."):  # half a line: the value has the other half
            assert len(german[text.label]) <= HALF, text


def test_so_is_what_panels_say(german: dict[str, str]) -> None:
    missing = {text: path.name for path in sources("panels") for text in spoken(path) if text not in german}
    assert not missing


def test_no_sentence_of_a_panel_is_put_together_where_no_dictionary_sees_it() -> None:
    found = {text: path.name for path in sources("panels") for text in formatted(path) if text not in OWN}
    assert not found


def test_nothing_german_is_left_over(texts: list[Said], german: dict[str, str]) -> None:
    used = {shown for text in texts for shown in (text.label, text.tooltip)}
    for path in sources("panels", "operators"):
        used.update(literals(path))
    assert not sorted(set(german) - used)


def test_german_is_written_like_the_english(german: dict[str, str], room: Any) -> None:
    rooms = room("translations.german").ROOMS
    assert sum(map(len, rooms)) == len(german)  # nothing is said twice
    for english, text in german.items():
        assert text.strip() and _values(text) == _values(english), (english, text)
        assert text.endswith(".") == english.endswith("."), (english, text)
        assert "“" not in text or "„" in text, text  # German quotation marks
        assert not re.search(r"\b(du|dich|dir|deine?\w?|Ihnen)\b", text), text  # it addresses nobody, as Blender does


def _values(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in string.Formatter().parse(text) if name is not None}


def test_blender_looks_the_words_up(room: Any, german: dict[str, str], scene: Any) -> None:
    """In bpy as a module, which knows no languages, the English stands; in a Blender with them it is German."""
    translations = room("translations")
    given = translations.dictionary()["de_DE"]
    assert given["Operator", "Render Take"] == given["*", "Render Take"] == "Take rendern"
    assert translations.say("{count} studies", count=3) == "3 studies"
    if not bpy.app.build_options.international:
        return
    view = bpy.context.preferences.view
    before = view.language, view.use_translate_interface, view.use_translate_tooltips
    try:
        view.language, view.use_translate_interface, view.use_translate_tooltips = "de_DE", True, True
        assert bpy.app.translations.pgettext("Render Take", "Operator") == "Take rendern"
        assert translations.say("{count} studies", count=3) == "3 Studien"
    finally:
        view.language, view.use_translate_interface, view.use_translate_tooltips = before
