"""Which study a strip belongs to, and, for a take, which strip."""
# pyright: reportInvalidTypeForm=false
# Blender reads a property from its annotation, which is a call there and not a type.

from bpy.props import BoolProperty, IntProperty, StringProperty


class Belonging:
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
    study_claimed: BoolProperty(
        name="Only Claimed",
        description="Work on the study was asked for, and nothing had been written to it when this was last looked at",
    )
    study_unsettled: BoolProperty(
        name="Still to Move",
        description="The study was begun before the file was first saved, and is still to come to lie beside it",
    )
    parent_folder: StringProperty(
        name="Parent Study",
        description="Where the study lies that this strip was copied from. Its frames, looks and tuning can be used",
    )
    ancestors: StringProperty(
        name="Ancestors",
        description="The ids of the studies that this strip was copied from, the nearest one first",
    )
    take_name: StringProperty(
        name="Take",
        description="The name of the take that this strip shows. It is empty on every strip that is not a take",
    )
    take_first: IntProperty(
        name="First Frame",
        description="The number of its first picture, counted from the start of its source's content",
        default=1,
    )
    take_source: StringProperty(
        name="Source",
        description="The name of the strip that this take or comparison was made from",
    )
    take_follows: BoolProperty(
        name="Stay with the Source",
        description="Move, trim and cut this take or comparison together with the strip that it was made from",
        default=True,
    )
    comparison: StringProperty(
        name="Comparison",
        description="The id of the study whose takes this strip compares. It is empty on every strip that does not",
    )
    take_parameters: StringProperty(
        name="Parameters",
        description="Everything that made this take, as JSON text",
    )
