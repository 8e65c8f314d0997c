"""The style images of a folder, and what its `styles.toml` says of them.

`styles.toml` has a table a style, named like the file without its extension:

    [mosaic]
    title = "Mosaic"
    licence = "CC0-1.0"
    attribution = "the makers"
    creator = "Ann"
    licence_url = "https://creativecommons.org/publicdomain/zero/1.0/"
    landing_url = "https://example.org/mosaic"
"""

from __future__ import annotations

import difflib
import glob
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from flows.errors import StyleError
from flows.files import file_sha256, write_whole

__all__ = [
    "METADATA",
    "SUFFIXES",
    "StyleImage",
    "add_metadata",
    "add_style",
    "import_styles",
    "list_styles",
    "resolve_styles",
]

METADATA = "styles.toml"
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
_KEYS = ("title", "licence", "attribution", "creator", "licence_url", "landing_url")


@dataclass(frozen=True)
class StyleImage:
    """One style image; `sha256` is of its file's bytes."""

    name: str
    path: Path
    sha256: str
    title: str = ""
    licence: str = ""
    attribution: str = ""
    creator: str = ""
    licence_url: str = ""
    landing_url: str = ""


def list_styles(folder: Path) -> list[StyleImage]:
    """The style images of `folder`, by name.

    Where two files differ in their extension only, the later keeps its extension in its name.
    Raises `StyleError` when `styles.toml` cannot be read.
    """
    metadata = _metadata(folder)
    styles: dict[str, StyleImage] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.suffix.lower() in SUFFIXES and not path.name.startswith(".") and path.is_file():
            name = path.name if path.stem in styles else path.stem
            styles[name] = _style(path, name, metadata)
    return list(styles.values())


def resolve_styles(
    available: Sequence[StyleImage], entries: Sequence[str], base: Path
) -> list[StyleImage]:
    """The styles that `entries` name: names (or patterns of names) in the workspace, files, globs.

    Files and globs are relative to `base`; no entries mean all that is `available`. A file whose
    name is taken by another picture is called `<name>-<start of its hash>`.
    Raises `StyleError` for an entry that names nothing, with a suggestion.
    """
    chosen: dict[str, StyleImage] = {}
    for style in available if not entries else ():
        chosen.setdefault(style.sha256, style)
    for entry in entries:
        for style in _matches(available, entry, base):
            chosen.setdefault(style.sha256, style)
    return _renamed(chosen.values(), available)


def import_styles(folder: Path, styles: Iterable[StyleImage]) -> list[StyleImage]:
    """Copy the styles that lie outside the styles `folder` into it; returns all, as they are now.

    Raises `StyleError` for a file that is no picture.
    """
    present = {style.sha256: style for style in list_styles(folder)}
    imported = []
    for style in styles:
        known = present.get(style.sha256)
        imported.append(known or _import(folder, style))
    return imported


def add_style(
    folder: Path,
    name: str,
    data: bytes,
    *,
    title: str = "",
    licence: str = "",
    attribution: str = "",
    creator: str = "",
    licence_url: str = "",
    landing_url: str = "",
) -> StyleImage:
    """Put the picture `data` into `folder` as the style `name`, after a full decode.

    Adding the same picture under the same name again changes nothing.
    Raises `StyleError` when the bytes are no picture, or `name` is taken by another one.
    """
    from images import ImageError, decode

    name = _plain(name)
    try:
        decoded = decode(data)
    except ImageError as error:
        raise StyleError(f"{name} cannot be a style: {error}") from error
    path = folder / f"{name}{decoded.extension}"
    _refuse_taken(folder, name, path, data)
    write_whole(path, data)
    said = (title, licence, attribution, creator, licence_url, landing_url)
    if any(said):
        _save_metadata(folder, name, dict(zip(_KEYS, said, strict=True)))
    return _style(path, name, _metadata(folder))


