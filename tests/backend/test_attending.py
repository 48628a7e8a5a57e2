"""A frame that attends to a look takes from it, and is painted the same in whatever company."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers.models.attention_processor import Attention

from backend.api import Engine, ErrorCode, Failure, Painting
from backend.attending import Looking
from backend.models import Model
from backend.painter import Painter, check
from backend.pictures import Pixels
from backend.pocket.captions import Style
from backend.pocket.world import Clip
from backend.shelf import Shelf

CLIP = Clip(7, frames=12, size=(64, 64))
PROMPT = CLIP.caption(0, Style.OIL)
LOOK = CLIP.painted(0, Style.OIL)
PAINTING = Painting(strength=0.45, steps=10, guidance=1.0, seed=0)


@pytest.fixture(scope="module")
def model() -> Model:
    return Shelf().take(Engine(device="cpu"))


def painted(model: Model, attend: float, *frames: Pixels, guidance: float = 1.0, look: Pixels = LOOK) -> list[Pixels]:
    painting = replace(PAINTING, attend=attend, guidance=guidance)
    return Painter(model, painting, PROMPT, looks=[look]).paint(frames, lambda done, total: None)


def test_what_a_place_sees_is_weighed_among_its_own_picture_and_the_look() -> None:
    torch.manual_seed(0)
    attention: Any = Attention(query_dim=8, heads=1, dim_head=8, bias=False)
    pictures = torch.randn(2, 5, 8)  # the second is the look
    seen = Looking(attention.processor, 1, 3.0)(attention, pictures)
    keys = torch.cat([pictures[0], pictures[1]])
    q, k, v = attention.to_q(pictures[0]), attention.to_k(keys), attention.to_v(keys)
    weights = torch.exp(q @ k.T / 8**0.5) * torch.tensor([1.0] * 5 + [3.0] * 5)
    wanted = attention.to_out[0](weights / weights.sum(dim=1, keepdim=True) @ v)
    assert torch.allclose(seen[0], wanted, atol=1e-5)


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_what_is_painted_depends_on_the_look(model: Model, guidance: float) -> None:
    frame, other = CLIP.photo(5), CLIP.painted(0, Style.NEON)
    oil, neon = (painted(model, 10.0, frame, guidance=guidance, look=look)[0] for look in (LOOK, other))
    assert np.abs(oil.astype(int) - neon).mean() > 0.2


def test_a_look_that_hardly_counts_changes_nothing(model: Model) -> None:
    alone, attending = painted(model, 0.0, CLIP.photo(5))[0], painted(model, 1e-6, CLIP.photo(5))[0]
    assert np.abs(alone.astype(int) - attending).max() <= 1


def test_frames_do_not_see_each_other(model: Model) -> None:
    together = painted(model, 1.0, CLIP.photo(5), CLIP.photo(9))
    for picture, number in zip(together, (5, 9), strict=True):
        assert np.abs(picture.astype(int) - painted(model, 1.0, CLIP.photo(number))[0]).max() <= 1


def test_the_network_is_given_back_as_it_was(model: Model) -> None:
    before = model.unet.attn_processors
    painted(model, 1.0, CLIP.photo(5))
    assert model.unet.attn_processors == before


@pytest.mark.parametrize("attend", [-0.1, 10.5, float("nan")])
def test_a_share_out_of_bounds_is_refused(attend: float) -> None:
    with pytest.raises(Failure, match="The attention to the look is") as refused:
        check(replace(PAINTING, attend=attend))
    assert refused.value.code is ErrorCode.BAD_INPUT
