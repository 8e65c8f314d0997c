"""The studio in a real browser, with the real engine at 64 pixels, and by program.

No request may leave this machine, and the page may log no error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from flows.manifest import read_manifest
from images import read_provenance
from tests.studio.conftest import ROOT, chromium, picture

SECONDS = 60_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium with a webcam that shows a test picture."""
    options = [
        "--no-sandbox",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=options)
        yield opened
        opened.close()


@contextmanager
def visitor(browser: Browser, url: str, **how: object) -> Iterator[Page]:
    """A page of somebody's own; afterwards it has asked nothing of the world."""
    context: BrowserContext = browser.new_context(permissions=["camera"], **how)  # type: ignore[arg-type]
    context.set_default_timeout(SECONDS)
    left: list[str] = []
    errors: list[str] = []

    def watch(route: object) -> None:
        address = route.request.url  # type: ignore[attr-defined]
        if address.startswith(("http://127.0.0.1", "data:", "blob:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            left.append(address)
            route.abort()  # type: ignore[attr-defined]

    context.route("**/*", watch)
    page = context.new_page()
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    page.wait_for_selector("#photo img")
    yield page
    context.close()
    assert left == []
    # The refusal of a file that is too large is an answer, and browsers log those.
    assert [text for text in errors if "413" not in text] == []


def upload(page: Page, name: str, data: bytes) -> None:
    """Put a photo in the place of the one that is shown."""
    remove = page.locator("#photo").get_by_label("Remove Image")
    if remove.is_visible():
        remove.click()
    page.locator("#photo input[type=file]").set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": data}
    )


def set_up(page: Page, steps: str = "4", size: int = 64) -> None:
    """A small picture of few steps."""
    page.locator("#size input[type=number]").fill(str(size))
    page.locator("#size input[type=number]").press("Tab")
    if not page.locator("#key-steps textarea, #key-steps input").first.is_visible():
        page.locator("#advanced button").first.click()
    page.locator("#key-steps textarea, #key-steps input").first.fill(steps)
    page.locator("#key-steps textarea, #key-steps input").first.press("Tab")


def finished(page: Page) -> bytes:
    """The PNG of the picture, once it is there."""
    expect(page.locator("#status")).to_contain_text(re.compile("Done|Stopped"), timeout=SECONDS)
    page.wait_for_selector("#slider img")
    with page.expect_download() as download:
        page.click("#download")
    return Path(download.value.path()).read_bytes()


def pixels_of(data: bytes) -> np.ndarray:
    with Image.open(BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGB"))


def test_upload_paint_save(browser, served):
    """From a photo of one's own to a row of the manifest, and back again from the history."""
    url, workspace = served
    with visitor(browser, url) as page:
        upload(page, "my harbour.png", picture(3))
        page.wait_for_selector("#photo img")
        expect(page.locator("#styles button.selected")).to_have_count(1)
        set_up(page, "8, 8")
        page.locator("#styles button").nth(2).click()
        expect(page.locator("#chosen")).to_contain_text("Two fishes")
        page.click("#paint")
        expect(page.locator("#stop")).to_be_visible()
        data = finished(page)
        assert pixels_of(data).shape == (48, 64, 3)
        row = json.loads(read_provenance(data)["atelier"])
        assert (row["style"], row["title"], row["width"]) == ("mosaic", "my harbour", 64)
        expect(page.locator("#command textarea")).to_have_value(
            re.compile("atelier stylize 'my harbour.png' mosaic .*--size 64")
        )
        page.click("#save")
        expect(page.locator("#status")).to_contain_text("Saved")
        rows = read_manifest(workspace / "manifest.csv")
        assert row["fingerprint"] in set(rows["fingerprint"])

        page.locator("#size input[type=number]").fill("96")
        page.locator("#history button").first.click()
        expect(page.locator("#size input[type=number]")).to_have_value("64")
        page.click("#save")
        expect(page.locator("#status")).to_contain_text("already")

        page.get_by_role("tab", name="Collection").click()
        page.locator("#where textarea, #where input").first.fill("style = mosaic")
        page.locator("#where textarea, #where input").first.press("Enter")
        page.locator("#pictures button").first.click()
        expect(page.locator("#whole-facts")).to_contain_text("my harbour")
        page.locator("#where textarea, #where input").first.fill("stile = x")
        page.locator("#where textarea, #where input").first.press("Enter")
        expect(page.locator("#collection-said")).to_contain_text("no column 'stile'")
        page.locator("#repaint-box button").first.click()
        page.locator("#repaint-style input").click()
        page.get_by_role("option", name="ink_wash").click()
        page.click("#repaint")
        expect(page.locator("#repaint-said")).to_contain_text("1 painted", timeout=SECONDS)
        # The filter still holds.
        expect(page.locator("#collection-said")).to_contain_text("no column 'stile'")
        page.get_by_role("tab", name="Runs").click()
        expect(page.locator("#runs")).to_contain_text("restyle ink_wash")
        expect(page.locator("#runs")).to_contain_text("studio")


def test_the_webcam_takes_a_photo(browser, served):
    url, _ = served
    with visitor(browser, url) as page:
        set_up(page)
        page.locator("#photo").get_by_label("Capture from camera").click()
        page.get_by_text("Click to Access Webcam").click()
        page.wait_for_function("document.querySelector('#photo video')?.currentTime > 0")
        page.locator("#photo").get_by_label("capture photo").click()
        expect(page.locator("#photo img[src]").first).to_be_visible()
        page.click("#paint")
        assert pixels_of(finished(page)).std() > 5


def test_stop_keeps_what_is_there(browser, served):
    url, _ = served
    with visitor(browser, url) as page:
        set_up(page, "400, 400", 96)
        page.click("#paint")
        expect(page.locator("#status")).to_contain_text(
            re.compile(r"step \d+ of \d+"), timeout=SECONDS
        )
        page.wait_for_selector("#preview img")
        page.click("#stop")
        row = json.loads(read_provenance(finished(page))["atelier"])
        assert row["status"] == "stopped"
        expect(page.locator("#status")).to_contain_text("Stopped at step")
        expect(page.locator("#save")).to_be_disabled()
        expect(page.locator("#paint")).to_be_enabled()


def test_two_at_once_have_their_own_pictures(browser, served):
    """The second one is told that it waits, and both get what they asked for."""
    url, _ = served
    with visitor(browser, url) as one, visitor(browser, url) as two:
        upload(one, "one.png", picture(1))
        upload(two, "two.png", picture(5, 96, 72))
        set_up(one, "300, 300")
        set_up(two)
        one.click("#paint")
        expect(one.locator("#status")).to_contain_text("step", timeout=SECONDS)
        two.click("#paint")
        expect(two.locator("#status")).to_contain_text("before yours")
        one.click("#stop")
        first, second = finished(one), finished(two)
        assert pixels_of(first).shape == (48, 64, 3)
        assert pixels_of(second).shape == (64, 48, 3)
        assert json.loads(read_provenance(second)["atelier"])["title"] == "two"
        assert one.locator("#history button").count() == two.locator("#history button").count() == 1


def test_who_closes_the_page_gives_up_the_place(browser, served):
    """A painting that would take an hour does not keep the next one waiting."""
    url, _ = served
    with visitor(browser, url) as one:
        set_up(one, "90000")
        one.click("#paint")
        expect(one.locator("#status")).to_contain_text("step", timeout=SECONDS)
    with visitor(browser, url) as two:
        set_up(two)
        two.click("#paint")
        assert pixels_of(finished(two)).shape[1] == 64


def test_what_is_no_photo_is_said_in_the_page(browser, served):
    url, _ = served
    with visitor(browser, url) as page:
        upload(page, "broken.png", picture(1)[:300])
        page.wait_for_selector("#photo img", state="attached")
        page.click("#paint")
        expect(page.locator("#status")).to_contain_text("breaks off before its end")
        upload(page, "small.png", picture(1, 20, 20))
        page.wait_for_selector("#photo img", state="attached")
        page.click("#paint")
        expect(page.locator("#status")).to_contain_text("at least 64 pixels")
        upload(page, "large.png", b"\x89PNG\r\n\x1a\n" + bytes(25_100_000))
        expect(
            page.get_by_text(re.compile("exceed|too large|maximum", re.IGNORECASE)).first
        ).to_be_visible()


def test_a_bad_value_is_said_beside_it(browser, served):
    url, _ = served
    with visitor(browser, url) as page:
        page.locator("#advanced button").first.click()
        page.locator("#key-alpha input").fill("-1")
        expect(page.locator("#key-alpha")).to_contain_text("greater than or equal to 0")
        page.click("#paint")
        expect(page.locator("#status")).to_contain_text("alpha")


def test_a_phone_shows_all_of_it(browser, served):
    url, _ = served
    size = {"width": 320, "height": 640}
    with visitor(browser, url, viewport=size, has_touch=True, color_scheme="dark") as page:
        for name in ("Paint", "Collection", "Runs"):
            page.get_by_role("tab", name=name).click()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        page.get_by_role("tab", name="Paint").click()
        for style in page.locator("#styles button").all():
            box = style.bounding_box()
            assert box["x"] + box["width"] <= 320
        page.locator("#paint").scroll_into_view_if_needed()
        expect(page.locator("#paint")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out_from_its_ground(browser, served, scheme):
    """On all tabs, with what is folded away unfolded."""
    contrast = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
    folded = {"Paint": "Advanced", "Collection": "Repaint one style", "Runs": ""}
    with visitor(browser, served[0], color_scheme=scheme) as page:
        for name, more in folded.items():
            page.get_by_role("tab", name=name).click()
            if more:
                page.get_by_role("button", name=more).first.click()
            page.wait_for_timeout(1000)
            assert page.evaluate(contrast) == []


def test_by_program(served, tmp_path, monkeypatch):
    """What docs/studio.md shows, with the client that Gradio gives to programs."""
    from gradio_client import Client, handle_file
    from gradio_client.exceptions import AppError

    url, _ = served
    (tmp_path / "cat.png").write_bytes(picture(2))
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "studio.md").read_text(encoding="utf-8")
    (snippet,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    monkeypatch.setattr("gradio_client.Client", partial(Client, verbose=False))
    names: dict[str, Any] = {}
    exec(snippet.replace("http://127.0.0.1:7860/", url), names)
    data = Path(names["picture"]).read_bytes()
    assert pixels_of(data).shape == (48, 64, 3)
    assert json.loads(read_provenance(data)["atelier"])["style"] == "mosaic"
    assert names["facts"]["command"].startswith("atelier stylize cat.png mosaic")
    client = names["studio"]
    with pytest.raises(AppError, match="no style 'mosaik'"):
        client.predict(handle_file(tmp_path / "cat.png"), "mosaik", api_name="/paint")
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/paint"]
    client.close()


def test_nobody_paints_past_the_line(served):
    """Nor without a visit, in which strangers would find each other's pictures."""
    import requests

    url, _ = served
    for visit, status in (("mine", 404), ("", 400), (None, 400)):
        body = {"data": [None, "mosaic"], "session_hash": visit}
        answer = requests.post(f"{url}gradio_api/run/paint", json=body, timeout=10)
        assert answer.status_code == status


def test_files_of_the_machine_cannot_be_had(served):
    """Neither by the file endpoint nor as an input of a call."""
    import requests

    url, workspace = served
    for path in (workspace / "manifest.csv", "/etc/passwd"):
        assert requests.get(f"{url}gradio_api/file={path}", timeout=10).status_code == 404
    given = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    body = {"data": [given, "mosaic"]}
    assert requests.post(f"{url}gradio_api/call/paint", json=body, timeout=10).status_code == 400
