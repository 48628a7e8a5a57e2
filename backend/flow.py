"""Optical flow: where every pixel goes in another frame, whether it is in sight there, and fetching along it.

A flow is (height, width, 2) of float32: how many pixels right and down each pixel of a frame goes to lie in another."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .pictures import Pixels

Flow = NDArray[np.float32]
Mask = NDArray[np.bool_]

SMALL = 160  # short sides below this are enlarged: measured, an end-point error of 0.10 instead of 0.14 at 112×64


def flow(a: Pixels, b: Pixels) -> Flow:
    """Where each pixel of `a` goes in `b`: Dense Inverse Search (Kroeger et al. 2016), down to single pixels."""
    height, width = a.shape[:2]
    times = 2 if min(height, width) < SMALL else 1
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    search.setFinestScale(0)  # the presets stop at a half or a quarter of the size, which costs twice to five times
    found = search.calc(_grey(a, times), _grey(b, times), np.empty(0, np.float32))
    if times > 1:
        found = cv2.resize(found, (width, height), interpolation=cv2.INTER_AREA) / np.float32(times)
    return np.asarray(found, np.float32)


def _grey(picture: Pixels, times: int) -> Pixels:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    if times > 1:
        grey = cv2.resize(grey, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)
    return np.asarray(grey, np.uint8)


def warp(picture: NDArray, flow: Flow) -> NDArray:
    """Pull b into a's frame along the flow from a to b, bilinearly and unrounded; beyond the border it is repeated."""
    x, y = _landing(flow)
    return cv2.remap(picture.astype(np.float32), x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _landing(flow: Flow) -> tuple[Flow, Flow]:
    height, width = flow.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return x + flow[..., 0], y + flow[..., 1]


def visible(forward: Flow, backward: Flow) -> Mask:
    """Pixels of a that are in sight in b: the way there and back ends near where it began (Sundaram et al. 2010).

    w̃ is the flow at a pixel and ŵ the one back from where it leads: hidden where |w̃+ŵ|² > 0.01 (|w̃|²+|ŵ|²) + 0.5."""
    back = warp(backward, forward)
    astray = _square(forward + back) > 0.01 * (_square(forward) + _square(back)) + 0.5
    x, y = _landing(forward)
    height, width = astray.shape
    return ~astray & (x >= 0) & (y >= 0) & (x <= width - 1) & (y <= height - 1)


def boundaries(flow: Flow) -> Mask:
    """Where neighbours move apart, |∇u|² + |∇v|² > 0.01 |w|² + 0.002: there a flow is a guess."""
    down, right = np.gradient(flow, axis=0), np.gradient(flow, axis=1)
    return _square(down) + _square(right) > 0.01 * _square(flow) + 0.002


def comparable(a: Pixels, b: Pixels) -> tuple[Flow, Mask]:
    """The flow from a to b, and where it can be relied on: in sight in both, and on no boundary of motion."""
    forward, backward = flow(a, b), flow(b, a)
    return forward, visible(forward, backward) & ~boundaries(forward)


def _square(flow: NDArray) -> NDArray:
    return (flow**2).sum(axis=-1)
