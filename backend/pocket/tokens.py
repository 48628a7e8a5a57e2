"""Pocket's own vocabulary in CLIP's files: a token for each of the world's words, and bytes for all others."""

import json
from itertools import pairwise
from pathlib import Path

from transformers import CLIPTokenizer

from .captions import vocabulary

START, END = "<|startoftext|>", "<|endoftext|>"
LENGTH = 32


def byte_letters() -> list[str]:
    """The 256 printable stand-ins for bytes that byte-level BPE uses, as GPT-2 fixed them."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = [b for b in range(256) if b not in kept]
    return [chr(b) for b in kept] + [chr(256 + i) for i in range(len(moved))]


def merges(words: list[str]) -> list[tuple[str, str]]:
    """The merges that turn each word into one token, in an order in which none disturbs an earlier word."""
    ranks: dict[tuple[str, str], int] = {}
    for word in words:
        while len(parts := _apply(word, ranks)) > 1:
            ranks[parts[0], parts[1]] = len(ranks)
    return list(ranks)


def _apply(word: str, ranks: dict[tuple[str, str], int]) -> list[str]:
    parts = [*word[:-1], word[-1] + "</w>"]
    while True:
        known = [pair for pair in pairwise(parts) if pair in ranks]
        if not known:
            return parts
        first = min(known, key=lambda pair: ranks[pair])
        merged, i = [], 0
        while i < len(parts):
            if tuple(parts[i : i + 2]) == first:
                merged.append(parts[i] + parts[i + 1])
                i += 2
            else:
                merged.append(parts[i])
                i += 1
        parts = merged


def write(folder: Path) -> None:
    """Write vocab.json and merges.txt."""
    letters, pairs = byte_letters(), merges(vocabulary())
    entries = [*letters, *(letter + "</w>" for letter in letters), *(a + b for a, b in pairs), START, END]
    folder.mkdir(parents=True, exist_ok=True)
    numbers = {entry: number for number, entry in enumerate(dict.fromkeys(entries))}
    (folder / "vocab.json").write_text(json.dumps(numbers, ensure_ascii=False), encoding="utf-8")
    lines = ["#version: 0.2", *(f"{a} {b}" for a, b in pairs)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's own tokenizer class on Pocket's files."""
    write(folder)
    return CLIPTokenizer(
        str(folder / "vocab.json"),
        str(folder / "merges.txt"),
        bos_token=START,
        eos_token=END,
        unk_token=END,
        pad_token=END,
        model_max_length=LENGTH,
    )
