"""How a strip is read out, and how many of its frames stand for all of them."""
# pyright: reportInvalidTypeForm=false

from bpy.props import BoolProperty, EnumProperty, IntProperty

CROPS = (
    ("BOX", "What it shows", "Work on the bounding box of what the strip shows over its length"),
    ("SQUARE", "Centred square", "Work on the largest centred square of what the strip shows, as the article does"),
)


class FramesSettings:
    short_side: IntProperty(
        name="Short Side",
        description="The shorter side of the frames that are worked on, in pixels. Both sides become multiples of 8",
        default=512,
        min=64,
        max=4096,
        soft_min=256,
        soft_max=1024,
        step=8,
        subtype="PIXEL",
    )
    crop: EnumProperty(
        name="Crop",
        description="Which part of the picture is worked on. A take covers exactly this part",
        items=CROPS,
        default="BOX",
    )
    reference_count: IntProperty(
        name="Reference Frames",
        description="How many of the strip's frames the model is tuned to reconstruct. They are chosen to cover it all",
        default=30,
        min=1,
        max=10_000,
        soft_max=200,
    )
    use_range: BoolProperty(
        name="Part of the Strip",
        description="Work on a range of the timeline instead of on the whole strip",
        default=False,
    )
    range_start: IntProperty(
        name="Start",
        description="The first frame of the timeline that is worked on. What lies outside the strip is left out",
        default=1,
    )
    range_end: IntProperty(
        name="End",
        description="The last frame of the timeline that is worked on. What lies outside the strip is left out",
        default=250,
    )
