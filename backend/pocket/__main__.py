"""Pocket's command line: draw pictures, train, evaluate and look; `python -m backend.pocket --help` lists it."""

import argparse
import sys
from pathlib import Path

from . import CHECKSUMS, data, verify


def _whole(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of 1 or more")
    return int(text)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return number


def _model(text: str) -> Path:
    if not (Path(text) / "model_index.json").is_file():
        raise argparse.ArgumentTypeError(f"there is no diffusers model in {text!r}")
    if (Path(text) / CHECKSUMS).is_file():
        try:
            verify(Path(text))
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error
    return Path(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m backend.pocket", description=__doc__)
    parser.add_argument("--cache", type=Path, default=Path("/tmp/pocket"), help="folder of pictures and training state")
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="draw the training pictures")
    draw.add_argument("--count", type=_whole, default=24000)
    draw.add_argument("--wide", action="store_true", help="wide pictures, which the denoiser learns beside the squares")
    train = commands.add_parser("train", help="train; without a part: encoder, decoder, unet and pack")
    train.add_argument("part", nargs="?", choices=("encoder", "decoder", "unet", "pack"), default=None)
    train.add_argument("--minutes", type=_positive, default=60.0, help="of wall clock, counted over restarts")
    train.add_argument(
        "--steps", type=_whole, help="instead of minutes: the same steps, and with one seed the same weights"
    )
    train.add_argument("--batch", type=_whole, default=None)
    train.add_argument("--rate", type=_positive, default=None)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--from", dest="start", type=_model, default=None, help="a diffusers folder to go on from")
    train.add_argument("--out", type=Path, default=None, help="where `pack` writes; the committed weights by default")
    evaluate = commands.add_parser("evaluate", help="print the figures of docs/pocket.md")
    evaluate.add_argument("--model", type=_model, default=None)
    evaluate.add_argument("--only", choices=("vae", "straw", "words", "text", "strength"), default=None)
    sheet = commands.add_parser("sheet", help="write contact sheets to look at")
    sheet.add_argument("--model", type=_model, default=None)
    return parser


def _train(options: argparse.Namespace) -> None:
    from . import train

    def plan(batch: int, rate: float) -> train.Plan:
        size, speed = options.batch or batch, options.rate or rate
        return train.Plan(options.cache, options.minutes, size, speed, options.seed, options.start, options.steps)

    parts = [options.part] if options.part else ["encoder", "decoder", "unet", "pack"]
    for part in parts:
        match part:
            case "encoder":
                train.prepare_encoder(plan(0, 0.0))
            case "decoder":
                train.train_decoder(plan(8, 1.2e-3))
            case "unet":
                train.train_unet(plan(16, 8e-4))
            case "pack":
                train.pack(options.cache, options.out)


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        data.writable(options.cache)
        match options.command:
            case "draw":
                size = data.WIDE if options.wide else (data.SIDE, data.SIDE)
                data.draw(options.cache / ("wide" if options.wide else "data"), options.count, size)
            case "train":
                _train(options)
            case "evaluate":
                from .evaluate import evaluate

                evaluate(options.model, options.cache, options.only)
            case "sheet":
                from .evaluate import sheets

                sheets(options.model, options.cache)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
