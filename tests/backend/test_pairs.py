"""What a tuning learns from: frame and look stay together, whatever is done to them, and what is hidden is left out."""

from __future__ import annotations

import miniature
import numpy as np
import pytest
import torch
from studies import pan, place

from backend import models, pairs
from backend.api import Recipe
from backend.models import Model
from backend.pairs import Pair
from backend.pictures import Pixels

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


def test_so_does_how_sure_it_is():
    """Where the frame is bright the look is known: the mask goes with the picture."""
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[10:40, 20:50] = 255
    for pair in pairs.varied([Pair(picture, picture, 1, picture[..., 0])], 12, seed=0):
        assert pair.sure is not None
        assert off(pair.frame[..., 0], pair.sure) == 0


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


def test_each_of_many_looks_is_mirrored_as_the_reference_frames_are():
    """They share two encodings among three, and are seen from both sides all the same."""
    looks = [Pair(frame, negative(frame), 1 + i) for i, frame in enumerate((FRAME, OTHER, FRAME))]
    seen, shown = pairs.variants(Recipe(crops=2), [Pair(FRAME, FRAME, 0)], looks)
    assert (len(seen), len(shown)) == (2, 6)
    for i, pair in enumerate(looks):
        assert off(shown[2 * i].look, pair.look) == 0
        assert off(shown[2 * i + 1].look, pair.look[:, ::-1]) == 0


def test_one_crop_changes_nothing():
    looks, references = [Pair(FRAME, negative(FRAME), 1), Pair(OTHER, negative(OTHER), 2)], [Pair(OTHER, OTHER, 0)]
    seen, shown = pairs.variants(Recipe(crops=1), references, looks)
    assert all(a is b for a, b in zip([*seen, *shown], [*references, *looks], strict=True))


# --- as latents


def test_a_batch_is_the_latents_of_its_pairs(model: Model):
    told: list[int] = []
    whole = pairs.encode(model, a_look(6), told.append)
    assert (len(whole), told) == (6, [1, 2, 3, 4, 5, 6])
    part = whole.take(torch.tensor([4, 1]))
    pair = a_look(6)[4]
    for latent, picture in ((part.x_o[:1], pair.frame), (part.x_e[:1], pair.look)):
        assert torch.allclose(latent, model.encode(pairs.as_tensor([picture])), atol=1e-4)
    assert part.prompt.tolist() == [1, 1]
    assert bool((part.sure == 1).all())


def test_a_reference_frame_is_its_own_look(model: Model):
    encoded = pairs.encode(model, [Pair(FRAME, FRAME, 0)], lambda done: None)
    assert torch.equal(encoded.x_o, encoded.x_e)


def test_a_latent_is_as_sure_as_the_pixels_that_it_stands_for(model: Model):
    sure = np.full((64, 64), 255, np.uint8)
    sure[16:24, 40:44], sure[:8, :8] = 0, 51
    encoded = pairs.encode(model, [Pair(FRAME, OTHER, 1, sure)], lambda done: None)
    wanted = torch.ones((1, 1, 8, 8))
    wanted[0, 0, 2, 5], wanted[0, 0, 0, 0] = 0.5, 0.2
    assert torch.allclose(encoded.sure, wanted)
