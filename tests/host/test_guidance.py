"""What guides a user: words for F3, why something is grey, what went wrong and what to do, the notice at the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy
import pytest
from conftest import ROOT
from tiny import NEON, OIL

pytest_plugins = ["tiny"]

BY_NAME_ONLY = {"run"}  # for scripts


@pytest.fixture
def session(room: Any) -> Iterator[Any]:
    current = room("session").current
    yield current
    current.cancel_all()
    current.news = ()


def ours() -> list[str]:
    return sorted(dir(bpy.ops.steady))


# --- finding it


def test_every_operator_is_in_a_menu_or_a_panel(extension: Any) -> None:
    drawn = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "panels").glob("*.py"))
    named = set(re.findall(r"\"steady\.(\w+)\"", drawn))
    assert set(ours()) - named - BY_NAME_ONLY == set()
    assert named - set(ours()) == set(), "and nothing is drawn that is not there"


class Menu:
    """What a menu draws, read as F3 does: the words of its entries, and those of the menus in it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.operator_context = ""

    def operator(self, name: str, text: str = "", **_: Any) -> Any:
        self.words.append(text or getattr(bpy.ops.steady, name.removeprefix("steady.")).get_rna_type().name)
        return SimpleNamespace()

    def menu(self, name: str, text: str = "", **_: Any) -> None:
        self.words.append(text or getattr(bpy.types, name).bl_label)
        inner = Menu()
        getattr(bpy.types, name).draw(SimpleNamespace(layout=inner), bpy.context)
        self.words += inner.words

    def row(self, **_: Any) -> Menu:
        return self

    def prop(self, data: Any, name: str, **_: Any) -> None:
        self.words.append(name)

    def separator(self, **_: Any) -> None:
        pass

    def label(self, **_: Any) -> None:
        pass


@pytest.mark.parametrize(
    "typed",
    ["restyle", "stylize", "stable diffusion", "consistent", "deflicker", "flicker", "video to video", "lora", "gpu"],
)
def test_what_people_type_is_found(extension: Any, room: Any, typed: str) -> None:
    layout = Menu()
    room("panels.menu").append(SimpleNamespace(layout=layout), bpy.context)
    assert any(typed in words.lower() for words in layout.words), layout.words


@pytest.mark.parametrize("menu", ["SEQUENCER_MT_strip", "SEQUENCER_MT_context_menu"])
def test_it_is_in_the_strip_menu_and_in_that_of_the_right_mouse_button(extension: Any, room: Any, menu: str) -> None:
    assert room("panels.menu").append in getattr(bpy.types, menu)._dyn_ui_initialize()


def test_what_is_grey_says_why(scene: Any, session: Any) -> None:
    """In a sequencer without strips, with no job and no backend."""
    session.close()
    window = bpy.context.window_manager.windows[0]
    area = window.screen.areas[0]
    area.type = "SEQUENCE_EDITOR"
    region = next(region for region in area.regions if region.type == "WINDOW")
    grey = 0
    with bpy.context.temp_override(window=window, area=area, region=region):
        for name in ours():
            operator = getattr(bpy.ops.steady, name)
            if operator.poll():
                continue
            grey += 1
            with pytest.raises(RuntimeError) as said:
                operator()
            assert "context is incorrect" not in str(said.value), name
            assert re.search(r"\w+ \w+.*\.", str(said.value).partition("poll()")[2]), name
    assert grey > 8


# --- what went wrong


def test_a_failure_is_still_said_after_the_file_was_loaded_again(
    clip: Any, study: Any, room: Any, studio: Path
) -> None:
    drawing, overview = room("panels.drawing"), room("panels.overview")
    bpy.ops.steady.sample_frames()
    with pytest.raises(RuntimeError, match="There is no model"):
        bpy.ops.steady.restyle(way="PLAIN", model=str(studio / "nowhere"))
    room("session").current._finished.clear()  # as loading a file does
    overview._read.clear()
    found = overview.overview(clip)
    assert found.trouble.title == "Restyle" and found.trouble.message
    lines: list[str] = []
    drawing.failure, before = lambda _, failed, job: lines.append(f"{job.title}: {failed}"), drawing.failure
    try:
        drawing.outcome(None, clip, found, ("Restyle",))
    finally:
        drawing.failure = before
    assert lines == [f"Restyle: {found.trouble.failure}"]
    header = drawing.StagePanel._state(SimpleNamespace(titles=("Restyle",), standing=none), clip)
    assert header == ("Failed", "ERROR")


