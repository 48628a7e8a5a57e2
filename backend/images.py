"""Images that were painted elsewhere: any file that Pillow reads, as pixels of a study's frames."""

from __future__ import annotations

import io
import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from . import disk, pictures
from .api import ErrorCode, Failure, Framing
from .pictures import Pixels

TOLERANCE = 0.015  # of the ratio of the sides: what rounding a size to whole pixels, or to eights, comes to


def read(file: Path, framing: Framing) -> Pixels:
    """RGB at the working size, turned as its camera says. Refused when it is of another shape, or transparent."""
    image = _opened(file)
    _check_shape(image, file, framing)
    return pictures.resize(_rgb(_opaque(image, file)), framing.size)


def _opened(file: Path) -> Image.Image:
    if not disk.long_path(file).is_file():
        raise Failure(ErrorCode.BAD_INPUT, f"There is no image “{file}”.", "Choose a PNG, JPEG, WebP or TIFF file.")
    data = disk.read(file)
    try:
        image = Image.open(io.BytesIO(data))
        image.load()
        return ImageOps.exif_transpose(image)
    except (OSError, ValueError, SyntaxError, TypeError, LookupError, Image.DecompressionBombError) as error:
        hint = "Save it as a PNG, JPEG, WebP or TIFF file."
        raise Failure(ErrorCode.BAD_INPUT, f"“{file.name}” is not an image that can be read.", hint) from error


def _check_shape(image: Image.Image, file: Path, framing: Framing) -> None:
    """The box and the working size differ a little, and either may have been painted on."""
    box = framing.box
    shapes = [framing.size[0] / framing.size[1], box.width / max(1, box.height)]
    shape = image.width / image.height
    if all(abs(math.log(shape / other)) > TOLERANCE for other in shapes if other > 0):
        message = f"“{file.name}” is {image.width}×{image.height}, and a look is shaped like its frame."
        hint = f"Bring it at {box.width}×{box.height}, or at any size of that shape."
        raise Failure(ErrorCode.BAD_INPUT, message, hint)


def _opaque(image: Image.Image, file: Path) -> Image.Image:
    """Nobody knows what would be under it: the one who painted it flattens it."""
    if not image.has_transparency_data:
        return image
    if _shows_through(image):
        message = f"“{file.name}” is transparent in places, and a look covers its whole frame."
        raise Failure(ErrorCode.BAD_INPUT, message, "Lay it over a background, and save it without transparency.")
    if _is_grey(image):
        return image
    return image.convert("L" if image.mode == "LA" else "RGB")


def _shows_through(image: Image.Image) -> bool:
    if image.mode.startswith("I"):  # its RGBA would be opaque: Pillow does not look for the tone that is left out
        return bool((np.asarray(image) == image.info["transparency"]).any())
    return image.convert("RGBA").getchannel("A").getextrema()[0] != 255


def _is_grey(image: Image.Image) -> bool:
    """8 bits; 16 or 32, which Pillow would cut off at 255."""
    return image.mode == "L" or image.mode.startswith(("I", "F"))


def _rgb(image: Image.Image) -> Pixels:
    if not _is_grey(image):
        return np.asarray(_srgb(image).convert("RGB"))
    most = {"L": 255, "F": 1}.get(image.mode, 65535)
    grey = np.interp(np.asarray(image, np.float64) / most, np.linspace(0, 1, 256), _tones(image))
    return np.repeat(np.rint(grey).astype(np.uint8)[..., None], 3, axis=2)


def _tones(image: Image.Image) -> NDArray[np.uint8]:
    """What 256 greys of this image are in sRGB: its profile knows of no more bits."""
    ramp = Image.fromarray(np.arange(256, dtype=np.uint8)[None])
    ramp.info["icc_profile"] = image.info.get("icc_profile")
    return np.asarray(_srgb(ramp, ImageCms.Flags.NOOPTIMIZE).convert("L"))[0]  # else dark ones are 10 levels off


def _srgb(image: Image.Image, flags: ImageCms.Flags = ImageCms.Flags.NONE) -> Image.Image:
    """A painting program may save in its own colours, and says in which."""
    profile = image.info.get("icc_profile")
    if image.mode == "P":
        image = image.convert("RGB")
    if not profile or image.mode not in ("L", "RGB", "CMYK"):
        return image
    try:
        own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(image, own, srgb, outputMode="RGB", flags=flags)
    except (ImageCms.PyCMSError, OSError):  # a broken profile: the colours are taken as they are
        return image
    return turned or image
