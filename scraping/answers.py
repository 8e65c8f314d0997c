"""What an answer, or none, means in one word of the closed list."""

from __future__ import annotations

from datetime import datetime

import requests

from scraping.deadline import Deadline
from scraping.errors import FetchError
from scraping.politeness import retry_after_seconds

__all__ = ["CONDITIONS", "check_status", "header_values", "refusal"]

CONDITIONS = ("If-None-Match", "If-Modified-Since")
"""The headers that ask for an answer only if it would be another than before."""

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


def check_status(response: requests.Response, now: datetime) -> None:
    """Raise `FetchError` for every status but 200: "unchanged" for the answer to a condition,
    "blocked" for a challenge, else "http_NNN".
    """
    code, url = response.status_code, response.url
    if code == 200:
        return
    if code == 304 and not response.request.headers.keys().isdisjoint(CONDITIONS):
        raise FetchError("unchanged", f"{url}: has not changed since it was taken")
    if code == 403 and _is_challenge(response):
        raise FetchError("blocked", f"{url}: the site answers with a page that keeps programs out")
    raise FetchError(
        f"http_{code}",
        f"{url}: the server answers {code} {response.reason or ''}".rstrip(),
        transient=code in _PASSING,
        retry_after=retry_after_seconds(response.headers.get("Retry-After"), now),
    )


def _is_challenge(response: requests.Response) -> bool:
    kind = response.headers.get("Content-Type", "").lower()
    return "html" in kind or "cf-mitigated" in response.headers


def header_values(response: requests.Response, name: str) -> list[str]:
    """Return every value of a header that may be sent more than once, unjoined."""
    raw = getattr(response.raw, "headers", None)
    if raw is not None and hasattr(raw, "getlist"):
        return list(raw.getlist(name))
    value = response.headers.get(name)
    return [value] if value else []


def refusal(error: Exception, url: str, deadline: Deadline) -> FetchError:
    """Name what kept a request from being answered: "timeout" or "host_down"."""
    if isinstance(error, requests.Timeout) or deadline.passed:
        return FetchError("timeout", f"{url}: the server does not answer in time", transient=True)
    if isinstance(error, requests.exceptions.SSLError):
        return FetchError("host_down", f"{url}: the server's certificate does not hold for it")
    if isinstance(error, requests.exceptions.InvalidURL | ValueError) and not isinstance(
        error, requests.ConnectionError
    ):
        return FetchError("refused_address", f"{url}: is no address that can be asked")
    return FetchError(
        "host_down",
        f"{url}: no connection to the server; check the address and that the site is up",
        transient=True,
    )
