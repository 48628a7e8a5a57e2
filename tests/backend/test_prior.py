"""The network of Deep Video Prior and its loss."""

from __future__ import annotations

import copy

import miniature
import pytest
import torch
from torch import Generator, Tensor

from backend import prior
from backend.prior import Network


def picture(seed: int, height: int = 32, width: int = 48) -> Tensor:
    return torch.rand(1, 3, height, width, generator=Generator().manual_seed(seed))


# --- the network


def test_the_network_is_the_papers() -> None:
    network = Network()
    outs = [conv.out_channels for conv in network.modules() if isinstance(conv, torch.nn.Conv2d)]
    assert outs == [32, 32, 64, 64, 128, 128, 256, 256, 512, 512, 256, 256, 128, 128, 64, 64, 32, 32, 3]
    assert not any("Norm" in type(module).__name__ for module in network.modules())


@pytest.mark.parametrize("size", [(32, 32), (31, 45), (40, 72), (1, 1)])
def test_any_size_comes_back_as_it_went_in(size: tuple[int, int]) -> None:
    main, minor = Network(4, heads=2)(picture(0, *size))
    assert main.shape == minor.shape == (1, 3, *size)


def test_a_seed_is_a_network_and_its_heads_differ() -> None:
    before = torch.random.get_rng_state()
    one, same, other = Network(4, 2, seed=1), Network(4, 2, seed=1), Network(4, 2, seed=2)
    assert torch.equal(torch.random.get_rng_state(), before), "nobody else's dice are thrown"
    frame = picture(0)
    main, minor = one(frame)
    assert torch.equal(same(frame)[0], main) and not torch.allclose(other(frame)[0], main, atol=0.01)
    assert not torch.allclose(main, minor, atol=0.01)


def test_it_learns_a_map_of_colours() -> None:
    network = Network(4)
    frame = torch.nn.functional.interpolate(picture(0, 4, 6), (32, 48), mode="bilinear")
    wanted = 1 - frame.flip(1)
    optimiser = torch.optim.Adam(network.parameters(), 3e-3)
    first = prior.apart(network(frame)[0], wanted).item()
    for _ in range(120):
        optimiser.zero_grad()
        prior.apart(network(frame)[0], wanted).backward()
        optimiser.step()
    assert prior.apart(network(frame)[0], wanted).item() < 0.4 * first


# --- how large its pictures are


def test_it_begins_at_half_the_size_and_ends_at_the_whole() -> None:
    sizes = [prior.size_at(step, 100, (288, 512)) for step in range(100)]
    assert (sizes[0], sizes[29], sizes[50], sizes[99]) == ((160, 284), (160, 284), (288, 512), (288, 512))
    assert sizes == sorted(sizes) and len(set(sizes)) == 5
    assert prior.resized(picture(0, 288, 512), sizes[0]).shape[-2:] == sizes[0]


def test_a_small_picture_is_not_made_smaller() -> None:
    assert {prior.size_at(step, 10, (32, 48)) for step in range(10)} == {(32, 48)}
    assert prior.size_at(0, 10, (64, 112)) == (64, 112)
    assert min(prior.size_at(0, 10, (96, 160))) == 64


# --- its loss


def test_the_loss_is_nothing_for_the_same_and_sees_both_offsets_and_edges() -> None:
    wanted = picture(0)
    assert prior.apart(wanted, wanted).item() == 0
    assert prior.apart(wanted + 0.1, wanted).item() == pytest.approx(0.1, rel=1e-3), "an offset has no edges"
    edges = torch.where(torch.arange(48) % 2 == 0, 0.1, -0.1).expand_as(wanted)
    assert prior.apart(wanted + edges, wanted).item() == pytest.approx(0.1 + 0.2, rel=1e-3)


def test_a_loss_of_the_gradients_does_not_let_blur_pass() -> None:
    """An edge at a place that is not known: for L1 alone a step and a ramp are as good."""
    edge = (torch.arange(48) >= 24).float().expand(1, 3, 32, 48)
    moved = (torch.arange(48) >= 28).float().expand(1, 3, 32, 48)
    ramp = ((torch.arange(48) - 22) / 4).clamp(0, 1).expand(1, 3, 32, 48)
    assert prior.apart(edge, edge) < prior.apart(ramp, edge) < prior.apart(moved, edge)


