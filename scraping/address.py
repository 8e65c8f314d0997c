"""Which addresses may be asked: public ones, on the web's ports, and what a source admits."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from scraping.errors import FetchError
from scraping.politeness import POLITE_DELAY

__all__ = ["AddressGuard", "Resolver", "Scope", "is_public", "system_resolver"]

Resolver = Callable[[str, int], Sequence[str]]
"""(host, port) → every address it has, as text; raises OSError where there is none."""

_PORTS = {"http": 80, "https": 443}
# What Python's `is_global` lets through, or judged differently in one version or another.
_CLOSED = tuple(
    ipaddress.ip_network(block)
    for block in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "192.0.0.0/24",  # protocol assignments, some marked global
        "192.88.99.0/24",  # 6to4 relays
        "198.18.0.0/15",  # benchmarks
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "64:ff9b::/96",  # these carry an IPv4 address inside
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/23",  # Teredo and other assignments
        "3fff::/20",  # documentation
        "fec0::/10",  # site-local
        "ff00::/8",
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True)
class Scope:
    """What one source admits beyond the public web: its own `host` and `port`, private or not.

    Addresses that begin with one of `api` belong to a documented interface for programs, asked for
    a person's own query: robots.txt, which speaks to crawlers, is not asked about them. Pictures
    and pages never fall under it.
    """

    host: str = ""
    port: int = 0
    private: bool = False
    delay: float = POLITE_DELAY
    api: tuple[str, ...] = ()

    def owns(self, host: str, port: int) -> bool:
        """Tell whether host and port are the source's own."""
        return (host, port) == (self.host, self.port)

    def admits(self, host: str, port: int) -> bool:
        """Tell whether host and port are the source's own and may be private."""
        return self.private and self.owns(host, port)


def is_public(address: str) -> bool:
    """Tell whether `address`, IPv4 or IPv6 as text, is reachable by everybody and by nothing else.

    Stricter than `ipaddress`' is_global: addresses that carry another one inside (IPv4-mapped,
    NAT64, 6to4, Teredo) are judged by it or refused, as are multicast and every reserved block.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed not in _GLOBAL_UNICAST:
            return False
    closed = any(parsed in block for block in _CLOSED if block.version == parsed.version)
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved and not closed


def system_resolver(host: str, port: int) -> list[str]:
    """Every address that the operating system knows for `host`, in its order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class AddressGuard:
    """Checks where a request would go, and remembers the answers: what was checked is connected to.

    A name is resolved once for the life of the guard, by however many threads it is asked for, so
    a second, different answer of its name server is never used. The private answers are judged
    again for every scope.
    """

    def __init__(self, resolve: Resolver = system_resolver) -> None:
        self._resolve = resolve
        self._answers: dict[tuple[str, int], tuple[str, ...]] = {}
        self._locks: defaultdict[tuple[str, int], threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def target(self, url: str, scope: Scope) -> tuple[str, int]:
        """Return host and port of `url`, unresolved; raise `FetchError` where its text alone says
        that it may not be asked.

        Reasons: refused_scheme, refused_address (also for user-info), refused_port.
        """
        parts = self._parts(url)
        host, port = _bare(parts.host or ""), parts.port or _PORTS[parts.scheme or "http"]
        if port not in _PORTS.values() and not scope.owns(host, port):
            raise FetchError("refused_port", f"{url}: port {port} is not asked, only 80 and 443")
        return host, port

    def check(self, url: str, scope: Scope) -> tuple[str, int]:
        """Return host and port of `url`; raise `FetchError` where it may not be asked.

        Reasons: those of `target`, also for what its addresses are, and host_down.
        """
        host, port = self.target(url, scope)
        answers = self.addresses(host, port, url)
        if scope.admits(host, port):
            return host, port
        if not all(is_public(address) for address in answers):
            raise FetchError(
                "refused_address",
                f"{url}: {host} is a private or reserved address ({', '.join(answers)}); "
                "only a source with allow_private = true (or --allow-private) may ask its own",
            )
        return host, port

    def addresses(self, host: str, port: int, url: str = "") -> tuple[str, ...]:
        """Return the remembered answers for `host`, asking the resolver the first time."""
        key = (_bare(host), port)
        if key not in self._answers:
            with self._lock:
                lock = self._locks[key]
            with lock:
                if key not in self._answers:
                    self._answers[key] = self._ask(*key, url or host)
        return self._answers[key]

    def delay(self, host: str, port: int, scope: Scope) -> float:
        """Return the seconds between two requests to a host that was checked: less than a polite
        second only where the source's own host is private indeed.
        """
        own = scope.admits(host, port)
        if own and not all(is_public(address) for address in self.addresses(host, port)):
            return scope.delay
        return max(scope.delay, POLITE_DELAY)

    def _ask(self, host: str, port: int, url: str) -> tuple[str, ...]:
        try:
            answers = tuple(self._resolve(host, port))
        except (OSError, UnicodeError) as error:
            raise FetchError(
                "host_down",
                f"{url}: the host {host} has no address ({error}); "
                "check its spelling and the network",
                transient=True,
            ) from error
        if not answers:
            raise FetchError("host_down", f"{url}: the host {host} has no address", transient=True)
        return answers

    def _parts(self, url: str) -> Url:
        scheme = url.partition(":")[0].lower()
        if scheme not in _PORTS:
            raise FetchError("refused_scheme", f"{url}: only http and https are asked")
        try:
            parts = parse_url(url)
        except LocationParseError as error:
            raise FetchError("refused_address", f"{url[:200]}: is no web address") from error
        if parts.auth is not None:
            raise FetchError("refused_address", f"{url}: addresses with a user name are not asked")
        if not parts.host:
            raise FetchError("refused_address", f"{url[:200]}: names no host")
        return parts


def _bare(host: str) -> str:
    return host.strip("[]").rstrip(".").lower()
