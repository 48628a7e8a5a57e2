"""`python -m backend restyle STUDY --tuning OTHER`: a take by what another strip's model was taught."""

from __future__ import annotations

import shutil
from pathlib import Path

import miniature
import pytest
import test_restyle
from studies import release, sample
from test_restyle import FEW, FRAMES, PROMPT, Capsys, restyle, written

from backend import tuning
from backend.__main__ import main
from backend.pocket.world import Clip
from backend.study import Study

folder = test_restyle.folder


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A strip of its own, sampled and no more."""
    made, clip = tmp_path / "other-1a2b3c4d", Clip(29, FRAMES, (64, 64))
    sample(made, [clip.photo(number) for number in range(FRAMES)])
    release(made)
    return made


def refused(capsys: Capsys, folder: Path, *words: object) -> str:
    assert main(["restyle", str(folder), *FEW, *map(str, words)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err.splitlines()[-1]


def test_it_paints_and_tunes_nothing(folder: Path, other: Path, capsys: Capsys):
    restyle(capsys, folder, "--prompt", PROMPT)
    lent, before = tuning.needed(Study.open(folder).tuning_folder), written(folder)
    answer = restyle(capsys, other, "--prompt", PROMPT, "--tuning", folder)
    assert (answer["done"], answer["skipped"], answer["looks"]) == (["render"], [], [])
    take = Study.open(other).take(answer["take"])
    assert (take.note()["taught"], take.note()["way"], take.numbers()) == (lent.mark, "tuned", [1, 2, 3, 4])
    assert tuning.read(Study.open(other).tuning_folder) is None
    assert Study.open(other).gallery.looks() == []
    assert Study.open(other).reference() is None
    again = restyle(capsys, other, "--prompt", PROMPT, "--tuning", folder)
    assert (again["take"], again["done"]) == (answer["take"], [])
    assert written(folder) == before, "the other study is only read"


def test_what_has_no_such_tuning_is_refused_and_nothing_is_painted(
    folder: Path, other: Path, tmp_path: Path, capsys: Capsys
):
    before, asked = written(other), ["--prompt", PROMPT, "--tuning"]
    assert "“nowhere” holds no study" in refused(capsys, other, *asked, tmp_path / "nowhere").replace(
        f"{tmp_path}/", ""
    )
    assert "holds no tuning. Tune that strip first" in refused(capsys, other, *asked, folder)
    restyle(capsys, folder, "--prompt", PROMPT)
    lacks = "has no small decoder. Tune again with the small decoder"
    assert lacks in refused(capsys, other, *asked, folder, "--small-decoder")
    shutil.copy(Study.open(folder).frame_path(1), tmp_path / "look.png")
    said = refused(capsys, other, *asked, folder, "--look", tmp_path / "look.png")
    assert said.startswith("--look does not go with --tuning. Leave one of them out")
    assert written(other) == before


def test_the_tuning_of_another_model_is_refused_and_nothing_is_painted(
    folder: Path, other: Path, tmp_path: Path, capsys: Capsys
):
    restyle(capsys, folder, "--prompt", PROMPT)
    model = miniature.save(tmp_path / "model")
    said = refused(capsys, other, "--prompt", PROMPT, "--tuning", folder, "--model", model)
    assert "is of “pocket”, and the weights of “" in said
    assert list(other.glob("takes/*/*.png")) == []
    assert tuning.read(Study.open(other).tuning_folder) is None
