"""What is true of one strip: its study, how it is read out and painted, and, for a take, where it came from."""

import bpy
from bpy.props import PointerProperty

from ..sequencer.strips import strip_type
from .belonging import Belonging
from .frames import FramesSettings
from .looks import LooksSettings
from .painting import PaintingSettings
from .render import RenderSettings
from .smooth import SmoothSettings
from .tune import TuneSettings


class StripSettings(
    Belonging,
    PaintingSettings,
    FramesSettings,
    LooksSettings,
    TuneSettings,
    RenderSettings,
    SmoothSettings,
    bpy.types.PropertyGroup,
):
    """All that Steady Diffusion keeps on a strip. It names the study and not its place, so that files can move."""


def register() -> None:
    bpy.utils.register_class(StripSettings)
    strip_type().steady = PointerProperty(type=StripSettings)


def unregister() -> None:
    del strip_type().steady
    bpy.utils.unregister_class(StripSettings)