def none(strip: Any, found: Any) -> tuple[str, str]:
    return "Not started", ""


def test_what_is_done_well_forgets_what_went_wrong(clip: Any, study: Any, room: Any) -> None:
    trouble, failure = room("backend.trouble"), room("backend.api").Failure
    bpy.ops.steady.sample_frames()
    code = room("backend.api").ErrorCode
    trouble.write(study().folder, "Tune", failure(code.DISK, "The disk is full.", "Make room."))
    assert trouble.read(study().folder).failure.hint == "Make room."
    trouble.write(study().folder, "Tune", failure(code.CANCELLED, "Cancelled."))
    assert trouble.read(study().folder).code is code.DISK, "a cancelled job is no trouble"
    (study().folder / "trouble.json").write_text("{")
    assert trouble.read(study().folder) is None
    trouble.write(study().folder, "Tune", ValueError("by nothing"))
    assert trouble.read(study().folder).message == "Tune failed: by nothing"
    bpy.ops.steady.sample_frames()
    assert trouble.read(study().folder) is None


def test_each_failure_has_the_buttons_that_help(clip: Any, room: Any) -> None:
    remedies, api = room("panels.remedies"), room("backend.api")
    assert remedies.operator_of("Restyle").bl_idname == "steady.restyle"
    assert remedies.operator_of("Sample Frames").bl_idname == "steady.sample_frames"
    assert remedies.operator_of("Install Backend") is None
    known = [cls.bl_label for cls in remedies.below(room("operators.stage").StageOperator) if hasattr(cls, "bl_idname")]
    assert "Tune" in known and all(remedies.operator_of(title) for title in known)

    def buttons(code: Any) -> list[str]:
        layout = Menu()
        remedies.draw(layout, api.Failure(code, "It failed."), "Restyle", {})
        return layout.words

    assert buttons(api.ErrorCode.LOST) == ["Restart and Resume", "Copy Details"]
    assert buttons(api.ErrorCode.DISK)[-2:] == ["Resume", "Copy Details"]
    assert buttons(api.ErrorCode.BAD_STUDY) == ["Relink", "Begin Anew", "Copy Details"]
    assert buttons(api.ErrorCode.INTERNAL) == ["Try Again", "Copy Details"]
    assert buttons(api.ErrorCode.STUDY_LOCKED) == buttons(api.ErrorCode.BAD_INPUT) == []
    assert len(buttons(api.ErrorCode.OFFLINE)) == 1


def test_details_hold_what_helps_and_no_secret(clip: Any, study: Any, room: Any, session: Any) -> None:
    details, api, trouble = room("operators.details"), room("backend.api"), room("backend.trouble")
    bpy.ops.steady.sample_frames()
    home, key = Path.home(), "0123456789abcdef" * 4
    said = f"“{home}/clip” is gone: key={key[:12]}, hf_abcdefghijkl, {key}."
    trouble.write(study().folder, "Tune", api.Failure(api.ErrorCode.BAD_INPUT, said, "Look there."))
    text = details.details(bpy.context)
    assert f"Steady Diffusion {api.VERSION}, Blender {bpy.app.version_string}" in text
    assert "Tune, before the file was loaded: BAD_INPUT: “~/clip” is gone" in text
    assert "torch" in text, "the backend that has just run"
    assert key[:12] not in text and "hf_abc" not in text and str(home) not in text
    assert bpy.ops.steady.copy_details() == {"FINISHED"}


# --- why it is out of date


