"""How a take is rendered and laid in."""
# pyright: reportInvalidTypeForm=false

from typing import Any

from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ..backend.api import Way
from ..translations import OWN

WAYS = (
    (Way.TUNED.name, "Tuned", "With the model that was taught this strip and its looks"),
    (Way.FAST.name, "Fast", "Tuned, in a few steps from the same start. It is tuned for exactly those"),
    (Way.PLAIN.name, "Plain", "With the model as it came, for comparing. It flickers"),
)
PACES = (
    ("EIGHT", "8 Steps", "Eight steps instead of all that the sampler walks"),
    ("FOUR", "4 Steps", "Four steps: the fastest that is offered"),
    ("CUSTOM", "Custom", "Another number, in the settings. Choosing it changes nothing"),
)
STEPS = {"EIGHT": 8, "FOUR": 4}


def read_pace(settings: Any) -> int:
    """Read off the number of steps: it is never kept, and so never wrong."""
    return next((i for i, (name, *_) in enumerate(PACES) if STEPS.get(name) == settings.fast_steps), len(PACES) - 1)


def use_pace(settings: Any, place: int) -> None:
    if (steps := STEPS.get(PACES[place][0])) is not None:
        settings.fast_steps = steps


class RenderSettings:
    way: EnumProperty(
        name="Way",
        description="How the take is rendered",
        items=WAYS,
        translation_context=OWN,
        default=Way.TUNED.name,
    )
    fast_steps: IntProperty(
        name="Fast Steps",
        description="How many steps a fast take walks",
        default=4,
        min=1,
        max=50,
        soft_max=12,
    )
    pace: EnumProperty(
        name="Fast Steps",
        description="How many steps a fast take walks",
        items=PACES,
        get=read_pace,
        set=use_pace,
    )
    small_decoder: BoolProperty(
        name="Small Decoder",
        description=(
            "Paint fast takes with a small decoder in place of the model's own. It is taught this strip at the end of "
            "tuning, and says what it loses"
        ),
    )
    render_prompt: StringProperty(
        name="Prompt",
        description=(
            "The prompt of the take. Left empty, it is the strip's own; where the model was taught others, the first "
            "of those"
        ),
    )
    render_batch: IntProperty(
        name="Frames at Once",
        description="How many frames are painted at a time. At 0 it is as many as the device holds",
        min=0,
        max=256,
        soft_max=32,
    )
    mute_original: BoolProperty(
        name="Mute the Original",
        description="Mute this strip and its earlier takes when a new take is laid in above it",
        default=True,
    )
