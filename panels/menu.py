"""The way in for those who work from menus and from F3, which searches menus: “Steady Diffusion” in the Strip menu."""

from typing import Any

import bpy


class STEADY_MT_strip(bpy.types.Menu):
    bl_label = "Steady Diffusion"

    def draw(self, context: Any) -> None:
        layout = self.layout
        layout.operator_context = "INVOKE_DEFAULT"
        # F3 looks for what is written here: these are the words that people type.
        layout.operator("steady.restyle", text="Restyle (Stylize with Stable Diffusion)", icon="BRUSH_DATA")
        layout.separator()
        layout.operator("steady.sample_frames", icon="RENDERLAYERS")
        layout.operator("steady.design_looks", icon="IMAGE_DATA")
        layout.operator("steady.bring_look", icon="FILEBROWSER")
        layout.operator("steady.fine_tune", icon="MODIFIER")
        layout.operator("steady.render_take", icon="RENDER_ANIMATION")
        layout.operator("steady.export_movie", icon="FILE_MOVIE")
        layout.separator()
        layout.operator("steady.relink_study", icon="FILEBROWSER")
        layout.operator("steady.cancel_job", icon="X")
        layout.separator()
        layout.operator("steady.open_example", icon="SEQUENCE")
        layout.separator()
        layout.operator("steady.start_backend", icon="PLAY")
        layout.operator("steady.stop_backend", icon="SNAP_FACE")
        layout.operator("steady.install_backend", icon="IMPORT")
        layout.operator("steady.remove_backend", icon="TRASH")


def append(menu: Any, context: Any) -> None:
    menu.layout.separator()
    menu.layout.menu("STEADY_MT_strip")


def register() -> None:
    bpy.utils.register_class(STEADY_MT_strip)
    bpy.types.SEQUENCER_MT_strip.append(append)


def unregister() -> None:
    bpy.types.SEQUENCER_MT_strip.remove(append)
    bpy.utils.unregister_class(STEADY_MT_strip)
