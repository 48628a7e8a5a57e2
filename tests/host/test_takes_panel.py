"""What the panels of takes and of the disk say, and that drawing them counts nothing."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import bpy
import identities
import pytest
import test_takes_list as listed

study, strips, api = identities.study, identities.strips, identities.api
identity, clip, write, studies = identities.identity, identities.clip, identities.write, identities.studies
takes, written, render = listed.takes, listed.written, listed.render


@pytest.fixture
def aside(room: Any) -> Any:
    room("panels.overview")._read.clear()  # what was read counts for a second
    return room("panels.aside")


def drawn(room: Any, panel: str) -> list[tuple[str, dict[str, Any]]]:
    """What is drawn: the kind of each part and what it is given."""
    seen: list[tuple[str, dict[str, Any]]] = []
    layout = MagicMock()
    for part in ("row", "column", "box"):
        getattr(layout, part).return_value = layout
    for part in ("label", "prop", "template_icon"):
        getattr(layout, part).side_effect = lambda *a, part=part, **how: seen.append((part, how))

    def operator(name: str, **how: Any) -> Any:
        seen.append((name, how))
        return SimpleNamespace()

    layout.operator.side_effect = operator
    cls = getattr(room(f"panels.{panel}"), f"STEADY_PT_{panel}")
    this = SimpleNamespace(layout=layout, **{k: v.__get__(SimpleNamespace(layout=layout)) for k, v in methods(cls)})
    for name, method in methods(cls):
        setattr(this, name, method.__get__(this))
    this.draw(bpy.context)
    return seen


def methods(cls: Any) -> list[tuple[str, Any]]:
    return [(name, thing) for name, thing in vars(cls).items() if callable(thing) and name in DRAWN]


DRAWN = ("draw", "_row", "_eye", "_buttons", "_original")


def texts(seen: list[tuple[str, dict[str, Any]]]) -> list[str]:
    return [how["text"] for part, how in seen if part == "label"]


def test_every_take_is_listed_with_what_can_be_done_with_it(written: Any, room: Any, aside: Any) -> None:
    for name in ("day", "night"):
        render(written, name)
    bpy.ops.steady.show_take(take="day")
    drawn(room, "takes")
    aside.take_in(wait=True)
    seen = drawn(room, "takes")
    assert [text for text in texts(seen) if text in ("day", "night", "Original", "Only in the study")] == [
        "day",
        "Original",
        "Only in the study",
        "night",
    ]
    assert any(text.endswith(" kB  ·  10 frames") for text in texts(seen))
    assert [part for part, _ in seen if part.startswith("steady.")] == [
        "steady.solo_take",
        "steady.delete_take",
        "steady.solo_take",
        "steady.show_take",
        "steady.replace_take",
        "steady.solo_take",
        "steady.delete_take",
    ]


def test_a_take_whose_pictures_are_gone_says_so(written: Any, room: Any, aside: Any) -> None:
    render(written, "day")
    bpy.ops.steady.show_take(take="day")
    (written.take("day").folder / "take.json").unlink()
    drawn(room, "takes")
    aside.take_in(wait=True)
    assert "The pictures of “day” are gone" in " ".join(texts(drawn(room, "takes")))


def test_what_a_study_takes_on_the_disk_is_said_once_it_is_counted(written: Any, room: Any, aside: Any) -> None:
    disk, space = room("panels.disk"), room("backend.space")
    disk._looked.clear()
    render(written, "day")
    assert texts(drawn(room, "disk")) == ["clip", "…"]
    aside.take_in(wait=True)
    assert texts(drawn(room, "disk")) == ["clip", space.in_words(space.size_of(written.folder))]


def test_a_study_that_comes_or_goes_is_noticed(
    scene: Any, clip: Any, written: Any, room: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = room("panels.disk")
    monkeypatch.setattr(disk, "KEPT", 1e9)
    disk._looked.clear()
    record = written.folder / "study.json"
    away = record.rename(record.with_suffix(".away"))  # claimed, and not written yet
    assert disk.studies() == []
    away.rename(record)
    session = room("session").current
    session.drain(room("session").HostJob("Sample Frames", "clip", lambda: iter(())))
    assert [(one.name, bool(one.strips)) for one in disk.studies()] == [("clip", True)]
    assert disk.studies() is disk.studies(), "drawing again looks for nothing"
    listed.make.strips(scene.sequence_editor).remove(clip)
    assert [(one.name, bool(one.strips)) for one in disk.studies()] == [("clip", False)]
    bpy.ops.steady.clean_up(studies=True)
    assert disk.studies() == []


def test_what_takes_long_is_asked_on_a_thread_and_only_once(aside: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "KEPT", 1e9)  # on a busy machine its seconds may pass in between
    go_on, asked = threading.Event(), []

    def slow() -> int:
        asked.append(threading.current_thread())
        assert go_on.wait(60)
        return len(asked)

    for _ in range(3):
        assert aside.recent("slow", 1, slow) is None
    go_on.set()
    assert aside.take_in(wait=True)
    assert aside.recent("slow", 1, slow) == 1
    assert len(asked) == 1
    assert asked[0] is not threading.main_thread()
    assert aside.recent("slow", 2, slow) == 1, "what was found last is shown until the new answer is there"
    aside.take_in(wait=True)
    assert aside.recent("slow", 2, slow) == 2


def test_an_answer_that_fails_is_drawn_as_none(aside: Any, capfd: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "KEPT", 1e9)
    aside.recent("broken", 1, lambda: 1 // 0)
    aside.take_in(wait=True)
    assert aside.recent("broken", 1, lambda: 1 // 0) is None
    assert "ZeroDivisionError" in capfd.readouterr().err
