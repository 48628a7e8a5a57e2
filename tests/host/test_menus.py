"""Strip → Steady Diffusion holds every operator: F3 finds what menus hold, and nothing else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import bpy
import identities
import pytest
import test_presets
import test_takes_list as listed

study, strips, api, studies = identities.study, identities.strips, identities.api, identities.studies
identity, clip, write = identities.identity, identities.clip, identities.write
written, takes, render, presets = listed.written, listed.takes, listed.render, test_presets.presets

IN_NO_MENU = {"dismiss_notice": "it is the X of what is said only now and then"}
TYPED = {
    "restyle": "restyle",
    "stylize": "restyle",
    "style transfer": "restyle",
    "stable diffusion": "restyle",
    "reference frames": "sample_frames",
    "style reference": "bring_look",
    "lora": "fine_tune",
    "train": "fine_tune",
    "consistent": "render_take",
    "video to video": "render_take",
    "deflicker": "smooth_take",
    "key frames": "propagate_looks",
    "flicker": "measure_take",
    "split screen": "compare",
    "gif": "export_movie",
    "gpu": "pause_job",
    "disk": "clean_up",
    "show only": "solo_take",
    "delete take": "delete_take",
    "choose look": "choose_look",
    "playhead": "look_here",
    "go to": "go_to_frame",
    "demo": "open_example",
    "preset": "add_preset",
}


class Entry(SimpleNamespace):
    """An operator in a menu: its name, the words on the way to it as F3 shows them, and what it is given."""

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name not in ("name", "words")}


class Menu:
    """Notes what a menu draws, and the menus in it: Blender gives a layout only to a window."""

    def __init__(self, way: str = "") -> None:
        self.way, self.entries, self.operator_context = way, [], ""

    def operator(self, name: str, text: str = "", **_: Any) -> Entry:
        name = name.removeprefix("steady.")
        words = text or getattr(bpy.ops.steady, name).get_rna_type().name
        self.entries.append(Entry(name=name, words=f"{self.way} ▸ {words}"))
        return self.entries[-1]

    def menu(self, name: str, text: str = "", **_: Any) -> None:
        cls = getattr(bpy.types, name)
        inner = Menu(f"{self.way} ▸ {text or cls.bl_label}")
        drawn = SimpleNamespace(layout=inner, draw_preset=lambda _: inner.operator(cls.preset_operator))
        cls.draw(drawn, bpy.context)
        self.entries += inner.entries

    def separator(self, **_: Any) -> None:
        pass

    label = separator  # which F3 does not look at


@pytest.fixture
def entries(room: Any) -> Any:
    """What is in the menu now."""

    def read() -> list[Entry]:
        room("panels.overview")._read.clear()  # what was read counts for a second
        top = Menu()
        room("panels.menu").append(SimpleNamespace(layout=top), bpy.context)
        return top.entries

    return read


def test_every_operator_is_in_the_menu(scene: Any, presets: Any, clip: Any, entries: Any) -> None:
    """Also of a strip without a study: then it is grey, and says why."""
    scene.sequence_editor.active_strip = clip
    bpy.ops.steady.add_preset(name="Night drives")
    assert set(dir(bpy.ops.steady)) - {entry.name for entry in entries()} == set(IN_NO_MENU)


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_finds_it(scene: Any, entries: Any, typed: str) -> None:
    assert TYPED[typed] in {entry.name for entry in entries() if typed in entry.words.lower()}


def test_each_take_is_there_by_its_name(written: Any, takes: Any, entries: Any) -> None:
    for name in ("day", "night"):
        render(written, name)
    bpy.ops.steady.show_take(take="night")
    found = {name: [e.take for e in entries() if e.name == name] for name in ("show_take", "delete_take", "solo_take")}
    assert found == {name: ["night", "day"] + ([""] if name == "solo_take" else []) for name in found}
    assert " ▸ Steady Diffusion ▸ Takes ▸ Delete Take ▸ day" in {entry.words for entry in entries()}
    one = next(entry for entry in entries() if entry.name == "show_take" and entry.take == "day")
    assert bpy.ops.steady.show_take(**one.given) == {"FINISHED"}
    assert {take.steady.take_name for take in takes()} == {"night", "day"}


def test_each_look_is_there_by_its_name_but_not_its_prompt(written: Any, clip: Any, entries: Any, api: Any) -> None:
    """F3 would find the words of a prompt before those of what is done."""
    written.gallery.folder.mkdir()
    for name, prompt in (("003-1", "train in the rain"), ("003-2", "neon")):
        written.gallery.picture_path(name).write_bytes(b"")
        written.gallery.add(api.Look(name, 3, prompt, "pocket", None, "", 0.9, False, chosen=False))
    found = [entry for entry in entries() if entry.name == "choose_look"]
    assert [entry.words.rpartition(" ▸ ")[2] for entry in found] == ["003-2  90% kept", "003-1  90% kept"]
    assert bpy.ops.steady.choose_look(**found[0].given) == {"FINISHED"}
    assert [look.name for look in written.gallery.looks() if look.chosen] == ["003-2"]


@pytest.mark.parametrize(
    ("operator", "why"),
    [
        ("delete_take", "“clip” has no takes yet. Press Render Take."),
        ("choose_look", "“clip” has no looks yet. Press Make Looks."),
    ],
)
def test_what_there_is_none_of_is_grey_and_says_why(scene: Any, written: Any, operator: str, why: str) -> None:
    """A study without any, and a strip without a study."""

    def press() -> None:
        with pytest.raises(RuntimeError, match=why):
            getattr(bpy.ops.steady, operator)()

    identities.timeline(press)
    scene.sequence_editor.active_strip.steady.study_id = ""
    identities.timeline(press)


def test_a_take_can_be_reached_once_it_is_there(written: Any) -> None:
    render(written, "day")
    identities.timeline(lambda: bpy.ops.steady.show_take(take="day"))
    assert identities.timeline(bpy.ops.steady.solo_take.poll)
