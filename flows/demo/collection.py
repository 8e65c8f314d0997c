"""The demo's collection file, with the address that the site really has."""

from __future__ import annotations

from importlib import resources

from flows.demo.site import HOST, PORT

__all__ = ["collection_text"]


def collection_text(url: str) -> str:
    """Give the demo's collection.toml (TOML text) with `url` as the address of its one source."""
    text = resources.files("flows.demo").joinpath("collection.toml").read_text(encoding="utf-8")
    return text.replace(f"http://{HOST}:{PORT}/", url)