def test_the_features_are_those_of_the_models_own_encoder() -> None:
    vae = copy.deepcopy(miniature.pipeline().vae)
    features = prior.features_of(vae)
    seen = []
    for block in vae.encoder.down_blocks[: prior.BLOCKS]:
        block.register_forward_hook(lambda module, given, found: seen.append(found))
    with torch.no_grad():
        vae.encode(2 * picture(0) - 1)
        for ours, theirs in zip(features(picture(0)), seen, strict=True):
            assert torch.allclose(ours, theirs, atol=1e-5)


def test_the_features_count_as_much_as_they_are_said_to() -> None:
    features = prior.features_of(miniature.pipeline().vae)
    made, wanted = picture(0).requires_grad_(), picture(1)
    without = prior.apart(made, wanted)
    losses = [prior.apart(made, wanted, features, weight).item() - without.item() for weight in (0.0, 0.1, 0.2)]
    assert losses[0] == 0 < losses[1] and losses[2] == pytest.approx(2 * losses[1], rel=1e-3)
    prior.apart(made, wanted, features).backward()
    assert made.grad is not None and all(p.grad is None for p in miniature.pipeline().vae.parameters())


def test_the_features_see_a_window_of_a_large_picture() -> None:
    dice = Generator().manual_seed(0)
    large = picture(0, 200, 300)
    rows, columns = prior.window((200, 300), dice)
    assert large[..., rows, columns].shape[-2:] == (prior.WINDOW, prior.WINDOW)
    assert prior.window((200, 300), dice) != (rows, columns)
    small = prior.window((32, 48), dice)
    assert picture(0)[..., small[0], small[1]].shape[-2:] == (32, 48)
    assert prior.within(lambda pictures: [pictures], (rows, columns))(large)[0].shape[-1] == prior.WINDOW


# --- IRT


def test_confidence_goes_to_the_nearer_head_and_to_the_main_one_where_it_is_right() -> None:
    frame = torch.full((1, 3, 1, 4), 0.9)
    wanted = torch.full((1, 3, 1, 4), 0.5)
    main = wanted + torch.tensor([0.3, 0.1, 0.01, 0.03])
    minor = wanted + torch.tensor([0.1, 0.3, 0.0, 0.0])
    assert prior.confidence(main, minor, wanted, frame).flatten().tolist() == [0, 1, 1, 0]


def test_one_channel_that_is_off_is_enough_and_dark_places_count_for_more() -> None:
    wanted = torch.full((1, 3, 1, 1), 0.5)
    main, minor = wanted.clone(), wanted + 0.15
    main[:, 2] += 0.2
    assert prior.confidence(main, minor, wanted, torch.full_like(wanted, 0.9)).item() == 0
    near = wanted + 0.015  # 0.015 / (0.9 + 0.1) is sure, 0.015 / 0.1 is not
    assert prior.confidence(near, wanted, wanted, torch.full_like(wanted, 0.9)).item() == 1
    assert prior.confidence(near, wanted, wanted, torch.zeros_like(wanted)).item() == 0


def test_each_head_learns_what_it_is_nearer_to() -> None:
    frame, wanted = picture(0), picture(1)
    main, minor = wanted.clone(), torch.zeros_like(wanted).requires_grad_()
    main[..., :24] += 0.5
    near = wanted.detach().clone()
    near[..., 24:] += 0.5
    loss = prior.reweighted(main.requires_grad_(), near.requires_grad_(), wanted, frame)
    assert loss.item() == 0
    prior.reweighted(main, minor, wanted, frame).backward()
    assert main.grad is not None and minor.grad is not None
    assert minor.grad[..., 25:].abs().sum() == 0, "what the main one knows the minor one is not taught"


def test_at_first_both_see_the_frame_and_the_main_one_more_of_it() -> None:
    zero, wanted = torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4)
    assert prior.first_of_all(wanted, zero, wanted).item() == pytest.approx(prior.MINOR)
    assert prior.first_of_all(zero, wanted, wanted).item() == pytest.approx(1)
