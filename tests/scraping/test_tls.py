"""A connection to a checked address still has to prove the name it was asked under."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from scraping import FetchError, Policy, Session
from scraping.address import Scope

QUICK = Policy(backoff=0)
PEM = serialization.Encoding.PEM


class SecureSite:
    """A server with a certificate for right.test, and the authority that signed it."""

    def __init__(self) -> None:
        self.port = 0
        self.authority = ""
        self.names: list[str | None] = []
        self.hosts: list[str] = []

    def fetch(self, session: Session, host: str) -> bytes:
        scope = Scope(host, self.port, private=True, delay=0)
        return session.fetch(f"https://{host}:{self.port}/", scope).body


def certificate(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    is_authority = name == issuer
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(by, hashes.SHA256())
    )


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[SecureSite]:
    made = SecureSite()
    root, own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = tmp_path / "authority.pem"
    authority.write_bytes(certificate("root", root, "root", root).public_bytes(PEM))
    made.authority = str(authority)
    chain = tmp_path / "right.pem"
    chain.write_bytes(
        own.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate("right.test", own, "root", root).public_bytes(PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    context.sni_callback = lambda sock, name, _: made.names.append(name)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            made.hosts.append(self.headers["Host"])
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"hi")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override]
            with context.wrap_socket(request, server_side=True) as wrapped:
                super().finish_request(wrapped, client_address)  # type: ignore[arg-type]

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that refuses the certificate hangs up."""

    server = Server(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def test_the_right_name_is_accepted(secure: SecureSite) -> None:
    """The name exists nowhere but in the certificate; SNI and Host carry it."""
    with Session(QUICK, resolve=here, verify=secure.authority) as session:
        assert secure.fetch(session, "right.test") == b"hi"
    assert set(secure.names) == {"right.test"}
    assert set(secure.hosts) == {f"right.test:{secure.port}"}


def test_another_name_is_refused(secure: SecureSite) -> None:
    """The same server under a name that its certificate does not hold for: asked no request."""
    with (
        Session(QUICK, resolve=here, verify=secure.authority) as session,
        pytest.raises(FetchError, match="certificate does not hold") as caught,
    ):
        secure.fetch(session, "wrong.test")
    assert caught.value.reason == "host_down"
    assert secure.names == ["wrong.test"]
    assert secure.hosts == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_address_is_no_name(secure: SecureSite, host: str) -> None:
    """That the connection goes to the address that was checked does not vouch for it."""
    with (
        Session(QUICK, resolve=here, verify=secure.authority) as session,
        pytest.raises(FetchError, match="certificate does not hold"),
    ):
        secure.fetch(session, host)
    assert secure.hosts == []


def test_an_unknown_authority_is_refused(
    secure: SecureSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the bundle only the public authorities are trusted, whatever the environment says."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, secure.authority)
    with (
        Session(QUICK, resolve=here) as session,
        pytest.raises(FetchError, match="certificate does not hold"),
    ):
        secure.fetch(session, "right.test")
    assert secure.hosts == []


def test_a_handshake_that_drips_meets_the_deadline() -> None:
    """Row 1, before there is any HTTP: one byte now and then renews every time-out but ours."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
                    for _ in range(60):
                        connection.sendall(b"\x03")
                        time.sleep(0.05)
                except OSError:
                    pass

        threading.Thread(target=drip, daemon=True).start()
        port = server.getsockname()[1]
        policy = Policy(connect_timeout=2, read_timeout=2, total_timeout=0.5, attempts=1, backoff=0)
        started = time.monotonic()
        with Session(policy, resolve=here) as session, pytest.raises(FetchError) as caught:
            session.fetch(
                f"https://drip.test:{port}/", Scope("drip.test", port, private=True, delay=0)
            )
    assert caught.value.reason in ("timeout", "deferred")
    assert time.monotonic() - started < 2
