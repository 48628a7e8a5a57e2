"""Large convolutions of few pixels, as products of matrices: the same pictures, gradients and names."""

from __future__ import annotations

from pathlib import Path

import miniature
import model_files
import pytest
import torch
from model_files import answers, same
from torch import nn

from backend import adapters, models, products
from backend.api import Method

saved = model_files.saved

CHANNELS = 960  # 8.3 million weights


def pair_of(stride: int = 1, padding: int = 1, bias: bool = True) -> tuple[nn.Conv2d, nn.Conv2d]:
    """One as torch does it, and the same quickened."""
    torch.manual_seed(7)
    plain = nn.Conv2d(CHANNELS, CHANNELS, 3, stride, padding, bias=bias)
    quick = nn.Conv2d(CHANNELS, CHANNELS, 3, stride, padding, bias=bias)
    quick.load_state_dict(plain.state_dict())
    products.quicken(quick)
    return plain, quick


@pytest.mark.parametrize(("count", "stride", "padding"), [(1, 1, 1), (2, 1, 1), (3, 2, 1), (1, 2, 0)])
def test_it_paints_what_the_convolution_paints(count: int, stride: int, padding: int) -> None:
    plain, quick = pair_of(stride, padding)
    x = torch.randn(count, CHANNELS, 7, 9)
    assert torch.allclose(quick(x), plain(x), atol=1e-5)


def test_without_a_bias() -> None:
    plain, quick = pair_of(bias=False)
    x = torch.randn(1, CHANNELS, 4, 4)
    assert torch.allclose(quick(x), plain(x), atol=1e-5)


def test_what_it_learns_is_the_same() -> None:
    plain, quick = pair_of()
    x = torch.randn(2, CHANNELS, 4, 4, requires_grad=True)
    gradients = []
    for conv in (plain, quick):
        conv(x).square().sum().backward()
        assert conv.bias is not None and x.grad is not None
        gradients.append([conv.weight.grad, conv.bias.grad, x.grad.clone()])
        x.grad = None
    for theirs, ours in zip(*gradients, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-3, atol=1e-3)


def test_many_pixels_are_convolved_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """What torch does with them is faster."""
    plain, quick = pair_of()
    shapes: list[torch.Size] = []
    unfold = nn.functional.unfold
    monkeypatch.setattr(nn.functional, "unfold", lambda x, *rest: (shapes.append(x.shape), unfold(x, *rest))[1])
    few, many = torch.randn(1, CHANNELS, 16, 16), torch.randn(1, CHANNELS, 16, 17)
    quick(few)
    assert torch.equal(quick(many), plain(many))
    assert shapes == [few.shape]


def test_only_what_is_large_and_plain_is_touched() -> None:
    small, grouped = nn.Conv2d(64, 64, 3), nn.Conv2d(2 * CHANNELS, 2 * CHANNELS, 3, groups=2)
    point, mirrored = nn.Conv2d(2900, 2900, 1), nn.Conv2d(CHANNELS, CHANNELS, 3, padding_mode="reflect")
    large = nn.Conv2d(CHANNELS, CHANNELS, 3)
    for conv in (small, grouped, point, mirrored, large):
        products.quicken(conv)
    assert [type(conv) for conv in (small, grouped, point, mirrored)] == [nn.Conv2d] * 4
    assert isinstance(large, products.Product)


# --- in a model


@pytest.fixture
def all_are_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a miniature no convolution has eight million weights."""
    monkeypatch.setattr(products, "LEAST_WEIGHTS", 1)


@pytest.mark.usefixtures("all_are_large")
def test_a_model_on_a_processor_is_quickened_and_answers_as_ever(saved: Path) -> None:
    quick = models.load(str(saved))
    assert any(isinstance(part, products.Product) for part in quick.unet.modules())
    assert same(quick.unet, miniature.pipeline().unet)


@pytest.mark.usefixtures("all_are_large")
@pytest.mark.parametrize("method", list(Method))
def test_a_quickened_model_is_tuned_and_is_itself_again(saved: Path, method: Method) -> None:
    quick = models.load(str(saved))
    before = answers(quick.unet)
    with adapters.learning(quick.unet, method, rank=4, seed=1) as learned:
        answers(quick.unet)
        quick.unet(torch.ones(1, 4, 8, 8), 300, encoder_hidden_states=torch.ones(1, 77, 32))[0].sum().backward()
        assert all(parameter.grad is not None for parameter in learned.values())
    assert torch.equal(answers(quick.unet), before)


@pytest.mark.usefixtures("all_are_large")
def test_half_precision_is_left_as_it_is(saved: Path) -> None:
    half = models.load(str(saved), dtype=torch.float16)
    assert not any(isinstance(part, products.Product) for part in half.unet.modules())
