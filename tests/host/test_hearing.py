"""What comes ready from the backend or was raised is said in German too: known again by the templates of its source."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from texts import docstrings, inside, sources

ROOMS = ("backend", "operators", "sequencer", "session")
UNSEEN = re.compile(  # what nobody reads in the window: the command lines, the report, pocket's own training
    r"backend/(commands|report|pocket)/.*|.*/(__main__|command|command_file|command_words|headless|worker).py|"
    r"backend/(convert|measure_words|server|stages/restyle|installer/downloads|installer/imports).py"
)
SEEN = [path for path in sources(*ROOMS) if not UNSEEN.fullmatch(path.relative_to(ROOT).as_posix())]
SENTENCE = re.compile(r"[^\\]+ [^\\]*([.?!]|: ?7?)")
DOING = re.compile(r"[A-Z][a-z]+ing\b([^\\]*[^.:\\ ])?")
BY_OURSELVES = {"There is no kernel32 here."}  # and caught
NAMES = {"Framing", "Using OCIO", "Reading", "Carrying", "Learning"}  # of a class, of chatter, of what is learned from
IN_BOTH = {  # names, in both languages
    *("pocket", "torch", "diffusers", "safetensors", "unet", "maker", "model", "epsilon"),
    *("study", "json", "install", "sudo", "venv", "others"),
}
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
    assert ear.say("The guidance is -1. 7.5 is usual, and 1 is without.") == (
        "Die Führung ist -1. Üblich ist 7.5, und 1 ist ohne."
    )
    assert ear.say("A look is not carried across a cut, and none is of frames 3 to 9, frame 12.") == (
        "Über einen Schnitt wird kein Look getragen, und es gibt keinen für Bild 3 bis 9, Bild 12."
    )
    assert ear.say(
        "It was tuned for 4 explicit steps and rendered in all steps of the sampler: tune again for this "
        "rendering if the look is weak."
    ) == (
        "Abgestimmt wurde für 4 genannte Schritte, gerendert in alle Schritte des Samplers: für dieses Rendern neu "
        "abstimmen, wenn der Look schwach ist."
    )
    assert ear.say("No look can be painted so: A strength of 0.01 is less than one of 4 steps.") == (
        "So lässt sich kein Look malen: Eine Stärke von 0.01 ist weniger als einer von 4 Schritten."
    )
    judged = (
        "“tuned 0.45” is steadier than plain by 63%, nearer to the truth by 1.4 dB, but farther from the look by 186%."
    )
    assert ear.say(judged) == (
        "„tuned 0.45“ ist 63% ruhiger als der schlichte, der Wahrheit 1.4 dB näher, aber dem Look 186% ferner."
    )
    lost = (
        "“smooth” is less steady than “tuned” (8.1 levels of warp error after 6.0), laid out otherwise than the strip, "
        "but nearer to the truth by 1.2 dB, as near to the look."
    )
    assert ear.say(lost) == (
        "„smooth“ ist unruhiger als „tuned“ (8.1 Stufen Warp-Fehler statt 6.0), anders aufgebaut als der Streifen, "
        "aber der Wahrheit 1.2 dB näher, dem Look gleich nah."
    )
    named = "“a, b” is steadier than “salt, pepper” by 39%, but farther from the look by 20%."
    assert ear.say(named) == "„a, b“ ist 39% ruhiger als „salt, pepper“, aber dem Look 20% ferner."
    untold = "“tuned” is not to be judged: there is nothing to compare."
    assert ear.say(untold) == "„tuned“ ist nicht zu beurteilen: es gibt nichts zu vergleichen."


def test_what_is_not_known_stays_as_it_came_and_the_rest_is_said(ear: Any) -> None:
    assert ear.say("A day, and a night") == "A day, and a night"
    assert ear.say("Torch fell over. What is finished stays.") == "Torch fell over. Was fertig ist, bleibt."


def test_german_has_the_same_values(heard: dict[str, str], room: Any) -> None:
    assert sum(map(len, room("translations.german.heard").ROOMS)) == len(heard)  # nothing is said twice
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


@pytest.fixture
def is_german(ear: Any, room: Any) -> Callable[[str], bool]:
    """All of it, and no words of it became a value."""
    german = {_filled(text).strip() for text in room("translations.german").GERMAN}
    ends = room("translations.hearing").SENTENCE_ENDS

    def is_known(text: str) -> bool:
        said = ear.say(text)
        return text in german or (said != text and not (_english(text) & _english(said)) - IN_BOTH)

    return lambda text: is_known(text) or all(map(is_known, ends.split(text)))


def test_every_sentence_is_known(is_german: Callable[[str], bool]) -> None:
    """Of failures, hints, warnings and reports, wherever one is written."""
    seen = {text: path.name for path in SEEN for text in _texts(path) if SENTENCE.fullmatch(text)}
    assert len(seen) > 500  # that they were found
    missing = [f"{name}: {text}" for text, name in seen.items() if text not in BY_OURSELVES and not is_german(text)]
    assert not missing, "\n".join(missing)


def test_so_is_what_a_job_says_while_it_works(is_german: Callable[[str], bool]) -> None:
    seen = {text: path.name for path in SEEN for text in _texts(path) if DOING.fullmatch(text)}
    assert len(seen) > 40
    missing = [f"{name}: {text}" for text, name in seen.items() if text not in NAMES and not is_german(text)]
    assert not missing, "\n".join(missing)


# --- what the sources say


def _values(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def _parts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _texts(path: Path) -> Iterator[str]:
    """Whole ones, with something for each value, and without the sentences that come with it or not."""
    tree = ast.parse(path.read_text("utf-8"))
    but = docstrings(tree) | inside(tree, ast.JoinedStr) | set(_of_programs(tree))
    for node in ast.walk(tree):
        if id(node) not in but and WORDS.search(text := _text(node)):
            yield re.sub(rf"^{ANY} (?=[A-Z])|(?<=\.) ?{ANY}$", "", text.strip())


def _of_programs(tree: ast.AST) -> Iterator[int]:
    """What is printed, written into a log, or looked for in what another program prints."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("print", "_note", "startswith"):
            yield from map(id, ast.walk(node))


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _filled(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else ANY for part in node.values)
    return ""


def _filled(text: str) -> str:
    """A sentence for `say` or for `format`."""
    return re.sub(r"\{\w*(:[^}]*)?\}", ANY, text)


def _english(text: str) -> set[str]:
    return set(re.findall(r"\b[a-z]{4,}\b", re.sub("“.*?”|„.*?“|`.*?`", "", text)))
