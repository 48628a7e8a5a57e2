"""Presets of a strip's settings: those that ship, and the user's own, which Blender keeps with those of all add-ons."""

import ast
import functools
import math
from pathlib import Path
from typing import Any

import bpy
from bl_operators.presets import AddPresetBase  # pyright: ignore[reportMissingImports]
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..backend.api import ErrorCode, Failure
from ..backend.model_names import POCKET
from ..backend.presets import Preset
from ..sequencer import strips
from ..settings.frames import FramesSettings
from ..settings.looks import LooksSettings
from ..settings.painting import CHOICES, OWN, PaintingSettings
from ..settings.render import RenderSettings
from ..settings.smooth import SmoothSettings
from ..settings.tune import TuneSettings
from .job import AtOnceOperator
from .stage import put_back_if_refused

FOLDER = "steady_diffusion"  # in Blender's own folder of presets
MENU = "STEADY_MT_presets"
DEFINES = f"settings = bpy.types.{MENU}.settings(bpy.context)"  # in the files, where Blender itself runs one
OF_THE_STRIP = frozenset(
    (
        *("prompt", "render_prompt", "model", "seed", "look_seed", "tune_seed", "smooth_seed"),
        *("use_range", "range_start", "range_end", "look_frame", "tuning_from"),
    )
)
READ_OFF = frozenset(("preset", "pace"))  # what others of the settings come to
ROOMS = (PaintingSettings, FramesSettings, LooksSettings, TuneSettings, RenderSettings, SmoothSettings)
KEPT = tuple(name for room in ROOMS for name in room.__annotations__ if name not in OF_THE_STRIP | READ_OFF)

Values = dict[str, Any]


def shipped_of(settings: Any) -> str:
    """The preset that ships and whose settings all stand; “Custom” where none does."""
    return next(label for name, label, _ in CHOICES if name == settings.preset)


def own_of(settings: Any) -> str:
    """The user's own preset that stands; '' is none."""
    for file in files():
        values = _read(file)
        if values and all(_same(getattr(settings, name), value) for name, value in values.items()):
            return bpy.path.display_name(file.name, title_case=False)
    return ""


def files() -> list[Path]:
    folders = [Path(folder) for folder in bpy.utils.preset_paths(FOLDER)]
    return sorted((file for folder in folders for file in folder.glob("*.py")), key=lambda file: file.name.lower())


def _read(file: Path) -> Values:
    """What a preset says of settings that there are. It is read and not run."""
    try:
        return _values(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, SyntaxError):
        return {}


@functools.cache
def _values(file: Path, changed: int) -> Values:
    """Panels ask this of every preset whenever they are drawn: a file is read again when it has `changed`."""
    lines = ast.parse(file.read_text(encoding="utf-8")).body
    found = {}
    for line in lines:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Attribute):
            try:
                found[line.targets[0].attr] = ast.literal_eval(line.value)
            except ValueError:
                continue
    return {name: value for name, value in found.items() if name in KEPT}


def _same(setting: Any, value: Any) -> bool:
    number = isinstance(value, int | float) and isinstance(setting, int | float)
    return math.isclose(setting, value, rel_tol=1e-5) if number else setting == value


class PresetOperator(AtOnceOperator):
    """Base of the operators that change the settings of a strip by a preset."""

    def put(self, settings: Any) -> str:
        """Changes the settings; what to say of it."""
        raise NotImplementedError

    def act(self, scene: Any, strip: Any) -> str:
        with put_back_if_refused(strip.steady):
            return self.put(strip.steady)


class STEADY_OT_use_preset(PresetOperator, bpy.types.Operator):
    """Set everything that this preset decides"""

    bl_idname = "steady.use_preset"
    bl_label = "Use Preset"
    bl_options = {"UNDO"}

    preset: EnumProperty(
        name="Preset",
        description="Which one",
        items=[choice for choice in CHOICES if choice[0] != OWN],
        options={"SKIP_SAVE"},
    )

    @classmethod
    def description(cls, context: Any, properties: Any) -> str:
        words = next(words for name, _, words in CHOICES if name == properties.preset)
        return bpy.app.translations.pgettext_tip(words)

    def put(self, settings: Any) -> str:
        settings.preset = self.preset
        return f"The strip has the preset “{shipped_of(settings)}”."


class STEADY_OT_use_pocket(PresetOperator, bpy.types.Operator):
    bl_idname = "steady.use_pocket"
    bl_label = "Try with the Small Model"
    bl_description = (
        "Paint with the small model that ships, which is fast without a graphics card and needs no download. "
        "It knows little of the world: it is made for the example and for trying out"
    )
    bl_options = {"UNDO"}

    def put(self, settings: Any) -> str:
        settings.model, settings.preset = POCKET, Preset.POCKET.name
        return "The strip is painted with the small model that ships."


class STEADY_OT_load_preset(PresetOperator, bpy.types.Operator):
    """Set everything that this preset of your own decides"""

    bl_idname = "steady.load_preset"
    bl_label = "Use a Preset of Your Own"
    bl_options = {"UNDO"}

    filepath: StringProperty(
        name="File", description="The file of the preset", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )

    def put(self, settings: Any) -> str:
        file = Path(bpy.path.abspath(self.filepath))
        values = _read(file)
        if not values:
            hint = "Save it again with the + beside the presets."
            raise Failure(ErrorCode.BAD_INPUT, f"“{file.name}” is no preset of Steady Diffusion.", hint)
        for name, value in values.items():
            try:
                setattr(settings, name, value)
            except TypeError as error:
                text = f"The preset “{file.stem}” says “{value}” for “{name}”, which there is not."
                raise Failure(ErrorCode.BAD_INPUT, text, "Save it again with the + beside the presets.") from error
        return f"The strip has the preset “{bpy.path.display_name(file.name, title_case=False)}”."


class STEADY_OT_add_preset(AddPresetBase, bpy.types.Operator):
    """Keep this strip's settings as a preset of your own, for every file; not its prompts, its model and its seeds"""

    bl_idname = "steady.add_preset"
    bl_label = "Add a Preset"
    bl_options = {"REGISTER"}
    preset_menu = MENU
    preset_subdir = FOLDER

    remove_name: BoolProperty(
        name="Remove", description="Remove the preset of this name instead", options={"HIDDEN", "SKIP_SAVE"}
    )
    remove_active: BoolProperty(
        name="Remove Active", description="Remove the preset that was used last", options={"HIDDEN", "SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        if strips.active_strip(context) is None:
            cls.poll_message_set("No strip is selected whose settings could be kept.")
        return strips.active_strip(context) is not None

    def add(self, context: Any, filepath: str) -> None:
        """What Blender does by itself fails in one with a Python of 3.13, as Debian's 4.3.2."""
        strip: Any = strips.active_strip(context)
        values = [f"settings.{name} = {getattr(strip.steady, name)!r}" for name in KEPT]
        Path(filepath).write_text("\n".join(["import bpy", DEFINES, "", *values, ""]), encoding="utf-8")


CLASSES = (STEADY_OT_use_preset, STEADY_OT_use_pocket, STEADY_OT_load_preset, STEADY_OT_add_preset)

register, unregister = bpy.utils.register_classes_factory(CLASSES)
