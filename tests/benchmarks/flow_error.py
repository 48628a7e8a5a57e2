"""How far the optical flow of backend/flow.py is from the truth, on clips of the pocket world.

`python tests/benchmarks/flow_error.py [--size 112x64 512x288] [--clips 6] [--apart 1]` prints a line of JSON a size."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from backend import flow
from backend.flow import Flow, Mask
from backend.pocket.world import Clip

FIRST_SEED = 500
FRAMES = (10, 40, 70)
TOLERANCE = 0.25  # pixels between the way there and the way back, along the true flow


def hidden(forward: Flow, backward: Flow) -> Mask:
    """By the true flows: what lies where a pixel goes came from elsewhere. Outlines count too, unlike in `visible`."""
    height, width = forward.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x + forward[..., 0], y + forward[..., 1]
    back = cv2.remap(backward, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    gone = np.linalg.norm(forward + back, axis=-1) > TOLERANCE
    return gone | (x < 0) | (y < 0) | (x > width - 1) | (y > height - 1)


def measure(size: tuple[int, int], clips: int, apart: int) -> dict[str, float | str]:
    """End-point error over the pixels in plain sight; the F1 of what is hidden over those and the hidden ones."""
    errors, motion, taken = [], [], []
    found = missed = wrong = 0
    for clip in (Clip(seed, size=size) for seed in range(FIRST_SEED, FIRST_SEED + clips)):
        for i in FRAMES:
            a, b, true = clip.photo(i), clip.photo(i + apart), clip.flow(i, i + apart)
            seen, gone = clip.visible(i, i + apart), hidden(true, clip.flow(i + apart, i))
            began = time.process_time()
            forward, backward = flow.flow(a, b), flow.flow(b, a)
            taken.append((time.process_time() - began) / 2)
            errors.append(np.linalg.norm(forward - true, axis=-1)[seen])
            motion.append(np.linalg.norm(true, axis=-1)[seen].mean())
            said, clear = ~flow.visible(forward, backward), seen & ~gone
            found += int((said & gone).sum())
            missed += int((~said & gone).sum())
            wrong += int((said & clear).sum())
    every = np.concatenate(errors)
    return {
        "size": f"{size[0]}x{size[1]}",
        "apart": apart,
        "motion_px": round(float(np.mean(motion)), 2),
        "end_point_error_px": round(float(every.mean()), 3),
        "median_px": round(float(np.median(every)), 3),
        "over_1_px": round(float((every > 1).mean()), 4),
        "hidden_f1": round(2 * found / max(1, 2 * found + missed + wrong), 3),
        "hidden_precision": round(found / max(1, found + wrong), 3),
        "hidden_recall": round(found / max(1, found + missed), 3),
        "cpu_ms": round(1000 * float(np.median(taken)), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", nargs="+", default=["112x64", "512x288"])
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--apart", type=int, default=1, help="frames between the two")
    given = parser.parse_args()
    for size in given.size:
        wide, high = (int(side) for side in size.split("x"))
        print(json.dumps(measure((wide, high), given.clips, given.apart)), flush=True)


if __name__ == "__main__":
    main()
