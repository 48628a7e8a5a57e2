"""What comes ready from the backend or was raised is said in German too: known again by the templates of its source."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from texts import sources

SCRIPTS = {"command.py", "command_words.py", "headless.py", "worker.py"}  # which nobody reads in the window
ANY = "7"  # for a value
WORDS = re.compile(r"[A-Za-z]{3,}")


@pytest.fixture
def heard(room: Any) -> dict[str, str]:
    return room("translations.german.heard").HEARD


@pytest.fixture
def ear(room: Any, heard: dict[str, str]) -> Any:
    german = room("translations.german").GERMAN
    return room("translations.hearing").Ear(heard, lambda text: german.get(text, text))


def test_values_stay_and_titles_and_sentences_in_them_are_said_too(ear: Any) -> None:
    assert ear.say("“Restyle” is already at work on “Scene”.") == "„Umgestalten“ arbeitet schon an „Scene“."
    assert ear.say("Tuning, loss 0.1234") == "Abstimmen, Verlust 0.1234"
    assert ear.say("Smoothing shot 1 of 2, loss 0.02") == "Einstellung 1 von 2 glätten, Verlust 0.02"
    assert ear.say("Restyle was cancelled. What is finished stays.") == (
        "Umgestalten wurde abgebrochen. Was fertig ist, bleibt."
    )
    assert ear.say("The second Blender, which reads the strip, was ended by SIGKILL.") == (
        "Das zweite Blender, das den Streifen liest, wurde durch SIGKILL beendet."
    )
    judged = "“tuned 0.45” is steadier than plain by 39%, but farther from the look by 20%, 1.2 dB nearer to the truth."
    assert ear.say(judged) == (
        "„tuned 0.45“ ist 39% ruhiger als der schlichte, aber dem Look 20% ferner, der Wahrheit 1.2 dB näher."
    )


def test_what_is_not_known_stays_as_it_came_and_the_rest_is_said(ear: Any) -> None:
    assert ear.say("A day, and a night") == "A day, and a night"
    assert ear.say("Torch fell over. What is finished stays.") == "Torch fell over. Was fertig ist, bleibt."


def test_german_has_the_same_values(heard: dict[str, str], room: Any) -> None:
    rooms = room("translations.german.heard")
    names = ("PROGRESS", "REPORTS", "EDIT", "STAGES", "MACHINE")
    assert sum(len(getattr(rooms, name)) for name in names) == len(heard)  # nothing is said twice
    for english, said in heard.items():
        assert _values(english) == _values(said), (english, said)
        assert english[-1] == said[-1] or not {english[-1], said[-1]} & set(".:"), (english, said)
        assert "“" not in said or "„" in said, said


def test_nothing_is_known_that_nobody_says(heard: dict[str, str]) -> None:
    """By its words: some sentences are put together."""
    rooms = sources("backend", "operators", "sequencer", "session")
    said = {word for path in rooms for part in _parts(path) for word in WORDS.findall(part)}
    for english in heard:
        words = [word for piece, *_ in string.Formatter().parse(english) for word in WORDS.findall(piece)]
        assert not set(words) - said, english


def test_what_fails_in_the_edit_is_known(ear: Any) -> None:
    missing = {
        text: path.name
        for path in sources("operators", "sequencer", "session")
        if path.name not in SCRIPTS
        for text in _failures(path)
        if ear.say(text) == text
    }
    assert not missing


def test_so_is_what_a_job_says_while_it_works(ear: Any) -> None:
    texts = {text for path in sources("backend", "operators") for text in _progress(path)}
    assert len(texts) > 25  # that they were found
    assert not {text for text in texts if ear.say(text) == text}


# --- what the sources say


def _values(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _parts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _failures(path: Path) -> Iterator[str]:
    """The messages and hints of every Failure, also such as got a name right before."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call) and _name(node.func) == "Failure":
            given = node.args[1:]
        elif isinstance(node, ast.Assign) and _name(node.targets[0]) in ("message", "hint"):
            given = [node.value]
        yield from (text for one in given if (text := _text(one)))


def _progress(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and _name(node.func) in ("progress", "Step"):
            given = [*node.args[2:3], *(keyword.value for keyword in node.keywords if keyword.arg == "text")]
            yield from (text for one in given if (text := _text(one)))


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr) -> str:
    """With a value in each place; '' where it is put together elsewhere, or has no words of ours."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = [str(part.value) if isinstance(part, ast.Constant) else ANY for part in node.values]
        text = re.sub(rf"(?<=\.){ANY}$", "", "".join(parts))  # another sentence, or none
        return text if WORDS.search(text) else ""
    return ""
