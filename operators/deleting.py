"""A take is deleted for good, with its strips: after a question, and only where nothing else needs it."""

from typing import Any

import bpy

from .. import session
from ..backend import space
from ..backend.api import ErrorCode, Failure
from ..backend.study import Study
from ..sequencer import owned, showing, strips
from ..translations import say
from .own import found_by
from .takes import TakeOperator, no_take

LOST = "This cannot be undone: Undo brings back its strip without the pictures."
DELETED = "The take “{name}” was deleted: {size} are free again."


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


# --- what may be deleted


def study_to_delete_from(scene: Any, strip: Any, name: str) -> Study:
    """Only from the strip's own study, and while nobody works on it."""
    found = found_by(scene, strip)
    if found.original is not None:
        other = found.original.owner.strip
        message = f"The take “{name}” belongs to “{other}”, which “{strip.name}” was copied from."
        raise Failure(ErrorCode.BAD_INPUT, message, "Delete it there, or delete only its strip.")
    if found.own is None:
        raise no_take(strip, name)
    refuse_at_work(found.own)
    return found.own


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


register, unregister = bpy.utils.register_classes_factory((STEADY_OT_delete_take,))
