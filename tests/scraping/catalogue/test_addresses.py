"""Rows 14–22: addresses that lead inside, whatever they are spelled like."""

from __future__ import annotations

from pathlib import Path

import pytest

from scraping.address import system_resolver
from tests.scraping.catalogue.outcome import GOOD
from tests.scraping.catalogue.pictures import photo
from tests.scraping.catalogue.rows import Row, catalogued
from tests.scraping.catalogue.town import Town, whole
from tests.scraping.catalogue.web import BAD, PUBLIC, SITE, Answer, Web

LATER = "refused at every hop"
NAMED = ("site.test", "bad.test", GOOD)


def resolve(host: str, port: int) -> list[str]:
    """The test's own hosts are public; for numbers in disguise the system is asked, as in life."""
    return [PUBLIC] if host in NAMED else system_resolver(host, port)


def check_refused(row: Row, net: Web, *urls: str) -> None:
    """Each of `urls` is refused with the row's word; only the test's own hosts are asked."""
    outcome = net.visit(*urls, resolve=resolve)
    assert outcome.words == row.words * len(urls)
    assert net.hosts() <= set(NAMED)


@catalogued(
    Row(14, "R", "a redirect to 127.0.0.1", "refused_address", "http://127.0.0.1/", LATER),
    Row(
        14,
        "R",
        "a redirect to 169.254.169.254",
        "refused_address",
        "http://169.254.169.254/latest/meta-data/",
        LATER,
    ),
    Row(14, "R", "a redirect to [::1]", "refused_address", "http://[::1]/", LATER),
    Row(14, "R", "a redirect to //localhost", "refused_address", "//localhost/a.jpg", LATER),
    Row(15, "R", "a redirect to file:", "refused_scheme", "file:///etc/passwd", LATER),
    Row(15, "R", "a redirect to ftp:", "refused_scheme", "ftp://bad.test/a.jpg", LATER),
    Row(15, "R", "a redirect to data:", "refused_scheme", "data:image/png,x", LATER),
    Row(16, "R", "a redirect to //2130706433", "refused_address", "//2130706433/", LATER),
    Row(21, "R", "a redirect to port 22", "refused_port", "http://bad.test:22/", LATER),
    Row(21, "R", "a redirect to me@bad.test", "refused_address", "http://me@bad.test/", LATER),
)
def test_a_redirect_that_leads_elsewhere(row: Row, net: Web) -> None:
    """Refused where it leads there, at the first hop and at a later one; nothing is retried."""
    net.has(BAD, Answer(b"", 302, {"Location": row.setup}))
    net.has("https://bad.test/hop.jpg", Answer(b"", 301, {"Location": "/photo.jpg"}))
    check_refused(row, net, BAD, "https://bad.test/hop.jpg")
    assert len(net.times(BAD)) == 2


@catalogued(
    *(
        Row(16, "R", f"http://{host}/", "refused_address", host, "resolved first")
        for host in ("2130706433", "0x7f.1", "0177.0.0.1", "127.1", "①②⑦.⓪.⓪.①")
    ),
    *(
        Row(17, "R", f"http://{host}/", "refused_address", host)
        for host in (
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[fec0::1]",
            "224.0.0.1",
            "192.0.0.8",
            "[::ffff:127.0.0.1]",
        )
    ),
    Row(18, "R", "http://100.64.0.1/", "refused_address", "100.64.0.1"),
    Row(21, "R", "http://bad.test:22/", "refused_port", "bad.test:22"),
    Row(21, "R", "http://bad.test:8080/", "refused_port", "bad.test:8080"),
    Row(21, "R", "http://good@127.0.0.1/", "refused_address", "good@127.0.0.1"),
    Row(21, "R", "http://good:pw@bad.test/", "refused_address", "good:pw@bad.test"),
)
def test_an_address_on_the_page(row: Row, net: Web) -> None:
    """Refused before a connection is made, whatever the spelling."""
    check_refused(row, net, f"http://{row.setup}/photo.jpg")


@catalogued(
    Row(17, "R", "a name that is 64:ff9b::7f00:1", "refused_address", ["64:ff9b::7f00:1"]),
    Row(17, "R", "a name that is 2002:7f00:1::", "refused_address", ["2002:7f00:1::"]),
    Row(18, "R", "a name that is 100.64.0.1", "refused_address", ["100.64.0.1"]),
    Row(20, "R", "a name that is public and 10.0.0.1", "refused_address", [PUBLIC, "10.0.0.1"]),
    Row(20, "R", "a name that is public and ::1", "refused_address", [PUBLIC, "::1"]),
)
def test_a_name_with_a_private_answer(row: Row, net: Web) -> None:
    """One private answer among public ones is enough."""
    net.names["bad.test"] = row.setup
    assert net.visit(BAD).words == row.words
    assert "bad.test" not in net.hosts()


@catalogued(
    Row(
        19,
        "H",
        "a name that is public, then 127.0.0.1",
        "taken",
        (PUBLIC, "127.0.0.1"),
        "asked once; the checked address is the one connected to",
    )
)
def test_a_name_that_changes_its_answer(row: Row, town: Town) -> None:
    """The second answer is never asked for, let alone used; the Host header keeps the name."""
    answers = list(row.setup)
    lookups: list[str] = []

    def changing(host: str, port: int) -> list[str]:
        lookups.append(host)
        if host == "bad.test":
            return [answers.pop(0)]
        return ["127.0.0.1" if host == "127.0.0.1" else PUBLIC]

    for name in "ab":
        town.paths[f"bad.test/{name}.jpg"] = whole(photo(ord(name)))
    outcome = town.visit(*(f"http://bad.test/{name}.jpg" for name in "ab"), resolve=changing)
    assert outcome.words == row.words * 2
    assert lookups.count("bad.test") == 1
    assert (PUBLIC, 80) in town.dialled
    assert ("127.0.0.1", 80) not in town.dialled


@catalogued(Row(22, "H", "HTTP_PROXY in the environment", "taken", None, "ignored"))
def test_a_proxy_in_the_environment(row: Row, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is sent through it."""
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    town.paths["bad.test/photo.jpg"] = whole(photo(1))
    assert town.visit("http://bad.test/photo.jpg").words == row.words
    assert ("127.0.0.1", 9) not in town.dialled


@catalogued(Row(22, "R", ".netrc with a password for the host", "taken", None, "ignored"))
def test_a_password_file(
    row: Row, net: Web, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No request carries a password, nor goes through a proxy that the environment names."""
    (tmp_path / ".netrc").write_text("default login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9/")
    net.has(BAD, Answer(photo(1)))
    assert net.visit(BAD).words == row.words
    assert SITE in [asked.url for asked in net.asked]
    for asked in net.asked:
        assert not {"authorization", "cookie"} & {name.lower() for name in asked.headers}
        assert not asked.settings.get("proxies")
