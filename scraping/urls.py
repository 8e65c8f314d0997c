"""Addresses as pages write them → absolute ones, and one key for the many spellings of each."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

__all__ = ["absolute", "is_data", "is_image_path", "is_web", "key_of", "site_of"]

_CONTROL = re.compile(r"[\t\r\n\0]")
_LONGEST = 8_000
"""Characters of an address that is asked for; servers refuse longer ones."""
_TRACKING = re.compile(
    r"utm_\w+|[dg]clid|[gw]braid|fbclid|msclkid|yclid|twclid|ttclid|mc_[ce]id|igsh(?:id)?"
    r"|_ga|_gl|mkt_tok|phpsessid|jsessionid|aspsessionid\w*"
)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_IMAGE_PATH = re.compile(r"\.(jpe?g|jfif|png|webp|gif|tiff?|bmp|avif)$", re.IGNORECASE)
# A wiki's page about a file is called like the file: /wiki/File:Sea.jpg, /wiki/Datei:Meer.jpg.
_WIKI_PAGE = re.compile(r"[^\W\d_]+(?:[ _][^\W\d_]+)?:[^/]*$")
_ESCAPES = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PORTS = {"http": 80, "https": 443}


def absolute(base: str, reference: str) -> str:
    """Resolve `reference` against `base` as browsers do: blanks around it and line ends are
    dropped, backslashes are slashes.

    Returns "" for what is no http(s) or data: address (javascript:, blob:, mailto:, file:), and for
    addresses of more than 8,000 characters that are no data: address.
    """
    text = reference.strip()
    if is_data(text):
        return _CONTROL.sub("", text)
    if not text or text.startswith("#") or len(text) > _LONGEST:
        return ""
    path, mark, query = _CONTROL.sub("", text).partition("?")
    try:
        joined = urljoin(base, path.replace("\\", "/") + mark + query)
        return joined if is_web(joined) and len(joined) <= _LONGEST else ""
    except ValueError:
        return ""


def is_data(url: str) -> bool:
    """Tell whether `url` holds its picture itself."""
    return url[:5].lower() == "data:"


def is_web(url: str) -> bool:
    """Tell whether `url` is an http or https address with a host."""
    try:
        split = urlsplit(url)
    except ValueError:
        return False
    return split.scheme in _PORTS and bool(split.netloc)


def is_image_path(url: str) -> bool:
    """Tell whether the path of `url` ends like the file name of a picture, a wiki's page about one
    aside.
    """
    if not is_web(url):
        return False
    path = urlsplit(url).path
    if _IMAGE_PATH.search(path) is None:
        return False
    return _WIKI_PAGE.match(unquote(path.rpartition("/")[2])) is None


def site_of(url: str) -> tuple[str, int]:
    """Return what addresses of one site share: the host without "www.", and its port, 0 for the
    web's usual two. ("", 0) where `url` has none.
    """
    try:
        split = urlsplit(url)
        port = split.port or 0
    except ValueError:
        return "", 0
    host = (split.hostname or "").rstrip(".").removeprefix("www.")
    return host, 0 if port in _PORTS.values() else port


def key_of(url: str) -> str:
    """Return one key for addresses that mean the same.

    Fragment, tracking fields and session numbers are dropped, the query is sorted by its names, the
    host in lower case and ASCII without its default port, the path without dot segments; percent
    escapes are written in one way, readable where they spell letters. A data: address becomes its
    hash. The key names a photo or page, it is not asked for.
    """
    if is_data(url):
        return "data:sha256-" + hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()
    return _web_key(url)


@lru_cache(maxsize=8192)
def _web_key(url: str) -> str:
    try:
        split = urlsplit(url)
        host = _host(split.scheme, split.netloc, split.hostname or "", split.port)
        pairs = parse_qsl(split.query, keep_blank_values=True, errors="surrogateescape")
    except ValueError:
        return url
    kept = [pair for pair in pairs if not _TRACKING.fullmatch(pair[0].lower())]
    # Values of one name stay in order: ?a=1&a=2 may be another page than ?a=2&a=1.
    query = urlencode(sorted(kept, key=lambda pair: pair[0]), errors="surrogateescape")
    path = _ESCAPES.sub(_escape, _SESSION.sub("", split.path)).replace(" ", "%20")
    return urlunsplit((split.scheme, host, _without_dots(path), query, ""))


def _host(scheme: str, netloc: str, name: str, port: int | None) -> str:
    user, at, _ = netloc.rpartition("@")
    name = name.rstrip(".")
    if not name.isascii() and len(name) < 254:
        with suppress(UnicodeError):
            name = name.encode("idna").decode("ascii")
    name = f"[{name}]" if ":" in name else name
    shown = "" if port is None or port == _PORTS.get(scheme) else f":{port}"
    return f"{user}{at}{name}{shown}"


def _escape(match: re.Match[str]) -> str:
    raw = bytes.fromhex(match[0].replace("%", ""))
    return "".join(_spelt(character) for character in raw.decode("utf-8", "surrogateescape"))


def _spelt(character: str) -> str:
    """A letter as itself, and as an escape in capitals what means something in an address."""
    if _UNRESERVED.fullmatch(character) or (not character.isascii() and character.isprintable()):
        return character
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape"))


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path or "/"
    parts: list[str] = []
    for part in path.split("/")[1:]:
        if part == "..":
            del parts[-1:]
        elif part != ".":
            parts.append(part)
    is_folder = path.endswith(("/.", "/.."))
    return "/" + "/".join([*parts, ""] if is_folder else parts)
