"""What is rendered again, and what is not."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import miniature
import pytest
import takes
from studies import begin, put, release, sample, source
from studies import noise as picture
from takes import PAINTING, Counted, Rendering, apart, shown, take, written

from backend import models
from backend.api import Engine, Precision, Sampler
from backend.shelf import Shelf, mark_of
from backend.study import Study

model, shelf, folder = takes.model, takes.shelf, takes.folder
one_frame, render = takes.one_frame, takes.render


def test_what_stands_is_not_rendered_again(folder: Path, render: Rendering, shelf: Shelf) -> None:
    first = render()
    assert (first.take, first.rendered, first.first, first.last) == ("plain 0.45", 6, 1, 6)
    note, before = take(first).note(), written(first)
    assert (note["way"], note["complete"], note["painting"]["seed"]) == ("plain", True, 7)
    assert render() == replace(first, rendered=0)
    assert written(first) == before and take(first).note() == note
    assert not (folder / "lock.json").exists()


def test_a_frame_that_has_changed_is_rendered_again_and_no_other(folder: Path, render: Rendering) -> None:
    before, times = shown(render()), written(render())
    begin(folder, Study.open(folder).source)
    put(folder, 4, picture(99))
    release(folder)
    again = render()
    assert (again.take, again.rendered) == ("plain 0.45", 1)
    assert [n for n, t in written(again).items() if t != times[n]] == [4]
    assert apart(shown(again)[3], before[3]) > 5


def test_a_longer_strip_asks_for_the_new_frames_only(folder: Path, render: Rendering) -> None:
    render()
    framing = Study.open(folder).source.framing
    for number in begin(folder, source(-1, 8, framing=framing)).numbers:
        put(folder, number, picture(number + 20))
    release(folder)
    longer = render()
    assert (longer.take, longer.first, longer.last, longer.rendered) == ("plain 0.45", -1, 8, 4)
    begin(folder, source(2, 5, framing=framing))
    release(folder)
    shorter = render()
    assert (shorter.first, shorter.last, shorter.rendered) == (2, 5, 0)
    assert take(shorter).note()["last"] == 5


def test_a_take_knows_how_far_its_pictures_reach_beyond_a_strip_that_was_cut(folder: Path, render: Rendering) -> None:
    framing = Study.open(folder).source.framing
    assert take(render()).note()["reach"] == [1, 6]
    begin(folder, source(3, 4, framing=framing))
    release(folder)
    cut = render()
    note = take(cut).note()
    assert (note["first"], note["last"], note["reach"]) == (3, 4, [1, 6])
    begin(folder, source(1, 6, framing=framing))
    put(folder, 5, picture(99))
    release(folder)
    begin(folder, source(3, 4, framing=framing))
    release(folder)
    assert take(render()).note()["reach"] == [1, 4], "of the others one has changed since"


@pytest.mark.parametrize("moved", [True, False])
def test_a_strip_of_another_crop_or_size_is_another_take(folder: Path, render: Rendering, moved: bool) -> None:
    """Blender still shows the first one, in its own place."""
    first, usual = render(), Study.open(folder).source.framing
    before = shown(first)
    framing = replace(usual, box=replace(usual.box, x=8)) if moved else replace(usual, size=(48, 32))
    for number in begin(folder, source(1, 6, framing=framing)).numbers:
        put(folder, number, picture(number, *framing.size))
    release(folder)
    second = render()
    assert (second.take, second.rendered) == ("plain 0.45 2", 6)
    assert take(second).framing() == framing
    assert take(first).framing() == usual
    assert (shown(first) == before).all()


def test_a_file_that_was_only_touched_renders_nothing(folder: Path, render: Rendering) -> None:
    render()
    touched = replace(Study.open(folder).source, fingerprint="a later time")
    for number in begin(folder, touched).numbers:
        put(folder, number, picture(number - 1))
    release(folder)
    assert render().rendered == 0


def test_frames_that_repeat_are_painted_once(tmp_path: Path, render: Rendering, shelf: Shelf, model: str) -> None:
    """Slow motion, and an image that is held."""
    folder = tmp_path / "slow"
    sample(folder, [picture(i) for i in (0, 0, 1, 1, 2, 2, 0, 3, 3, 3)])
    release(folder)
    with Counted(shelf, model) as counted:
        rendered = render(folder=str(folder))
    assert (sum(counted.batches), rendered.rendered) == (4, 10)
    seen = shown(rendered)
    assert all((seen[i] == seen[0]).all() for i in (1, 6)) and apart(seen[2], seen[0]) > 5
    begin(folder, replace(Study.open(folder).source, last=14))
    for number in range(11, 15):
        put(folder, number, picture(3))
    release(folder)
    with Counted(shelf, model) as counted:
        assert render(folder=str(folder)).rendered == 4
    assert counted.batches == [], "what the take shows already is copied"


def test_another_painting_is_another_take(one_frame: Path, render: Rendering) -> None:
    first = render()
    before = written(first)
    others = [
        render(painting=replace(PAINTING, strength=0.75)),
        render(painting=replace(PAINTING, seed=8)),
        render(prompt="a red car"),
        render(painting=replace(PAINTING, sampler=Sampler.EULER)),
    ]
    names = ["plain 0.75", "plain 0.45 2", "plain 0.45 3", "plain 0.45 4"]
    assert [other.take for other in others] == names
    assert all(other.rendered == 1 for other in others)
    assert written(first) == before
    assert render(prompt="a red car") == replace(others[2], rendered=0)


def test_another_model_under_the_same_name_is_another_take(one_frame: Path, render: Rendering, tmp_path: Path) -> None:
    engine = Engine(str(miniature.save(tmp_path / "model")))
    first = render(engine=engine)
    miniature.save(tmp_path / "model", seed=1)
    other = render(engine=engine)
    assert (other.take, other.rendered) == ("plain 0.45 2", 1)
    assert apart(shown(other), shown(first)) > 5, "and it is the other one that paints"


def test_a_model_is_the_same_wherever_it_lies(one_frame: Path, render: Rendering, model: str, tmp_path: Path) -> None:
    first = render()
    moved = shutil.copytree(model, tmp_path / "models" / "mine")
    assert render(engine=Engine(str(moved))) == replace(first, rendered=0)


def test_another_precision_is_another_take(one_frame: Path, render: Rendering, model: str) -> None:
    first = render()
    full, half = (Engine(model, precision=precision) for precision in (Precision.FULL, Precision.HALF))
    assert render(engine=full) == replace(first, rendered=0), "as a processor computes by itself"
    other = render(engine=half)
    assert (other.take, other.rendered) == ("plain 0.45 2", 1)
    assert render(engine=half) == replace(other, rendered=0)


def test_a_take_of_before_precision_counted_stands(one_frame: Path, render: Rendering, model: str) -> None:
    """Its mark is that of its model alone, as it was then."""
    engine = Engine(model)
    assert mark_of(engine) == models.mark(engine) != mark_of(replace(engine, precision=Precision.HALF))


def test_a_plain_take_has_all_of_the_noise(one_frame: Path, render: Rendering) -> None:
    """The model as it came does not know what to make of less."""
    assert render().rendered == 1
    assert render(painting=replace(PAINTING, noise=0.0)).rendered == 0


def test_a_take_of_others_is_left_alone(one_frame: Path, render: Rendering) -> None:
    theirs = Study.open(one_frame).take("night")
    theirs.set_note({"method": "painted by hand"})
    assert render(take="night").take == "night 2"
    (theirs.folder / "take.json").write_text("{", encoding="utf-8")
    assert render(take="night") == replace(render(take="night 2"), rendered=0)


@pytest.mark.parametrize("name", ["Day/night: a \\ b?", "…", "../../out", "CON", "  ", "ü" * 200])
def test_any_name_will_do(one_frame: Path, render: Rendering, name: str) -> None:
    rendered = render(take=name)
    assert Path(rendered.folder).parent == one_frame / "takes"
    assert render(take=name) == replace(rendered, rendered=0)
    again = render(take=name, prompt="a red car")
    assert again.folder != rendered.folder
    assert render(take=name, prompt="a red car") == replace(again, rendered=0)