def test_what_is_out_of_date_says_why(clip: Any, room: Any) -> None:
    panels = {stage: getattr(room(f"panels.{stage}"), f"STEADY_PT_{stage}") for stage in ("frames", "render")}
    settings = clip.steady

    def why(stage: str) -> str:
        found = room("panels.overview").overview(clip)
        assert panels[stage].standing(None, clip, found)[0] == "Out of date"
        return panels[stage].why(None, clip, found)

    settings.way = "PLAIN"
    bpy.ops.steady.restyle()
    settings.strength = 0.6
    assert why("render") == "The last take was rendered at strength 0.45."
    settings.strength, settings.prompt = 0.45, OIL
    assert why("render") == f"The last take was of the prompt “{NEON}”."
    settings.prompt, settings.way = NEON, "TUNED"
    assert why("render") == "The model is not tuned yet."
    settings.tuning_from = clip.name
    assert why("render") == f"There is no tuning of “{clip.name}” to render with."
    settings.way, settings.prompt, settings.tuning_from = "PLAIN", "", ""
    assert why("render") == "There is no prompt yet. Write what the strip is to look like."
    settings.way, settings.prompt = "TUNED", NEON
    settings.reference_count = 30
    assert why("frames") == "3 reference frames were chosen, and 6 are wanted.", "it has no more"
    settings.use_range, settings.range_start, settings.range_end = True, 11, 12
    assert why("frames") == "Its frames 1–6 were read, and 2–3 are wanted."
    settings.crop = "SQUARE"
    assert why("frames") == "It was read with another crop."
    settings.short_side = 128
    assert why("frames") == "It was read with a short side of 64 pixels."


def test_a_small_decoder_that_was_just_ticked_is_to_be_made(clip: Any, room: Any) -> None:
    panel, overview = room("panels.render").STEADY_PT_render, room("panels.overview").overview
    clip.steady.way, clip.steady.fast_steps = "FAST", 2
    bpy.ops.steady.restyle()
    clip.steady.small_decoder = True
    assert panel.standing(None, clip, overview(clip))[0] == "Out of date"
    assert panel.why(None, clip, overview(clip)) == "The small decoder is not made yet."


# --- how long it takes, and the notice at the end


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "1 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (7800, "2 h 10 min"), (36_000, "10 h")],
)
def test_times_in_words(room: Any, seconds: float, said: str) -> None:
    assert room("panels.drawing").in_words(seconds) == said


def test_a_job_that_says_what_is_left_is_not_told_twice(room: Any) -> None:
    remaining = room("panels.drawing").remaining
    assert remaining("Tuning, loss 0.0123, 4 min left", 99) == ("Tuning, loss 0.0123", "4 min")
    assert remaining("Reading frame 1 of 6", 99) == ("Reading frame 1 of 6", "2 min")
    assert remaining("Reading frame 1 of 6", None) == ("Reading frame 1 of 6", "")


def test_a_notice_says_what_became_of_the_jobs(room: Any, session: Any) -> None:
    told, job_of, failed = room("panels.notice").told, room("session").HostJob, room("session").JobState.FAILED
    api = room("backend.api")

    def fail() -> Any:
        raise api.Failure(api.ErrorCode.DISK, "The disk is full.")
        yield

    session.NEWS_AFTER, before = 0.0, session.NEWS_AFTER
    try:
        session.enqueue(job_of("Restyle", "Drive", lambda: iter(()), study="0123abcd"))
        while session.tick() is not None:
            pass
        assert told(session.news) == ("Steady: Restyle of “Drive” is done.", "CHECKMARK")
        session.enqueue(job_of("Tune", "Bus", fail, study="89abcdef"))
        while session.tick() is not None:
            pass
        assert told(session.news[1:])[0] == "Steady: Tune of “Bus” has failed: see the tab “Steady”."
        assert told(session.news) == ("Steady: 1 job is done, 1 failed: see the tab “Steady”.", "ERROR")
        assert session.news[1].state is failed
        bpy.ops.steady.dismiss_notice()
        assert session.news == ()
        session.drain(session.enqueue(job_of("Tune", "Bus", lambda: iter(()), study="89abcdef")))
        assert session.news == (), "who waits for it needs no notice"
    finally:
        session.NEWS_AFTER = before
