"""What the tests of models share: a miniature on the disk, what it answers, and how it is refused."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import miniature
import pytest
import torch
from torch import Tensor

from backend import models
from backend.api import ErrorCode, Failure
from backend.models import Model

PROMPT = "a neon painting of a city at night"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return miniature.save(tmp_path_factory.mktemp("model") / "city")


@pytest.fixture(scope="module")
def city(saved: Path) -> Model:
    return models.load(str(saved))


@pytest.fixture
def folder(saved: Path, tmp_path: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(saved, tmp_path / "city"))


def refused(act: Callable[[], object], code: ErrorCode = ErrorCode.BAD_INPUT) -> Failure:
    with pytest.raises(Failure) as failure:
        act()
    assert failure.value.code is code
    assert failure.value.message.endswith(".") and failure.value.hint
    assert "\n" not in failure.value.message
    return failure.value


def change(path: Path, **values: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def same(one: Any, other: Any) -> bool:
    """The same network: weights to the bit, and answers but for how the weights lie in memory."""
    mine, theirs = one.state_dict(), other.state_dict()
    bits = mine.keys() == theirs.keys() and all(torch.equal(v, theirs[k]) for k, v in mine.items())
    return bits and torch.allclose(answers(one), answers(other), atol=1e-5)


@torch.no_grad()
def answers(model: Any) -> Tensor:
    """What a UNet says to a fixed question: the same for the same weights."""
    dice = torch.Generator().manual_seed(0)
    x = torch.randn((1, 4, 8, 8), generator=dice).to(model.dtype)
    told = torch.randn((1, 77, model.config.cross_attention_dim), generator=dice).to(model.dtype)
    return model(x, 421, encoder_hidden_states=told, return_dict=False)[0]
