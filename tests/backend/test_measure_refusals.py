"""What is not measured: refused when it was asked for by name, and otherwise left out in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import measuring_studies
import pytest
from measuring_studies import CLIP, add_take, inverted, run, sample_again
from studies import noise

from backend import pictures
from backend.api import ErrorCode, Failure
from backend.plain import to_json
from backend.study import Study

folder, measured = measuring_studies.folder, measuring_studies.measured


def refusal(folder: Path, *takes: str) -> Failure:
    with pytest.raises(Failure) as caught:
        run(folder, *takes)
    assert caught.value.hint
    return caught.value


def test_a_take_that_lacks_a_frame_is_refused_by_name_and_otherwise_left_out(folder: Path) -> None:
    add_take(folder, "whole", inverted(CLIP))
    add_take(folder, "half", inverted(CLIP)[:3])
    assert refusal(folder, "half").message == "The take “half” lacks frame 4 and 2 more."
    answer = run(folder)
    assert [each.name for each in answer.rows] == ["source", "whole"]
    assert answer.warning == "“half” is left out: The take “half” lacks frame 4 and 2 more."


def test_a_take_with_a_frame_of_another_size_is_refused_by_name_and_otherwise_left_out(folder: Path) -> None:
    take = add_take(folder, "odd", inverted(CLIP))
    pictures.write(take.picture_path(4), noise(1, 90, 64))
    assert refusal(folder, "odd").message == "Frame 4 of the take “odd” is 90×64, and the strip's frames are 96×64."
    assert "“odd” is left out" in run(folder).warning


def test_a_take_of_another_part_of_the_canvas_is_refused_by_name_and_otherwise_left_out(folder: Path) -> None:
    framing = Study.open(folder).source.framing
    for name, canvas in (("there", framing.canvas), ("elsewhere", (192, 108))):
        add_take(folder, name, inverted(CLIP)).add_to_note({"framing": to_json(replace(framing, canvas=canvas))})
    said = "The take “elsewhere” shows another part of the canvas than the strip's frames do now."
    assert refusal(folder, "elsewhere").message == said
    answer = run(folder)
    assert [each.name for each in answer.rows] == ["source", "there"]
    assert answer.warning == f"“elsewhere” is left out: {said}"


def test_a_frame_that_is_no_picture_is_named(folder: Path) -> None:
    take = add_take(folder, "torn", inverted(CLIP))
    png = bytearray(take.picture_path(2).read_bytes())
    png[60:-12] = bytes(len(png) - 72)
    take.picture_path(2).write_bytes(png)
    assert refusal(folder).message == "Frame 2 of the take “torn” cannot be read."


def test_a_take_whose_note_is_damaged_is_left_out_and_said(folder: Path) -> None:
    add_take(folder, "whole", inverted(CLIP))
    torn = add_take(folder, "torn", inverted(CLIP))
    (torn.folder / "take.json").write_text("{")
    answer = run(folder)
    assert [each.name for each in answer.rows] == ["source", "whole"]
    assert answer.warning == f"“torn” is left out: “{torn.folder / 'take.json'}” is damaged: it is not JSON."
    assert refusal(folder, "torn").message == f"“{torn.folder / 'take.json'}” is damaged: it is not JSON."
    assert [each.name for each in run(folder, "whole").rows] == ["source", "whole"]


def test_a_take_that_is_not_there_is_refused(folder: Path) -> None:
    assert refusal(folder, "neon").message == "There is no take “neon”."
    add_take(folder, "oil", inverted(CLIP))
    assert refusal(folder, "neon").hint == "Choose among “oil”."


def test_a_folder_that_is_no_study_is_refused_and_left_alone(tmp_path: Path) -> None:
    assert refusal(tmp_path).code is ErrorCode.BAD_STUDY
    assert not list(tmp_path.iterdir())


def test_a_strip_whose_frames_are_not_all_there_is_refused(folder: Path) -> None:
    Study.open(folder).frame_path(5).unlink()
    assert "frame 5" in refusal(folder).message


def test_a_look_whose_frame_has_changed_is_left_out_and_said(measured: Path) -> None:
    sample_again(measured, CLIP[::-1])
    answer = run(measured)
    assert "is left out: frame 3 is another one by now" in answer.warning
    assert all(each.look_fidelity is None for each in answer.rows)
