"""The manual's pictures, cut from what `tests/gui/workflow_in_window.py` has left in a window: `make docs-pictures`."""

from __future__ import annotations

import json
from pathlib import Path

from PIL import Image, ImageChops

ROOT = Path(__file__).resolve().parent.parent
SHOTS, PICTURES = ROOT / "build" / "gui" / "workflow", ROOT / "docs" / "pictures"
SIDEBARS = {
    "example": "02-example",
    "paused": "03-paused",
    "running": "04-running",
    "panel": "05-restyled",
    "frames": "10-frames",
    "looks": "11-looks",
    "tune": "13-tune",
    "out-of-date": "14-out-of-date",
    "smooth": "17-smooth",
    "measure": "18-measure",
    "takes": "19-takes",
    "compare": "21-compare",
    "disk": "22-disk",
    "failed": "24-failed",
}
TABS = 36  # pixels at the sidebar's right that name its tabs
BELOW = 12  # pixels that are left under the last panel
WIDE = 1000  # pixels of the filmstrip


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, shot in SIDEBARS.items():
        box = json.loads((SHOTS / f"{shot}.json").read_text())
        with Image.open(SHOTS / f"{shot}.png") as picture:
            keep(name, without_emptiness(picture.convert("RGB").crop(box)))
    filmstrip = ROOT / "demo" / "before-after.png"
    if filmstrip.is_file():
        with Image.open(filmstrip) as picture:
            high = round(picture.height * WIDE / picture.width)
            keep("before-after", picture.convert("RGB").resize((WIDE, high), Image.Resampling.LANCZOS))
    else:
        print("docs: demo/before-after.png is not here; `make demo` makes it")


def without_emptiness(sidebar: Image.Image) -> Image.Image:
    """Up to the end of the last panel: below it there is one colour."""
    panels = sidebar.crop((0, 0, sidebar.width - TABS, sidebar.height - BELOW))
    corner = panels.getpixel((panels.width // 2, panels.height - 1))
    box = ImageChops.difference(panels, Image.new("RGB", panels.size, corner)).getbbox()
    return sidebar.crop((0, 0, sidebar.width, min(sidebar.height, (box[3] if box else 0) + BELOW)))


def keep(name: str, picture: Image.Image) -> None:
    path = PICTURES / f"{name}.png"
    picture.save(path, optimize=True)  # with fewer colours greys get a tint, or a plot's lines become one
    print(f"docs: {path.relative_to(ROOT)}: {picture.width}x{picture.height}, {path.stat().st_size / 1000:.0f} kB")


main()
