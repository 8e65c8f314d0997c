"""Open collections: photos under free licences, and paintings in the public domain, without a key.

from scraping.collections import collection_source
source = collection_source("openverse", "harbour", limit=20)
"""

from __future__ import annotations

import difflib

from scraping.collections.artic import Artic
from scraping.collections.cleveland import Cleveland
from scraping.collections.commons import Commons
from scraping.collections.desk import Ledger
from scraping.collections.met import Met
from scraping.collections.nasa import Nasa
from scraping.collections.openverse import Openverse
from scraping.collections.rijksmuseum import Rijksmuseum
from scraping.collections.source import OpenCollection
from scraping.errors import SourceError
from scraping.sources import Source

__all__ = ["COLLECTIONS", "Ledger", "OpenCollection", "collection_source"]

COLLECTIONS: dict[str, type[OpenCollection]] = {
    kind.slug: kind for kind in (Openverse, Commons, Nasa, Cleveland, Rijksmuseum, Artic, Met)
}
"""Every open collection by its name."""


def collection_source(name: str, query: str = "", limit: int = 50) -> Source:
    """Return the source of at most `limit` pictures that the collection `name` has for `query`.

    Raises `SourceError` for a name that is none, and names those there are.
    """
    kind = COLLECTIONS.get(name)
    if kind is None:
        near = difflib.get_close_matches(name, COLLECTIONS, n=1)
        known = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(COLLECTIONS)}"
        raise SourceError(f"{name!r} is no open collection: {known}")
    return kind(query, limit)
