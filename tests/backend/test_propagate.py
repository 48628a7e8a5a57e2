"""The propagate stage: what a few looks become over a strip."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import spreads
import torch
from spreads import CUT, SMALL, STYLE, Propagating, add_look, add_looks, shown_by, still
from studies import begin, put, quiet_job, release

from backend import measures, pictures
from backend.__main__ import main
from backend.api import BringLook
from backend.patches import shown
from backend.pocket import judges
from backend.pocket.world import Clip
from backend.stages import propagate as stage
from backend.stages.looks import bring
from backend.study import Study

clip, sampled, folder, run = spreads.clip, spreads.sampled, spreads.folder, spreads.run
whole = spreads.whole

# --- what it shows


def test_it_is_nearer_to_the_truth_than_what_a_filter_makes_of_the_same_looks(
    folder: Path, run: Propagating, clip: Clip
) -> None:
    add_looks(folder, clip, 3, 9)
    made = run(prior=SMALL)
    truth = [clip.painted(i, STYLE) for i in range(12)]
    take = shown_by(made)
    assert (made.first, made.last, made.take, made.steps) == (1, 12, "propagated", 240)
    assert (take[2] == truth[2]).all() and (take[8] == truth[8]).all(), "a key frame is its look"

    frames = torch.from_numpy(np.stack([clip.photo(i) for i in range(12)])).permute(0, 3, 1, 2).float() / 127.5 - 1
    wanted = torch.from_numpy(np.stack([truth[2], truth[8]])).permute(0, 3, 1, 2).float() / 127.5 - 1
    rivals = [
        judges.fitted_colours(frames[[2, 8]], wanted)(frames),
        judges.fitted_patch_net(frames[[2, 8]], wanted, 120)(frames).detach(),
    ]
    others = [i for i in range(12) if i not in (2, 8)]
    ours = np.mean([measures.psnr(take[i], truth[i]) for i in others])
    for rival in rivals:
        theirs = (rival.clamp(-1, 1) * 127.5 + 127.5).permute(0, 2, 3, 1).numpy()
        assert ours > np.mean([measures.psnr(theirs[i], truth[i]) for i in others]) + 1.5


def test_a_key_frame_painted_by_hand_comes_out_as_itself_and_the_clip_becomes_like_it(
    folder: Path, run: Propagating, clip: Clip, tmp_path: Path
) -> None:
    """From the image files of a painter to the take, as a user goes: a frame of each shot is brought, and spread."""
    painted = {3: clip.painted(2, STYLE), 9: clip.painted(8, STYLE)}
    names: list[str] = []
    for number, picture in painted.items():
        file = tmp_path / f"painted {number}.png"
        pictures.write(file, picture)
        brought = bring(BringLook(str(folder), number, "by hand", str(file)), [], quiet_job())
        names.append(brought.looks[0].name)
    made = run(looks=tuple(names), prior=SMALL)
    take = shown_by(made)
    for number, picture in painted.items():
        assert (take[number - 1] == picture).all()
    for i in set(range(12)) - {number - 1 for number in painted}:
        truth = clip.painted(i, STYLE)
        assert measures.psnr(take[i], truth) > measures.psnr(clip.photo(i), truth) + 3, f"frame {i + 1}"


def test_nothing_crosses_a_cut(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3)
    red = np.full((40, 64, 3), (200, 10, 10), np.uint8)
    add_look(folder, 9, red)
    one = shown_by(run())
    add_look(folder, 9, red[..., ::-1])
    other = shown_by(run())
    assert (one[: CUT - 1] == other[: CUT - 1]).all()
    assert abs(one[8].astype(int) - other[8]).min(axis=-1).max() == 0, "the channel that both have"
    assert abs(one[CUT - 1 :].astype(int) - other[CUT - 1 :]).max() > 100


def test_a_second_look_in_a_shot_counts_on_its_side(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 1, 6, 9)
    one = shown_by(run())
    add_look(folder, 6, np.zeros((40, 64, 3), np.uint8))
    other = shown_by(run(take="black"))
    assert other[5].max() == 0
    assert (one[0] == other[0]).all()
    assert abs(one[4].astype(int) - other[4]).mean() > abs(one[1].astype(int) - other[1]).mean()


def test_a_shot_that_does_not_fit_into_memory_is_spread_all_the_same(
    folder: Path, run: Propagating, clip: Clip, whole: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_looks(folder, clip, 3, 9)
    monkeypatch.setattr(stage, "HELD", 40 * 64 * 3)
    made = run()
    assert (shown_by(made) == whole).all()
    assert {path.suffix for path in Path(made.folder).iterdir()} == {".png", ".json"}, "nothing is left of what was put"


def test_a_still_shot_shows_its_look_and_learns_nothing(tmp_path: Path, run: Propagating, clip: Clip) -> None:
    folder = still(tmp_path / "still", [clip.photo(0)] * 5)
    add_looks(folder, clip, 1)
    made = run(folder=str(folder))
    assert made.steps == 0
    assert all((picture == clip.painted(0, STYLE)).all() for picture in shown_by(made))


def test_a_held_picture_stays_held(tmp_path: Path, run: Propagating, clip: Clip) -> None:
    """Of footage on twos, also between two looks and beyond them; a key frame is its look."""
    folder = still(tmp_path / "on twos", [clip.photo(i // 2) for i in range(12)])
    add_look(folder, 3, clip.painted(1, STYLE))
    add_look(folder, 10, clip.painted(4, STYLE))
    take = shown_by(run(folder=str(folder)))
    assert (take[::2] == take[1::2]).all()
    assert (take[2] == clip.painted(1, STYLE)).all() and (take[9] == clip.painted(4, STYLE)).all()


@pytest.mark.parametrize("count", [1, 2])
def test_very_short_strips(tmp_path: Path, run: Propagating, clip: Clip, count: int) -> None:
    folder = still(tmp_path / "short", [clip.photo(i) for i in range(count)])
    add_looks(folder, clip, count)
    made = run(folder=str(folder))
    assert (made.first, made.last) == (1, count)
    assert (shown_by(made)[-1] == clip.painted(count - 1, STYLE)).all()


def test_a_look_of_another_size_is_brought_to_the_strips(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 9)
    add_look(folder, 3, pictures.resize(clip.painted(2, STYLE), (159, 100)))
    made = shown_by(run())
    assert made.shape == (12, 40, 64, 3)
    assert measures.psnr(made[2], clip.painted(2, STYLE)) > 30


def test_transparency_comes_back(folder: Path, run: Propagating, clip: Clip) -> None:
    add_looks(folder, clip, 3, 9)
    alpha = np.arange(40 * 64, dtype=np.uint8).reshape(40, 64)
    begin(folder, Study.open(folder).source)
    put(folder, 4, clip.photo(3), alpha)
    release(folder)
    made = run()
    seen = pictures.read_with_alpha(Path(made.folder) / "000004.png")
    assert (seen[..., 3] == alpha).all()


# --- parts, and the command line


def test_the_network_sees_how_high_a_pixel_lies() -> None:
    seen = shown(torch.zeros((2, 3, 5, 4), dtype=torch.uint8))
    assert seen.shape == (2, 4, 5, 4)
    assert (seen[:, :3] == -1).all()
    assert seen[1, 3, :, 2].tolist() == [-1, -0.5, 0, 0.5, 1]


def test_the_command_line(folder: Path, clip: Clip, capsys: pytest.CaptureFixture[str]) -> None:
    add_looks(folder, clip, 3, 9)
    words = ["propagate", str(folder), "--look", "003-1", "--look", "009-1", "--steps", "5", "--width", "8", "--json"]
    assert main(words) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (answer["take"], answer["last"], answer["steps"]) == ("propagated", 12, 10)
    assert main(["propagate", str(folder), "--look", "nobody"]) == 1
    assert "There is no look “nobody”." in capsys.readouterr().err
