"""The pictures of the report, as data inside of it: a report is one file that can be sent."""

from __future__ import annotations

import base64
import io

from PIL import Image

from .. import pictures
from ..measurements import Row
from ..numbered import picture_name
from ..pictures import Pixels
from ..study import Study
from ..subjects import covered, opacity_of
from .markup import Markup, element

QUALITY = 88  # of JPEG, at full chroma: neon lines on a night are all colour


class Album:
    def __init__(self, study: Study) -> None:
        self.study = study
        self._opacity = opacity_of(study)

    def frame(self, row: Row, number: int, width: int, alt: str) -> Markup:
        """As it was measured: what the strip does not cover is black."""
        path = self.study.folder.joinpath(*row.folder.split("/")) / picture_name(number)
        return shown(covered(pictures.read(path), self._opacity(number)), width, alt)

    def look(self, name: str, width: int, alt: str) -> Markup:
        return shown(pictures.read(self.study.gallery.picture_path(name)), width, alt)


def shown(pixels: Pixels, width: int, alt: str) -> Markup:
    """At most so wide, for a window; never larger than it is."""
    high, wide = pixels.shape[:2]
    if wide > width:
        pixels = pictures.resize(pixels, (width, max(1, round(high * width / wide))))
    return element("img", src=as_data(pixels), alt=alt, width=pixels.shape[1], height=pixels.shape[0])


def as_data(pixels: Pixels) -> str:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode('ascii')}"
