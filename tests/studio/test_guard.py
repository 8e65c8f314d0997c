"""What stands before Gradio: nothing but the page's own requests and files passes."""

import asyncio
import json

import pytest

from studio.guard import Guard


@pytest.fixture
def ask(tmp_path):
    """Sends a request through a guard; returns the status, 200 where it passed, and its headers."""
    (tmp_path / "own" / "folder").mkdir(parents=True)
    (tmp_path / "own" / "picture.png").write_bytes(b"x")
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "own" / "link").symlink_to(tmp_path / "secret")

    def run(path, method="GET", body=b"", headers=()):
        sent = []

        async def app(scope, receive, send):
            if method == "POST":
                assert (await receive())["body"] == body
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path.replace("OWN", str(tmp_path / "own")).replace("TMP", str(tmp_path)),
            "headers": [(b"host", b"127.0.0.1:7860"), *headers],
        }
        guard = Guard(app, tmp_path / "own", ("127.0.0.1", "localhost"))
        asyncio.run(guard(scope, receive, send))
        return sent[0]["status"], dict(sent[0]["headers"])

    return run


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/config", 200),
        ("/assets/index.js", 200),
        ("/gradio_api/file=OWN/picture.png", 200),
        ("/gradio_api/file=TMP/secret", 404),
        ("/gradio_api/file=OWN/../secret", 404),
        ("/gradio_api/file=OWN/link", 404),
        ("/gradio_api/file=OWN/folder", 404),
        ("/gradio_api/file=/etc/passwd", 404),
        ("/gradio_api/file=own/picture.png", 404),
        ("/gradio_api/file=http://example.org/x.png", 404),
        ("/gradio_api/proxy=https://example.org/", 404),
        ("/gradio_api/file/etc/passwd", 404),
        ("/monitoring", 404),
        ("/gradio_api/vibe-edit", 404),
        ("/gradio_api/process_recording", 404),
        ("/gradio_api/component_server", 404),
    ],
)
def test_only_what_the_page_needs_passes(ask, path, status):
    assert ask(path)[0] == status


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ([1, "text", None], 200),
        ([{"path": "OWN/picture.png"}], 200),
        ([{"path": "OWN/gone.png"}], 200),
        ([{"path": "OWN/folder"}], 400),
        ([{"path": "TMP/secret"}], 400),
        ([{"path": "http://example.org/x.png"}], 400),
        ([[{"image": {"path": "/etc/passwd"}}]], 400),
        ([{"path": ["/etc/passwd"]}], 400),
    ],
)
def test_a_call_names_no_file_but_its_own(ask, tmp_path, data, status):
    text = json.dumps({"data": data, "session_hash": "mine"})
    body = text.replace("OWN", str(tmp_path / "own")).replace("TMP", str(tmp_path)).encode()
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/call/paint"):
        assert ask(path, "POST", body)[0] == status


def test_other_names_and_other_pages_are_refused(ask):
    """A name of the web that points here, and a form on somebody else's page."""
    assert ask("/", headers=[(b"host", b"evil.example:7860")])[0] == 421
    other = [(b"origin", b"https://evil.example")]
    assert ask("/gradio_api/upload", "POST", b"x", other)[0] == 403
    own = [(b"origin", b"http://127.0.0.1:7860")]
    assert ask("/gradio_api/upload", "POST", b"x", own)[0] == 200


@pytest.mark.parametrize("name", [b"[", b"[::1", b"", b"127.0.0.1@evil.example"])
def test_a_name_that_is_none_is_refused(ask, name):
    """In a sentence, as any other: no stack trace in the terminal."""
    assert ask("/", headers=[(b"host", name)])[0] == 421
    assert ask("/gradio_api/upload", "POST", b"x", [(b"origin", b"http://" + name)])[0] == 403


@pytest.mark.parametrize("visit", [None, "", 0, ["mine"]])
def test_a_call_says_whose_it_is(ask, visit):
    """Those who do not would have one visit together, with each other's pictures."""
    body = json.dumps({"data": [], "session_hash": visit}).encode()
    for path in ("/gradio_api/queue/join", "/gradio_api/run/own_save"):
        assert ask(path, "POST", body)[0] == 400


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b" " * 1_000_001])
def test_a_call_that_is_none_is_refused(ask, body):
    assert ask("/gradio_api/queue/join", "POST", body)[0] == 400


def test_the_browser_is_told_to_load_nothing_from_elsewhere(ask):
    policy = ask("/")[1][b"content-security-policy"].decode()
    assert "default-src 'self'" in policy
    assert "http" not in policy
