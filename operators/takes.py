"""The takes of a strip as a list: shown, put in another's place, seen alone, and deleted for good."""

import json
from pathlib import Path
from typing import Any

import bpy
from bpy.props import StringProperty

from ..backend.api import ErrorCode, Failure, Framing
from ..backend.study import Study, is_study
from ..backend.take import Take
from ..preferences import preferences, studies_folder
from ..sequencer import compare, places, showing, strips, takes
from ..sequencer.followers import is_follower
from ..sequencer.showing import Footage
from ..translations import say
from .job import AtOnceOperator

NO_TAKES = "“{name}” has no takes yet. Press Render Take."
REPLACED = "“{name}” is in the place of “{before}”, which is still in the study."


class TakeOperator(AtOnceOperator):
    """Base of the operators on one take of a strip."""

    take: StringProperty(
        name="Take", description="The name of the take, as its folder in the study has it", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        if not super().poll(context):
            return False
        scene: Any = strips.sequencer_scene(context)
        strip: Any = strips.active_strip(context)
        if not strips.in_sequencer(context) or takes.takes_of(scene, strip) or places.may_hold(strip, "takes"):
            return True
        cls.poll_message_set(say(NO_TAKES, name=strip.name))
        return False


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


class STEADY_OT_select_source(bpy.types.Operator):
    """Select the strip that the active take or comparison was made from: its tab lists all of its takes"""

    bl_idname = "steady.select_source"
    bl_label = "Select the Source"
    bl_options = {"UNDO"}

    report: Any  # Blender's own

    @classmethod
    def poll(cls, context: Any) -> bool:
        strip = strips.active_strip(context)
        if strip is not None and is_follower(strip):
            return True
        cls.poll_message_set("The active strip is no take and no comparison.")
        return False

    def execute(self, context: Any) -> set[str]:
        scene: Any = strips.sequencer_scene(context)
        follower: Any = strips.active_strip(context)
        name = follower.steady.take_source
        source = compare.source_of(scene, follower) or strips.strip_named(scene, name)
        if source is None:
            self.report({"ERROR"}, say("“{name}” is not in this scene any more.", name=name))
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
    take = next((take for take in kept.readable_takes() if take.name == name), None)
    if take is None:
        kept.refuse_damaged(name)
        raise no_take(strip, name)
    note = take.note()
    if not isinstance(note.get("first"), int) or not take.whole:
        message = f"The take “{name}” was broken off."
        raise Failure(ErrorCode.BAD_INPUT, message, "Press Render Take with the same settings to go on with it.")
    first, last = note.get("reach") or (note["first"], note["last"])
    files = [take.picture_path(number) for number in range(first, last + 1)]
    takes.check_files(files, name)
    parameters = json.dumps({**note, "first": first, "last": last})
    return Footage(name, files, first, framing_of(kept, take, files[0]), parameters)


def framing_of(kept: Study, take: Take, picture: Path) -> Framing:
    """Its own. Older notes do not say it: then the strip's box, at the size that the take was painted at."""
    usual = kept.source.framing
    return take.framing() or Framing(usual.canvas, usual.box, showing.picture_size(picture))


def no_take(strip: Any, name: str) -> Failure:
    return Failure(ErrorCode.BAD_INPUT, f"“{strip.name}” has no take “{name}”.", "Choose one of those in its list.")


CLASSES = (
    STEADY_OT_show_take,
    STEADY_OT_replace_take,
    STEADY_OT_solo_take,
    STEADY_OT_select_source,
)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
