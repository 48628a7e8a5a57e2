"""How long a test waits: what the design promises of a quiet machine takes longer where others are at work."""

from __future__ import annotations

import os

# STEADY_PATIENCE=1 holds the tests to the promises themselves.
FACTOR = float(os.environ.get("STEADY_PATIENCE") or 6)
LONG = 120.0  # for what is sure to come; not that it takes so long


def promise(seconds: float) -> float:
    """What is promised within so many seconds is awaited for so long."""
    return seconds * FACTOR
