"""Pictures written into the page itself."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import unquote_to_bytes

from scraping.errors import FetchError

__all__ = ["decode_data_uri"]


def decode_data_uri(uri: str, cap: int) -> bytes:
    """Return the bytes of a data: address, at most `cap` of them.

    Raises `FetchError`: "too_many_bytes", or "not_image" for what is no valid data: address.
    """
    head, comma, payload = uri.partition(",")
    if not comma:
        raise FetchError("not_image", f"{uri[:60]}: is no complete data: address")
    encoded = head.lower().endswith(";base64")
    if len(payload) > (3 if not encoded else 2) * cap:
        raise _too_many(head, cap)
    data = unquote_to_bytes(payload)
    if encoded:
        data = _base64(head, data)
    if len(data) > cap:
        raise _too_many(head, cap)
    return data


def _base64(head: str, data: bytes) -> bytes:
    plain = b"".join(data.split()).rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise FetchError("not_image", f"{head}: its base64 cannot be decoded") from error


def _too_many(head: str, cap: int) -> FetchError:
    return FetchError(
        "too_many_bytes", f"{head[:60]}: has more than the {cap:,} bytes that are read"
    )