def add_metadata(folder: Path, text: bytes) -> None:
    """Add what the `text` of a `styles.toml` says of styles that the one in `folder` has not."""
    known = _metadata(folder)
    for name, said in tomllib.loads(text.decode()).items():
        if name not in known:
            _save_metadata(folder, name, {key: str(said.get(key, "")) for key in _KEYS})


def _style(path: Path, name: str, metadata: Mapping[str, Mapping[str, Any]]) -> StyleImage:
    said = metadata.get(name) or metadata.get(path.stem) or {}
    words = {key: str(said.get(key, "")) for key in _KEYS}
    words["title"] = words["title"] or path.stem.replace("-", " ").replace("_", " ")
    return StyleImage(name=name, path=path, sha256=file_sha256(path), **words)


def _matches(available: Sequence[StyleImage], entry: str, base: Path) -> list[StyleImage]:
    named = [style for style in available if style.name == entry]
    if named:
        return named
    if glob.has_magic(entry):
        found = [style for style in available if fnmatchcase(style.name, entry)]
        names = glob.glob(entry, root_dir=base, recursive=True)  # noqa: PTH207 - may be absolute
        paths = sorted(base / name for name in names)
        found += [_file(path) for path in paths if path.suffix.lower() in SUFFIXES]
        if found:
            return found
    elif (base / entry).is_file():
        return [_file(base / entry)]
    raise StyleError(_nothing(available, entry, base))


def _file(path: Path) -> StyleImage:
    return _style(path, path.stem, _metadata(path.parent))


def _nothing(available: Sequence[StyleImage], entry: str, base: Path) -> str:
    names = [style.name for style in available]
    near = difflib.get_close_matches(entry, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"the workspace has {', '.join(names)}."
    if not names:
        hint = "the workspace has no styles; add some with: atelier styles add FILE"
    return f"There is no style, file or match in {base} for {entry!r}: {hint}"


def _renamed(styles: Iterable[StyleImage], available: Sequence[StyleImage]) -> list[StyleImage]:
    taken = {style.name: style.sha256 for style in available}
    renamed = []
    for style in styles:
        name = style.name
        if taken.setdefault(name, style.sha256) != style.sha256:
            name = f"{name}-{style.sha256[:6]}"
        renamed.append(replace(style, name=name))
    return renamed


def _import(folder: Path, style: StyleImage) -> StyleImage:
    try:
        data = style.path.read_bytes()
    except OSError as error:
        message = f"The style {style.path} cannot be read ({error.strerror}); check the file."
        raise StyleError(message) from error
    return add_style(
        folder,
        style.name,
        data,
        title=style.title,
        licence=style.licence,
        attribution=style.attribution,
        creator=style.creator,
        licence_url=style.licence_url,
        landing_url=style.landing_url,
    )


def _refuse_taken(folder: Path, name: str, path: Path, data: bytes) -> None:
    for other in folder.glob(f"{glob.escape(name)}.*"):
        same = other == path and other.read_bytes() == data
        if other.suffix.lower() in SUFFIXES and not same:
            raise StyleError(
                f"There is already another style {name!r} ({other}); choose another name."
            )


def _plain(name: str) -> str:
    plain = "".join(c if c.isalnum() or c in "-_" else "-" for c in name).strip("-_")
    return plain[:80] or "style"


def _metadata(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / METADATA
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        why = " ".join(str(error).split())
        raise StyleError(f"{path} cannot be read ({why}); correct it or remove it.") from error
    return {name: table for name, table in parsed.items() if isinstance(table, dict)}


def _save_metadata(folder: Path, name: str, said: Mapping[str, str]) -> None:
    """Add a table at the end; what a person wrote before it, comments too, stays as it is.

    A table that a removed style of this name has left is kept: it is the person's word.
    """
    path = folder / METADATA
    if name in _metadata(folder):
        return
    before = path.read_text(encoding="utf-8").rstrip() + "\n\n" if path.exists() else ""
    lines = [f"[{_quoted(name)}]"]
    lines += [f"{key} = {_quoted(said[key])}" for key in _KEYS if said.get(key)]
    write_whole(path, (before + "\n".join(lines) + "\n").encode())


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's, DEL aside."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
