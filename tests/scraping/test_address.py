"""Only public addresses are asked, unless a source admits its own."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraping import FetchError, SourceError, WebSource
from scraping.address import AddressGuard, Scope, is_public, system_resolver


def reason(guard: AddressGuard, url: str, scope: Scope | None = None) -> str:
    try:
        guard.check(url, scope or Scope())
    except FetchError as error:
        return error.reason if url[:20] in str(error) else f"no address in: {error}"
    return "asked"


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.1.1"),
        *("100.64.0.1", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *(
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "fe80::1",
            "fe80::1%eth0",
        ),
        *("64:ff9b::7f00:1", "64:ff9b::5db8:d822", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"),
        *(
            "2001:db8::1",
            "fc00::1",
            "fd12::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "3fff::1",
            "5f00::1",
        ),
        *("", "localhost", "1.2.3", "0x7f.1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    """Rows 17 and 18, and every other block that is private, reserved or carries an address."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "2a00:1450::1", "::ffff:8.8.8.8"]
)
def test_public_addresses(address: str) -> None:
    """The open web, IPv4-mapped notation included."""
    assert is_public(address)


@given(st.ip_addresses())
def test_never_laxer_than_the_standard_library(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """What `ipaddress` calls not global is never public here."""
    mapped = getattr(address, "ipv4_mapped", None)
    assert not is_public(str(address)) or (mapped or address).is_global


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "[::1]", "169.254.169.254", "2130706433", "0x7f.1", "0177.0.0.1", "127.1"),
        *("localhost", "LOCALHOST.", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]"),
    ],
)
def test_every_notation_of_a_private_host(host: str) -> None:
    """Row 16: the host is resolved first, then judged."""
    assert reason(AddressGuard(system_resolver), f"http://{host}/") == "refused_address"


def test_a_mixed_answer_is_refused() -> None:
    """Row 20: one private address among public ones is enough."""
    guard = AddressGuard(lambda host, port: ["93.184.216.34", "10.0.0.1"])
    assert reason(guard, "http://mixed.test/") == "refused_address"


def test_a_name_is_resolved_once() -> None:
    """Row 19: a second answer of the name server is never asked for, let alone used."""
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    guard = AddressGuard(lambda host, port: answers.pop(0))
    for _ in range(3):
        assert guard.check("http://rebind.test/a", Scope()) == ("rebind.test", 80)
    assert guard.addresses("rebind.test", 80) == ("93.184.216.34",)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.test/", "asked"),
        ("https://a.test:443/", "asked"),
        ("http://a.test:22/", "refused_port"),
        ("http://a.test:8080/", "refused_port"),
        ("http://good@a.test/", "refused_address"),
        ("http://good:pw@127.0.0.1/", "refused_address"),
        ("http://:80/", "refused_address"),
        ("http://a.test:99999/", "refused_address"),
        ("http://[::1/", "refused_address"),
        ("file:///etc/passwd", "refused_scheme"),
        ("ftp://a.test/a.jpg", "refused_scheme"),
        ("gopher://a.test/", "refused_scheme"),
    ],
)
def test_ports_user_names_and_schemes(url: str, expected: str) -> None:
    """Rows 15 and 21."""
    assert reason(AddressGuard(lambda host, port: ["93.184.216.34"]), url) == expected


def test_a_source_admits_its_own_host_and_port_only() -> None:
    """allow_private opens one door: not the neighbour's port, nor another private host."""
    guard = AddressGuard(system_resolver)
    scope = WebSource("http://127.0.0.1:8765/", delay=0, allow_private=True).scope
    assert reason(guard, "http://127.0.0.1:8765/photos/a.jpg", scope) == "asked"
    assert reason(guard, "http://127.0.0.1/", scope) == "refused_address"
    assert reason(guard, "http://127.0.0.1:8766/", scope) == "refused_port"
    assert reason(guard, "http://127.0.0.2:8765/", scope) == "refused_port"
    assert reason(guard, "http://[::1]/", scope) == "refused_address"
    assert reason(guard, "http://127.0.0.1:8765/", Scope()) == "refused_port"


def test_a_public_source_may_have_a_port_of_its_own_but_no_private_address() -> None:
    """The port in the source's address is allowed; a private answer still is not."""
    guard = AddressGuard(lambda host, port: ["10.0.0.1" if "inside" in host else "93.184.216.34"])
    public = WebSource("http://a.test:8080/").scope
    assert reason(guard, "http://a.test:8080/x", public) == "asked"
    inside = WebSource("http://inside.test:8080/").scope
    assert reason(guard, "http://inside.test:8080/x", inside) == "refused_address"


def test_a_name_without_an_address() -> None:
    """A name that does not resolve is a host that is down, said in a sentence."""

    def fails(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    assert reason(AddressGuard(fails), "http://gone.test/") == "host_down"
    assert reason(AddressGuard(lambda host, port: []), "http://gone.test/") == "host_down"


@pytest.mark.parametrize(
    ("url", "options", "says"),
    [
        ("example.org", {}, "no web address"),
        ("ftp://example.org", {}, "no web address"),
        ("http://", {}, "no web address"),
        ("http://a.test:0/", {}, "no web address"),
        ("http://a.test:x/", {}, "no web address"),
        ("http://[::1", {}, "no web address"),
        ("http://a.test", {"delay": 0.2}, "at least 1 second"),
        ("http://a.test", {"delay": -1, "allow_private": True}, "delay"),
        ("http://a.test", {"delay": float("nan")}, "delay"),
        ("http://a.test", {"limit": 0}, "limit"),
        ("http://a.test", {"max_pages": 0}, "max_pages"),
    ],
)
def test_sources_that_make_no_sense(url: str, options: dict[str, float], says: str) -> None:
    """A source is checked when it is made; only a private one may ask faster than once a second."""
    with pytest.raises(SourceError, match=says):
        WebSource(url, **options)  # type: ignore[arg-type]


def test_origins() -> None:
    """Host in lower case; the port by the scheme where none is named."""
    assert WebSource("https://Site.TEST/a").origin == ("site.test", 443)
    assert WebSource("http://[::1]:8000/", allow_private=True).origin == ("::1", 8000)
