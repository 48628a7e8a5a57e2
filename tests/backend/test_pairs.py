"""What a tuning learns from: frame and look stay together, whatever is done to them, and what is hidden is left out."""

from __future__ import annotations

from pathlib import Path

import miniature
import numpy as np
import pytest
import torch
from studies import pan, place, release, sample

from backend import flow, models, pairs, pictures
from backend.api import Failure, Look, Recipe
from backend.models import Model
from backend.pairs import Pair
from backend.pictures import Pixels
from backend.study import Study

FRAME = pan(place(3, 120, 64), [0.0], width=64)[0]
OTHER = pan(place(9, 120, 64), [0.0], width=64)[0]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return models.load(str(miniature.save(tmp_path_factory.mktemp("model"))))


def negative(picture: Pixels) -> Pixels:
    return 255 - picture


def off(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(float) - other).max())


def a_look(count: int, seed: int = 0) -> list[Pair]:
    return list(pairs.varied([Pair(FRAME, negative(FRAME), 1)], count, seed))


# --- crops and flips


def test_one_is_the_look_as_it_is_and_the_second_its_mirror_image():
    one, two = a_look(2)
    assert off(one.look, negative(FRAME)) == 0
    assert off(two.frame, FRAME[:, ::-1]) == 0


def test_a_look_stays_on_its_frame():
    varied = a_look(16)
    assert len(varied) == 16
    assert all(off(pair.look, negative(pair.frame)) <= 1 for pair in varied)
    assert all(pair.frame.shape == FRAME.shape and pair.prompt == 1 for pair in varied)
    assert len({pair.frame.tobytes() for pair in varied}) == 16


def test_so_does_what_is_seen_of_it():
    """Where the frame is bright the look is known: the mask goes with the picture."""
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[10:40, 20:50] = 255
    for pair in pairs.varied([Pair(picture, picture, 1, picture[..., 0] > 0)], 12, seed=0):
        assert pair.seen is not None
        assert pair.seen.any()
        assert (pair.frame[pair.seen] > 240).all()


def test_the_same_seed_crops_alike():
    assert all(off(a.frame, b.frame) == 0 for a, b in zip(a_look(8), a_look(8), strict=True))
    assert any(off(a.frame, b.frame) > 0 for a, b in zip(a_look(8), a_look(8, seed=1), strict=True))


def test_the_encodings_are_shared_out_among_the_looks():
    looks = [Pair(FRAME, negative(FRAME), 1), Pair(OTHER, negative(OTHER), 2)]
    references = [Pair(FRAME, FRAME, 0), Pair(OTHER, OTHER, 0)]
    seen, shown = pairs.variants(Recipe(crops=9), references, looks)
    assert [pair.prompt for pair in shown] == [1] * 5 + [2] * 5
    assert [off(pair.look, pair.frame) for pair in seen] == [0.0] * 4
    seen, shown = pairs.variants(Recipe(crops=1), references, looks)
    assert (len(seen), len(shown)) == (2, 2)


# --- from the study


def a_study(folder: Path, clip: list[Pixels], frame: int = 3) -> Study:
    sample(folder, clip)
    release(folder)
    kept = Study.open(folder)
    pictures.write(kept.gallery.picture_path("a"), negative(clip[frame - 1]))
    kept.gallery.add(Look("a", frame, "a red car", "", None, "/a.png", 1.0, False, chosen=True))
    return kept


def test_a_look_is_carried_along_the_flow(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(7) * 3.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip)
    found = pairs.of_looks(kept, kept.gallery.chosen(), 3)
    assert len(found) == 6, "itself, two frames before it, and three after it"
    assert found[0].seen is None
    for pair, number in zip(found[1:], (1, 2, 4, 5, 6), strict=True):
        truth, seen = negative(clip[number - 1]), pair.seen
        assert off(pair.frame, clip[number - 1]) == 0
        assert seen is not None
        error = np.abs(pair.look.astype(float) - truth)
        assert 0.5 < seen.mean() < 1
        assert np.median(error[seen]) < 12
        assert error[seen].mean() < 0.7 * np.abs(found[0].look.astype(float) - truth).mean()


def test_a_look_is_not_carried_over_a_cut(tmp_path: Path):
    clip = pan(place(3, 200, 64), np.arange(4) * 2.0, width=64) + pan(place(8, 200, 64), np.arange(3) * 2.0, width=64)
    kept = a_study(tmp_path / "car-0a1b2c3d", clip, frame=4)
    found = pairs.of_looks(kept, kept.gallery.chosen(), 2)
    assert [off(pair.frame, clip[n - 1]) for pair, n in zip(found, (4, 2, 3), strict=True)] == [0, 0, 0]


def test_a_look_of_another_size_is_refused(tmp_path: Path):
    kept = a_study(tmp_path / "car-0a1b2c3d", pan(place(3, 120, 64), np.arange(3) * 2.0, width=64))
    pictures.write(kept.gallery.picture_path("a"), FRAME[:, :32])
    with pytest.raises(Failure, match="The look “a” is 32×64, and its frame 64×64"):
        pairs.of_looks(kept, kept.gallery.chosen(), 0)


# --- as latents


def test_a_batch_is_the_latents_of_its_pairs(model: Model):
    told: list[int] = []
    whole = pairs.encode(model, a_look(6), told.append)
    assert (len(whole), told) == (6, [4, 6])
    part = whole.take(torch.tensor([4, 1]))
    pair = a_look(6)[4]
    for latent, picture in ((part.x_o[:1], pair.frame), (part.x_e[:1], pair.look)):
        assert torch.allclose(latent, model.encode(pairs.as_tensor([picture])), atol=1e-4)
    assert part.prompt.tolist() == [1, 1]
    assert bool((part.seen == 1).all())


def test_a_reference_frame_is_its_own_look(model: Model):
    encoded = pairs.encode(model, [Pair(FRAME, FRAME, 0)], lambda done: None)
    assert torch.equal(encoded.x_o, encoded.x_e)


def test_a_latent_that_stands_for_a_hidden_pixel_is_left_out(model: Model):
    seen = np.ones((64, 64), bool)
    seen[17, 40] = False
    encoded = pairs.encode(model, [Pair(FRAME, OTHER, 1, seen)], lambda done: None)
    assert encoded.seen.shape == (1, 1, 8, 8)
    assert (encoded.seen == 0).nonzero().tolist() == [[0, 0, 2, 5]]


def test_the_flow_says_what_was_hidden():
    """The frame's new edge, which the look never showed, is not taught."""
    clip = pan(place(3, 200, 64), [0.0, 8.0], width=64)
    _, seen = flow.comparable(clip[1], clip[0])
    assert seen[:, -6:].mean() < 0.1
    assert seen[:, :-16].mean() > 0.7
