"""Addresses as pages write them → absolute ones, and one key for the many spellings of each."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

__all__ = ["absolute", "is_image_path", "is_web", "key_of"]

_CONTROL = re.compile(r"[\t\r\n\0]")
_TRACKING = re.compile(r"utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|igshid")
_IMAGE_PATH = re.compile(r"\.(jpe?g|jfif|png|webp|gif|tiff?|bmp|avif)$", re.IGNORECASE)
_PORTS = {"http": ":80", "https": ":443"}


def absolute(base: str, reference: str) -> str:
    """Resolve `reference` against `base` as browsers do: blanks around it and line ends are
    dropped.

    Returns "" for what is no http(s) or data: address (javascript:, blob:, mailto:, file:).
    """
    text = _CONTROL.sub("", reference.strip())
    if text[:5].lower() == "data:":
        return text
    if not text or text.startswith("#"):
        return ""
    try:
        joined = urljoin(base, text)
        return joined if is_web(joined) else ""
    except ValueError:
        return ""


def is_web(url: str) -> bool:
    """Tell whether `url` is an http or https address with a host."""
    try:
        split = urlsplit(url)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.netloc)


def is_image_path(url: str) -> bool:
    """Tell whether the path of `url` ends like the file name of a picture."""
    return is_web(url) and _IMAGE_PATH.search(urlsplit(url).path) is not None


def key_of(url: str) -> str:
    """Return one key for addresses that mean the same: fragment and tracking fields dropped, query
    sorted, host in lower case without its default port; a data: address becomes its hash.
    """
    if url[:5].lower() == "data:":
        return "data:sha256-" + hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
    try:
        split = urlsplit(url)
        pairs = parse_qsl(split.query, keep_blank_values=True)
    except ValueError:
        return url
    kept = sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0].lower()))
    host = split.netloc.lower().removesuffix(_PORTS.get(split.scheme, "!"))
    return urlunsplit((split.scheme, host, split.path or "/", urlencode(kept), ""))
