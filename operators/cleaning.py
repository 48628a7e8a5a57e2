"""Room on the disk: what of this file's studies may go is listed, ticked and deleted for good."""
# pyright: reportInvalidTypeForm=false

from collections.abc import Iterator
from typing import Any

import bpy
from bpy.props import BoolProperty, CollectionProperty, IntProperty, StringProperty

from .. import session
from ..backend import space
from ..backend.api import ErrorCode, Failure
from ..backend.space import Kind, Spare
from ..preferences import preferences, studies_folder
from ..sequencer import owned, saving
from ..translations import say
from .job import refused

HEADINGS = {
    Kind.STUDY: ("Studies whose strip is gone from this file", "FILE_FOLDER"),
    Kind.TAKE: ("Takes that no strip shows", "RENDER_ANIMATION"),
    Kind.LOOKS: ("Looks that were not chosen", "IMAGE_DATA"),
    Kind.STATE: ("What a finished tuning could go on from", "MODIFIER"),
}
DELETED = "{count} things were deleted: {size} are free again."
PROPERTIES = {Kind.STUDY: "studies", Kind.TAKE: "takes", Kind.LOOKS: "looks", Kind.STATE: "states"}
FINAL = (
    "What is deleted is gone: Undo does not bring it back.",
    "Earlier versions of this file, and copies under another name, may miss it.",
)
NOTHING = Failure(ErrorCode.BAD_INPUT, "There is nothing that may go.", "What is there is used, or not this file's.")
NOT_CHOSEN = Failure(ErrorCode.BAD_INPUT, "Nothing was chosen to be deleted.", "Tick what may go.")


class SteadySpare(bpy.types.PropertyGroup):
    """A line of the dialog. Its name is the key of what may go."""

    chosen: BoolProperty(name="Delete", description="Delete this for good")
    kind: StringProperty(name="Kind", description="Which kind of thing it is")
    text: StringProperty(name="Text", description="What it is, in words")
    kilobytes: IntProperty(name="Size", description="How much of the disk it frees")


class STEADY_OT_clean_up(bpy.types.Operator):
    """List what of this file's studies may go from the disk, and how much that frees. Nothing goes before OK"""

    bl_idname = "steady.clean_up"
    bl_label = "Clean Up"

    studies: BoolProperty(
        name="Studies", description="Delete studies whose strip is gone from this file", options={"SKIP_SAVE"}
    )
    takes: BoolProperty(name="Takes", description="Delete takes that no strip shows", options={"SKIP_SAVE"})
    looks: BoolProperty(name="Looks", description="Delete looks that were not chosen", options={"SKIP_SAVE"})
    states: BoolProperty(
        name="States", description="Delete what a finished tuning could go on from", options={"SKIP_SAVE"}
    )
    spare: CollectionProperty(
        name="What May Go",
        description="The lines of the dialog. A script names kinds instead",
        type=SteadySpare,
        options={"SKIP_SAVE", "HIDDEN"},
    )

    def invoke(self, context: Any, event: Any) -> set[str]:
        found = spare_things()
        if not found:
            return refused(self, NOTHING)
        self.spare.clear()
        for one in found:
            line = self.spare.add()
            line.name, line.kind, line.text = one.key, one.kind.name, in_words(one)
            line.kilobytes = round(one.size / 1000)
            line.chosen = one.kind is Kind.STATE  # the rest has cost time, and perhaps love
        return context.window_manager.invoke_props_dialog(self, width=460)

    def draw(self, context: Any) -> None:
        layout = self.layout
        for kind, (heading, icon) in HEADINGS.items():
            if lines := [line for line in self.spare if line.kind == kind.name]:
                box = layout.box().column(align=True)
                box.label(text=heading, icon=icon)
                for line in lines:
                    row = box.row()
                    row.prop(line, "chosen", text=line.text)
                    size = row.row()
                    size.alignment = "RIGHT"
                    size.label(text=space.in_words(line.kilobytes * 1000))
        freed = sum(line.kilobytes for line in self.spare if line.chosen) * 1000
        text = say("Frees {size}", size=space.in_words(freed)) if freed else "Nothing is ticked yet"
        layout.label(text=text, icon="TRASH")
        for i, text in enumerate(FINAL):
            layout.label(text=text, icon="BLANK1" if i else "INFO")

    def execute(self, context: Any) -> set[str]:
        try:
            count, freed = self._delete(list(self._wanted()))
        except Failure as failure:
            return refused(self, failure)
        told = "1 thing was deleted: {size} are free again." if count == 1 else DELETED
        self.report({"INFO"}, say(told, count=count, size=space.in_words(freed)))
        return {"FINISHED"}

    def _wanted(self) -> Iterator[Spare]:
        """Of what may go now: a strip may have come back since the dialog was opened."""
        ticked = {line.name for line in self.spare if line.chosen}
        for one in spare_things():
            if one.key in ticked or (not self.spare and getattr(self, PROPERTIES[one.kind])):
                yield one

    def _delete(self, wanted: list[Spare]) -> tuple[int, int]:
        asked = [line for line in self.spare if line.chosen] or [n for n in PROPERTIES.values() if getattr(self, n)]
        if not asked:
            raise NOT_CHOSEN
        if not wanted:
            raise NOTHING
        for done, one in enumerate(wanted):
            try:
                space.remove(one)
            except Failure as failure:
                before = f" {done} of {len(wanted)} were deleted before." if done else ""
                raise Failure(failure.code, failure.message, f"{failure.hint}{before}") from failure
        return sum(one.count for one in wanted), sum(one.size for one in wanted)


def spare_things() -> list[Spare]:
    """What nobody uses, as far as this file can know, and no job works on."""
    saving.settle()
    at_work = {job.study for job in session.current.jobs if not job.finished}
    found = []
    for one in owned.studies(studies_folder(preferences())):
        if one.study.id in at_work:
            continue
        try:
            if one.used:
                found += space.spare_in(one.study, owned.takes_shown(one.study))
            elif not at_work:
                found.append(space.whole(one.study))  # a job may read the study that its strip was copied from
        except Failure as failure:  # damaged: what it holds is not known
            print(f"Steady Diffusion: {failure}")
    order = list(HEADINGS)
    return sorted(found, key=lambda one: (order.index(one.kind), -one.size))


def in_words(one: Spare) -> str:
    if one.kind is Kind.TAKE:
        return f"{one.strip}: {one.name}"
    if one.kind is Kind.LOOKS:
        looks = say("1 look") if one.count == 1 else say("{count} looks", count=one.count)
        return f"{one.strip}: {looks}"
    return one.strip


CLASSES = (SteadySpare, STEADY_OT_clean_up)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
