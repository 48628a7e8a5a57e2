"""How a take is smoothed, and how looks are spread over the strip."""
# pyright: reportInvalidTypeForm=false

from bpy.props import BoolProperty, FloatProperty, IntProperty

from ..backend.api import Prior, Propagate

SMOOTHING, SPREADING = Prior(), Propagate("").prior


class SmoothSettings:
    smooth_steps: IntProperty(
        name="Steps",
        description="How many steps each shot is learned at most. It stops by itself when its pictures flicker. "
        "0 learns nothing and keeps all detail: it only evens the colours, which is better where nothing else flickers",
        default=SMOOTHING.steps,
        min=0,
        max=100_000,
        soft_max=5000,
    )
    smooth_width: IntProperty(
        name="Width",
        description="How large the network is: channels of its first level. Less is faster, and softer",
        default=SMOOTHING.width,
        min=1,
        max=256,
        soft_max=64,
    )
    smooth_rate: FloatProperty(
        name="Rate",
        description="How fast it learns",
        default=SMOOTHING.rate,
        min=1e-6,
        max=1.0,
        precision=6,
    )
    smooth_two_styles: BoolProperty(
        name="Two Styles",
        description="For a take that jumps between two looks: the network learns both and keeps what most frames show",
        default=SMOOTHING.heads == 2,
    )
    smooth_level: BoolProperty(
        name="Take Out Drift",
        description="Even brightness and colours first, where they drift or come and go and the strip's own do not: "
        "a network would learn that too",
        default=SMOOTHING.level,
    )
    smooth_always: BoolProperty(
        name="Learn in Any Case",
        description="Teach the network also where nothing flickers once the colours are even: it would cost detail",
        default=SMOOTHING.always,
    )
    smooth_features: FloatProperty(
        name="Features",
        description=(
            "How much the features of the model's own VAE count beside the pixels. It keeps strokes sharp; "
            "at 0 no model is loaded"
        ),
        default=SMOOTHING.features,
        min=0.0,
        max=10.0,
        soft_max=1.0,
    )
    smooth_seed: IntProperty(name="Seed", description="Of all that is random in smoothing and spreading", min=0)
    spread_steps: IntProperty(
        name="Steps",
        description="How many steps a shot's looks are learned",
        default=SPREADING.steps,
        min=1,
        max=100_000,
        soft_max=2000,
    )
