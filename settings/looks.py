"""How the candidates for a look are painted."""
# pyright: reportInvalidTypeForm=false

from bpy.props import FloatProperty, IntProperty


class LooksSettings:
    look_frame: IntProperty(
        name="Frame",
        description=(
            "The frame of which looks are painted, counted from 1 where the strip's content starts. "
            "At 0 it is chosen: the one that all others are most like"
        ),
    )
    candidates: IntProperty(
        name="Candidates",
        description="How many looks are painted at a time, each from another noise, for you to choose from",
        default=4,
        min=1,
        max=64,
        soft_max=16,
    )
    look_strength: FloatProperty(
        name="Strength",
        description=(
            "How far a look may leave its frame. Colours may change a lot, and things should stay where they are"
        ),
        default=0.75,
        min=0.01,
        max=1.0,
        soft_min=0.4,
        soft_max=0.9,
        subtype="FACTOR",
    )
    look_steps: IntProperty(
        name="Steps",
        description="How many steps lead from noise to a picture, of which a look walks the share that its strength is",
        default=50,
        min=1,
        max=1000,
        soft_max=100,
    )
    look_guidance: FloatProperty(
        name="Guidance",
        description="How much the prompt counts: higher is more of it, and harsher",
        default=7.5,
        min=1.0,
        max=30.0,
        soft_max=15.0,
    )
    look_seed: IntProperty(
        name="Seed",
        description="The noise of the first candidate; the others count up from it",
        min=0,
    )
