"""What a hub says of one model: its files and their sizes, of which only the weights are large."""

from __future__ import annotations

from typing import Any

WEIGHTS = {"unet": 1_700_000_000, "vae": 300_000_000, "text_encoder": 400_000_000, "safety_checker": 1_200_000_000}
SMALL = [*(f"{part}/config.json" for part in WEIGHTS), "tokenizer/tokenizer.json", "scheduler/scheduler_config.json"]


def listing() -> dict[str, Any]:
    sizes = {**{f"{part}/model.safetensors": size for part, size in WEIGHTS.items()}, **dict.fromkeys(SMALL, 0)}
    return {"id": "maker/city", "siblings": [{"rfilename": name, "size": size} for name, size in sizes.items()]}
