"""What is true of one strip: which study it belongs to, how it is read out, and, for a take, where it came from."""
# pyright: reportInvalidTypeForm=false
# Blender reads a property from its annotation, which is a call there and not a type.

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from .sequencer.strips import strip_type

CROPS = (
    ("BOX", "What it shows", "Work on the bounding box of what the strip shows over its length"),
    ("SQUARE", "Centred square", "Work on the largest centred square of what the strip shows, as the article does"),
)


class StripSettings(bpy.types.PropertyGroup):
    """All that Steady Diffusion keeps on a strip. It names the study and not its place, so that files can move."""

    study_id: StringProperty(
        name="Study",
        description="The id of the study that this strip belongs to. It is empty until the strip is first worked on",
    )
    study_folder: StringProperty(
        name="Study Folder",
        description="Where the study lies when it is not beside the .blend file, in the folder named “steady”",
    )
    study_seen: StringProperty(
        name="Last Seen",
        description="The full path of the study when it was last worked on. It is tried when the study is nowhere else",
    )
    parent_folder: StringProperty(
        name="Parent Study",
        description="Where the study lies that this strip was copied from. Its frames, looks and tuning can be used",
    )
    ancestors: StringProperty(
        name="Ancestors",
        description="The ids of the studies that this strip was copied from, the nearest one first",
    )
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
    mute_original: BoolProperty(
        name="Mute the Original",
        description="Mute this strip and its earlier takes when a new take is laid in above it",
        default=True,
    )
    take_name: StringProperty(
        name="Take",
        description="The name of the take that this strip shows. It is empty on every strip that is not a take",
    )
    take_first: IntProperty(
        name="First Frame",
        description="The number of the take's first picture, counted from the start of its source's content",
        default=1,
    )
    take_source: StringProperty(
        name="Source",
        description="The name of the strip that this take was made from",
    )
    take_follows: BoolProperty(
        name="Stay with the Source",
        description="Move, trim and cut this take together with the strip that it was made from",
        default=True,
    )
    take_parameters: StringProperty(
        name="Parameters",
        description="Everything that made this take, as JSON text",
    )


def register() -> None:
    bpy.utils.register_class(StripSettings)
    strip_type().steady = PointerProperty(type=StripSettings)


def unregister() -> None:
    del strip_type().steady
    bpy.utils.unregister_class(StripSettings)
