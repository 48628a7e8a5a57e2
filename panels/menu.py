"""The way in for those who work from menus and from F3, which searches menus: “Steady Diffusion” in the Strip menu and
in the menu of the right mouse button."""

from typing import Any

import bpy

from ..backend.space import in_words
from ..operators import models
from ..preferences import INSTALLS
from ..sequencer import strips
from ..translations import say
from . import menu_lists

# F3 looks for what is written here: these are the words that people type.
STAGES = (
    ("steady.sample_frames", "Sample Frames (Reference Frames)", "RENDERLAYERS"),
    ("steady.design_looks", "Make Looks (Style Frames by AI)", "IMAGE_DATA"),
    ("steady.bring_look", "Bring an Image as a Look (Style Reference)", "FILEBROWSER"),
    ("steady.fine_tune", "Tune (Train the Model, LoRA)", "MODIFIER"),
    ("steady.use_parent", "Use Looks and Tuning of the Original (Split or Duplicated Strip)", "LINKED"),
    ("steady.render_take", "Render Take (Consistent Video to Video)", "RENDER_ANIMATION"),
    ("steady.smooth_take", "Smooth Take (Deflicker, Deep Video Prior)", "SMOOTHCURVE"),
    ("steady.propagate_looks", "Propagate Looks (From Key Frames)", "MOD_ARRAY"),
    ("steady.measure_take", "Measure Takes (Flicker, Temporal Consistency)", "DRIVER_DISTANCE"),
    ("steady.open_report", "Open Report", "URL"),
    ("steady.compare", "Compare (Before and After, Split Screen)", "SNAP_FACE_CENTER"),
    ("steady.export_movie", "Export the Edit as a Movie or GIF", "FILE_MOVIE"),
)
JOBS = (
    ("steady.pause_job", "Pause Job (Free the GPU)", "PAUSE"),
    ("steady.resume_job", "Resume Job", "PLAY"),
    ("steady.cancel_job", "Cancel Job", "X"),
    ("steady.copy_details", "Copy Details of the Last Failure", "COPYDOWN"),
)
BACKEND = (
    ("steady.start_backend", "Start Backend", "PLAY"),
    ("steady.stop_backend", "Stop Backend", "SNAP_FACE"),
    ("steady.model_size", "Ask How Large the Model Is", "QUESTION"),
)
INSTALLER = (
    ("steady.install_backend", "Install Backend", "IMPORT"),
    ("steady.remove_backend", "Remove Backend", "TRASH"),
)


class STEADY_MT_strip(bpy.types.Menu):
    bl_label = "Steady Diffusion"

    def draw(self, context: Any) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator(
            "steady.restyle", text="Restyle (Stylize with Stable Diffusion, Style Transfer)", icon="BRUSH_DATA"
        )
        layout.menu("STEADY_MT_presets", icon="PRESET")
        layout.operator("steady.add_preset", text="Keep These Settings as a Preset…", icon="ADD")
        layout.operator("steady.use_pocket")
        layout.separator()
        listed(layout, STAGES)
        layout.separator()
        layout.menu("STEADY_MT_looks", icon="IMAGE_DATA")
        layout.menu("STEADY_MT_takes", icon="RENDER_RESULT")
        layout.operator("steady.go_to_frame", text="Go to a Frame of the Strip…", icon="EYEDROPPER")
        layout.separator()
        listed(layout, JOBS)
        layout.separator()
        layout.operator("steady.relink_study", icon="FILEBROWSER")
        layout.operator("steady.begin_study", icon="FILE_NEW")
        layout.operator("steady.clean_up", text="Clean Up (Free Disk Space)", icon="TRASH")
        layout.operator("steady.open_example", text="Open the Example (Demo)", icon="SEQUENCE")
        layout.menu("STEADY_MT_backend", icon="SYSTEM")


class STEADY_MT_backend(bpy.types.Menu):
    bl_label = "Backend"

    def draw(self, context: Any) -> None:
        self.layout.operator_context = "INVOKE_DEFAULT"
        listed(self.layout, BACKEND)
        size = models.size_of(models.wanted_by(strips.active_strip(context)))
        text = say("Download Model (Stable Diffusion, {size})", size=in_words(size)) if size else "Download Model"
        self.layout.operator("steady.download_model", text=text, icon="IMPORT")
        listed(self.layout, INSTALLER if INSTALLS else ())


def listed(layout: Any, entries: tuple[tuple[str, str, str], ...]) -> None:
    for operator, text, icon in entries:
        layout.operator(operator, text=text, icon=icon)


def append(menu: Any, context: Any) -> None:
    menu.layout.separator()
    menu.layout.menu("STEADY_MT_strip", icon="BRUSH_DATA")


def register() -> None:
    menu_lists.register()
    for cls in (STEADY_MT_backend, STEADY_MT_strip):
        bpy.utils.register_class(cls)
    bpy.types.SEQUENCER_MT_strip.append(append)
    bpy.types.SEQUENCER_MT_context_menu.append(append)


def unregister() -> None:
    bpy.types.SEQUENCER_MT_context_menu.remove(append)
    bpy.types.SEQUENCER_MT_strip.remove(append)
    for cls in (STEADY_MT_strip, STEADY_MT_backend):
        bpy.utils.unregister_class(cls)
    menu_lists.unregister()
