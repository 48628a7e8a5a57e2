"""What the evaluation's parts share: how pictures are compared, and how strongly samples are guided."""

import numpy as np

GUIDANCE = 4.0


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    error = float(np.mean((a.astype(np.float64) - b) ** 2))
    return 10 * float(np.log10(255**2 / max(error, 1e-9)))
