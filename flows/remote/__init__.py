"""A workspace in an object store: the store is the truth, a folder of the user's cache mirrors it.

The pipeline works on the mirror as on any folder; what has to be shared is pulled before and put
into the store in the order of the promises: picture, row, manifest.
"""

from __future__ import annotations

from flows.remote.place import is_url, mirror_folder, plain_url

__all__ = ["is_url", "mirror_folder", "plain_url"]
