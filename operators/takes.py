"""The takes of a strip as a list: shown, put in another's place, seen alone, and deleted for good."""

import json
from typing import Any

import bpy
from bpy.props import StringProperty

from .. import session
from ..backend import space
from ..backend.api import ErrorCode, Failure
from ..backend.study import Study, is_study
from ..backend.take import Take
from ..preferences import preferences, studies_folder
from ..sequencer import identity, owned, places, showing, strips, takes
from ..sequencer.showing import Footage
from ..translations import say
from .job import StripOperator

LOST = "This cannot be undone: Undo brings back its strip without the pictures."
REPLACED = "“{name}” is in the place of “{before}”, which is still in the study."
DELETED = "The take “{name}” was deleted: {size} are free again."


class TakeOperator(StripOperator):
    """Base of the operators on one take of a strip: `act` does it, and says what it did."""

    report: Any  # Blender's own

    take: StringProperty(
        name="Take", description="The name of the take, as its folder in the study has it", options={"SKIP_SAVE"}
    )

    def act(self, scene: Any, strip: Any) -> str:
        raise NotImplementedError

    def execute(self, context: Any) -> set[str]:
        try:
            told = self.act(*self.target(context))
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        self.report({"INFO"}, told)
        return {"FINISHED"}


class STEADY_OT_show_take(TakeOperator, bpy.types.Operator):
    """Show this take: lay it in above its strip, or show it again where it was hidden"""

    bl_idname = "steady.show_take"
    bl_label = "Show Take"
    bl_options = {"UNDO"}

    def act(self, scene: Any, strip: Any) -> str:
        there = showing.strips_of_take(scene, strip, self.take)
        for laid in there:
            laid.mute = False
        if there:
            return say("“{name}” is shown.", name=there[-1].name)
        found = footage(strip, self.take)
        laid = takes.lay_take(scene, strip, found.files, found.first, found.framing, found.name, found.parameters)
        return say("“{name}” is laid in.", name=laid.name)


class STEADY_OT_replace_take(TakeOperator, bpy.types.Operator):
    """Put this take into the place of the one that is shown. Its channel, blending, opacity and modifiers stay"""

    bl_idname = "steady.replace_take"
    bl_label = "Replace the Shown Take"
    bl_options = {"UNDO"}

    def act(self, scene: Any, strip: Any) -> str:
        shown = showing.shown_take(scene, strip)
        if shown is None:
            raise Failure(ErrorCode.BAD_INPUT, f"No take of “{strip.name}” is shown.", "Show this one instead.")
        if showing.strips_of_take(scene, strip, self.take):
            message = f"The take “{self.take}” has a strip of its own already."
            raise Failure(ErrorCode.BAD_INPUT, message, "Show that one, or delete it first.")
        before = shown.steady.take_name
        showing.exchange(scene, strip, shown, footage(strip, self.take))
        return say(REPLACED, name=shown.name, before=before)


class STEADY_OT_solo_take(TakeOperator, bpy.types.Operator):
    """Show only this, to compare: its strip's other takes are hidden, and the original too where this covers it"""

    bl_idname = "steady.solo_take"
    bl_label = "Show Only This"
    bl_options = {"UNDO"}

    def act(self, scene: Any, strip: Any) -> str:
        if self.take and not showing.strips_of_take(scene, strip, self.take):
            self.lay(scene, strip)
        showing.show_only(scene, strip, self.take)
        return say("Only “{name}” is shown.", name=self.take or strip.name)

    def lay(self, scene: Any, strip: Any) -> None:
        found = footage(strip, self.take)
        takes.lay_take(scene, strip, found.files, found.first, found.framing, found.name, found.parameters)


class STEADY_OT_delete_take(TakeOperator, bpy.types.Operator):
    """Delete this take for good: its strip, and its pictures on the disk"""

    bl_idname = "steady.delete_take"
    bl_label = "Delete Take"
    bl_options = {"UNDO"}

    def invoke(self, context: Any, event: Any) -> set[str]:
        try:
            scene, strip = self.target(context)
            size = space.size_of(space.take_folder(study_to_delete_from(scene, strip, self.take), self.take))
        except Failure as failure:
            self.report({"ERROR"}, say(str(failure)))
            return {"CANCELLED"}
        manager = context.window_manager
        return manager.invoke_confirm(
            self,
            event,
            title=say("Delete the take “{name}”?", name=self.take),
            message=" ".join((say("It frees {size} on the disk.", size=space.in_words(size)), say(LOST))),
            confirm_text="Delete",
            icon="WARNING",
        )

    def act(self, scene: Any, strip: Any) -> str:
        kept = study_to_delete_from(scene, strip, self.take)
        folder = space.take_folder(kept, self.take)
        shown = owned.strips_of(kept.id, self.take)
        if not shown and not folder.is_dir():
            raise no_take(strip, self.take)
        refuse_needed(shown, folder, self.take)
        sources = [found for s, laid in shown if (found := strips.strip_named(s, laid.steady.take_source)) is not None]
        freed = space.remove_take(kept, self.take)
        for holder, laid in shown:
            strips.collection_of(strips.owner_of(holder, laid)).remove(laid)
        for source in sources:
            showing.uncover(owned.scene_of(source), source)
        return say(DELETED, name=self.take, size=space.in_words(freed))


