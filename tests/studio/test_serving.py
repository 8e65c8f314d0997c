"""Who is let in, and what is said to those who are not."""

from unittest.mock import Mock

import pytest
import requests

from flows.cli import main
from studio import StudioError
from studio.serving import Access, serving
from tests.studio.conftest import studio_process


def test_a_password_keeps_others_out(tmp_path):
    """It comes from the environment, and the page is only there for those who know it."""
    secret = {"ATELIER_STUDIO_PASSWORD": "correct horse"}
    with studio_process(tmp_path, "--user", "ann", **secret) as url, requests.Session() as ann:
        # As a server in front passes it on, which has the certificate and a name of its own.
        front = {"Host": "studio.example", "Origin": "https://studio.example"}
        wrong = {"username": "ann", "password": "no"}
        assert requests.post(f"{url}login", wrong, headers=front, timeout=10).status_code == 400
        for path in ("config", "gradio_api/info", "gradio_api/file=/etc/passwd"):
            assert requests.get(url + path, timeout=10).status_code in (401, 404)
        photo = {"files": b"x"}
        assert requests.post(f"{url}gradio_api/upload", files=photo, timeout=10).status_code == 401
        wrong = {"username": "ann", "password": "battery staple"}
        assert ann.post(f"{url}login", data=wrong, timeout=10).status_code == 400
        right = {"username": "ann", "password": "correct horse"}
        assert ann.post(f"{url}login", data=right, timeout=10).status_code == 200
        assert ann.get(f"{url}config", timeout=10).status_code == 200


def test_elsewhere_it_does_not_start_without_a_password(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ATELIER_STUDIO_PASSWORD", raising=False)
    assert main(["studio", "--host", "0.0.0.0", "--no-browser"]) == 1
    assert "set a password in ATELIER_STUDIO_PASSWORD" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "data").exists()


def test_a_port_in_use_is_a_sentence(desk, monkeypatch):
    page = Mock(launch=Mock(side_effect=OSError("set the GRADIO_SERVER_PORT")))
    monkeypatch.setattr("studio.serving.make_page", lambda *given: page)
    for port, said in ((7000, "port 7000: in use"), (None, "the ports from 7860 on: in use")):
        with pytest.raises(StudioError, match=said), serving(desk, Access(port=port)):
            pass


def test_weights_that_are_not_there_are_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["studio", "--weights", "none.npz", "--no-browser"]) == 1
    assert "none.npz does not exist" in " ".join(capsys.readouterr().err.split())


def test_a_store_is_no_place_for_the_studio(capsys):
    """One sentence, before anything is started."""
    assert main(["studio", "--workspace", "s3://bucket/harbour", "--no-browser"]) == 1
    assert "s3://bucket/harbour is a store; name a folder" in " ".join(
        capsys.readouterr().err.split()
    )
