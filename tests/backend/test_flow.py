"""Optical flow against the pocket world's truth, and what is hidden, warped, or at the boundary of a motion."""

from __future__ import annotations

import numpy as np
import pytest
from studies import pan, place

from backend import flow
from backend.pocket.motion import warped
from backend.pocket.world import Clip
from tests.benchmarks import flow_error


@pytest.fixture(scope="module")
def clip() -> Clip:
    return Clip(501, frames=24, size=(112, 64))


def test_it_is_a_fraction_of_a_pixel_from_the_truth_on_small_frames() -> None:
    figures = flow_error.measure((112, 64), clips=2, apart=1)
    assert float(figures["end_point_error_px"]) < 0.2
    assert float(figures["over_1_px"]) < 0.04
    assert float(figures["hidden_f1"]) > 0.5


def test_a_pan_is_found_to_a_tenth_of_a_pixel_at_full_size() -> None:
    a, b = pan(place(3, 640, 256), [40.0, 47.0], width=256)
    middle = flow.flow(a, b)[32:-32, 32:-32]
    assert np.allclose(np.median(middle, axis=(0, 1)), (-7, 0), atol=0.1)


def test_no_motion_is_no_flow(clip: Clip) -> None:
    assert np.abs(flow.flow(clip.photo(3), clip.photo(3))).max() < 1e-3


def test_warping_fetches_the_other_frame_as_the_world_does(clip: Clip) -> None:
    true = clip.flow(4, 5)
    assert np.allclose(flow.warp(clip.photo(5), true), warped(clip.photo(5), true), atol=0.05)


def test_a_warped_frame_is_the_frame_it_was_warped_to(clip: Clip) -> None:
    a, b = clip.photo(4), clip.photo(5)
    way, sure = flow.comparable(a, b)
    apart = np.abs(flow.warp(b, way) - a)[sure].mean()
    assert sure.mean() > 0.5
    assert apart < 0.5 * np.abs(b.astype(float) - a)[sure].mean()


def test_what_slides_under_something_is_hidden() -> None:
    forward, backward = np.zeros((2, 20, 40, 2), np.float32)
    forward[:, :20, 0] = 5.0  # the left half moves right, and covers five columns of the right half
    backward[:, 5:25, 0] = -5.0
    seen = flow.visible(forward, backward)
    assert seen[:, :20].all()
    assert not seen[:, 20:25].any()
    assert seen[:, 26:].all()


def test_what_leaves_the_picture_is_not_visible() -> None:
    forward = np.full((10, 10, 2), (3, 0), np.float32)
    assert flow.visible(forward, -forward).sum() == 10 * 7


def test_a_boundary_lies_where_neighbours_move_apart_and_nowhere_in_a_zoom() -> None:
    y, x = np.mgrid[0:20, 0:40].astype(np.float32)
    zoom = np.dstack([0.02 * x, 0.02 * y])
    assert not flow.boundaries(zoom).any()
    zoom[:, 20:, 0] += 4
    assert flow.boundaries(zoom)[:, 19:21].all()
    assert flow.boundaries(zoom).sum() == 2 * 20
