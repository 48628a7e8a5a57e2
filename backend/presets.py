"""What suits most strips of a kind, by one word: how much is redrawn, and how the model is tuned for it."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from .api import MakeLooks, Method, Painting, Pairing, Recipe, Tune
from .frozen import frozen


class Preset(Enum):
    SCENE = "scene"
    PERSON = "person"
    POCKET = "pocket"
    ARTICLE = "article"


@frozen
class Settings:
    recipe: Recipe
    painting: Painting


PAINTING = Tune("").painting
LOOK_GUIDANCE = MakeLooks("", 0, (), 0).painting.guidance

PRESETS = {
    Preset.SCENE: Settings(Recipe(), PAINTING),
    # Faces are what people look at: less is redrawn of them, and learned by heart sooner.
    Preset.PERSON: Settings(
        Recipe(iterations=400),
        replace(PAINTING, strength=0.325),
    ),
    # The small model that ships: all of it is tuned, fast, and it sees its frames as they are. Looks are spread over
    # the shot and not cropped besides: of its small latents a crop leaves too little (docs/method.md).
    Preset.POCKET: Settings(
        Recipe(method=Method.WHOLE, rate=1e-3, iterations=250, looks=0.75, at_start=0.6, crops=1),
        replace(PAINTING, noise=0.0),
    ),
    # The numbers of 2022, for comparison: no crops, no bridge, guidance as Stable Diffusion has it.
    Preset.ARTICLE: Settings(
        Recipe(
            method=Method.WHOLE,
            rate=1e-5,
            iterations=1000,
            late=500,
            pairing=Pairing.LITERAL,
            at_start=0.0,
            unguided=True,
            crops=1,
            spread=0,
        ),
        replace(PAINTING, strength=0.45, guidance=7.5),
    ),
}


def untaught(painting: Painting, look_guidance: float = LOOK_GUIDANCE) -> Painting:
    """For the model as it came: it needs all of the noise, and would hardly heed a prompt at the guidance of 1 that
    tuned ones are taught for. It has that of the looks, or comparing would flatter us."""
    guidance = painting.guidance if painting.guidance > 1 else look_guidance
    return replace(painting, guidance=guidance, noise=1.0, attend=0.0)