class STEADY_OT_select_source(bpy.types.Operator):
    """Select the strip that the active take was made from: its tab lists all of its takes"""

    bl_idname = "steady.select_source"
    bl_label = "Select the Source"
    bl_options = {"UNDO"}

    report: Any  # Blender's own

    @classmethod
    def poll(cls, context: Any) -> bool:
        strip = strips.active_strip(context)
        if strip is not None and takes.is_take(strip):
            return True
        cls.poll_message_set("The active strip is no take.")
        return False

    def execute(self, context: Any) -> set[str]:
        scene: Any = strips.sequencer_scene(context)
        take: Any = strips.active_strip(context)
        source = strips.strip_named(scene, take.steady.take_source)
        if source is None:
            self.report({"ERROR"}, say("“{name}” is not in this scene any more.", name=take.steady.take_source))
            return {"CANCELLED"}
        for other, _ in strips.all_strips(scene):
            other.select = other == source
        scene.sequence_editor.active_strip = source
        return {"FINISHED"}


# --- what is asked of the study


def footage(strip: Any, name: str) -> Footage:
    """A finished take of the strip's study, also of one that it shares with the strip it was copied from."""
    folder = places.folder_of(strip, studies_folder(preferences()))
    if folder is None or not is_study(folder):
        raise no_take(strip, name)
    kept = Study.open(folder)
    take = next((take for take in kept.takes() if take.name == name), None)
    if take is None:
        raise no_take(strip, name)
    note = take.note()
    if not isinstance(note.get("first"), int) or note.get("complete") is False:
        message = f"The take “{name}” was broken off."
        raise Failure(ErrorCode.BAD_INPUT, message, "Press Render Take with the same settings to go on with it.")
    files = [take.picture_path(number) for number in range(note["first"], note["last"] + 1)]
    takes.check_files(files, name)
    return Footage(name, files, note["first"], framing_of(kept, take, note["first"]), json.dumps(note))


def framing_of(kept: Study, take: Take, first: int) -> Any:
    """The study's: but the take may have been painted at another working size."""
    framing = kept.source.framing
    return type(framing)(framing.canvas, framing.box, showing.picture_size(take.picture_path(first)))


def study_to_delete_from(scene: Any, strip: Any, name: str) -> Study:
    """Only from the strip's own study, and while nobody works on it."""
    found = identity.locate(scene, strip, studies_folder(preferences()))
    if found.folder is None or not is_study(found.folder):
        raise no_take(strip, name)
    kept = Study.open(found.folder)
    if found.kind is identity.Kind.COPY:
        message = f"The take “{name}” belongs to “{kept.owner.strip}”, which “{strip.name}” was copied from."
        raise Failure(ErrorCode.BAD_INPUT, message, "Delete it there, or delete only its strip.")
    refuse_at_work(kept)
    return kept


def refuse_at_work(kept: Study) -> None:
    for job in session.current.jobs:
        if not job.finished and job.study == kept.id:
            message = f"“{job.title}” is at work on “{job.strip}”."
            raise Failure(ErrorCode.STUDY_LOCKED, message, "Wait for it, or cancel it first.")


def refuse_needed(shown: list[tuple[Any, Any]], folder: Any, name: str) -> None:
    """Effects would be deleted with the strip that they are made from, and others would show nothing."""
    gone = [laid for _, laid in shown]
    other = next((found for s, _ in shown if (found := showing.made_from(s, gone)) is not None), None)
    other = other or next((s for s in owned.showing(folder) if s not in gone), None)
    if other is not None:
        message = f"“{other.name}” is made from the take “{name}”."
        raise Failure(ErrorCode.BAD_INPUT, message, "Delete that strip first.")


def no_take(strip: Any, name: str) -> Failure:
    return Failure(ErrorCode.BAD_INPUT, f"“{strip.name}” has no take “{name}”.", "Choose one of those in its list.")


CLASSES = (
    STEADY_OT_show_take,
    STEADY_OT_replace_take,
    STEADY_OT_solo_take,
    STEADY_OT_delete_take,
    STEADY_OT_select_source,
)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
