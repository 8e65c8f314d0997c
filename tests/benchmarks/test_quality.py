import json

import numpy as np
import pytest

from benchmarks import quality
from benchmarks.judgement import Judgement, means, table, write_csv
from benchmarks.sheet import contact_sheet
from benchmarks.variants import overrides, variants

ONE = Judgement("gram", "cat", "waves", 0.5, 0.1, 0.4, 0.6, 0.05, 3.0)
TWO = ONE._replace(style="fishes", style_loss=0.3, seconds=120.0)


def test_values_read_as_json_where_they_can():
    read = overrides(["beta=2", "initial=content", "steps=[1,2]", "clip=false"])
    assert read == {"beta": 2, "initial": "content", "steps": [1, 2], "clip": False}


def test_variants_part_at_commas_outside_brackets():
    read = variants(["a=steps=[1,2],alpha=0.5", "b=style_loss=wasserstein"])
    assert read == {"a": {"steps": [1, 2], "alpha": 0.5}, "b": {"style_loss": "wasserstein"}}


def test_without_variants_there_is_one_that_changes_nothing():
    assert variants([]) == {"default": {}}


@pytest.mark.parametrize("text", ["alpha", "=3"])
def test_what_is_no_setting_is_told(text):
    with pytest.raises(ValueError, match="write"):
        overrides([text])
    with pytest.raises(ValueError, match="write"):
        variants([text])


def test_the_means_are_a_variants_own():
    found = means([ONE, TWO, ONE._replace(variant="other", style_loss=0.9)])
    assert found["gram"]["style_loss"] == pytest.approx(0.2)
    assert found["other"]["style_loss"] == 0.9


def test_the_table_has_a_line_a_picture_and_the_means():
    lines = table([ONE, TWO]).splitlines()
    assert len(lines) == 2 + 2 + 1
    assert lines[3] == "| gram | cat | fishes | 0.500 | 0.300 | 0.400 | 0.600 | 0.050 | 120 |"
    assert len({line.count("|") for line in lines}) == 1


def test_the_csv_has_the_names_of_the_measures(tmp_path):
    import pandas as pd

    write_csv(tmp_path / "quality.csv", [ONE, TWO])
    frame = pd.read_csv(tmp_path / "quality.csv")
    assert tuple(frame.columns) == Judgement._fields
    assert frame.edges.tolist() == [0.6, 0.6]


def test_a_sheet_has_room_for_all_and_keeps_aspects():
    wide, tall = np.zeros((10, 40, 3), "float32"), np.zeros((40, 20, 3), "float32")
    page = contact_sheet([[wide, None], [tall, wide]], cell=20)
    assert page.shape == (2 * 24 + 4, 2 * 24 + 4, 3)
    dark = page[..., 0] < 0.5
    assert dark[4:24, 4:24].sum() == 20 * 5
    assert not dark[4:24, 28:48].any()


def test_a_sheet_without_pictures_is_an_error():
    with pytest.raises(ValueError, match="needs a picture"):
        contact_sheet([])


def test_a_run_prints_a_line_a_picture_and_leaves_table_and_sheet(tmp_path, capsys, monkeypatch):
    """Two photos by one style at 64 px, without a single step."""
    from images import load

    chosen = {
        name: photo for name, photo in quality.photos().items() if name in ("coffee", "rocket")
    }
    (style,) = [("waves", quality.styles()["woodcut_waves"])]
    monkeypatch.setattr(quality, "photos", lambda: chosen)
    monkeypatch.setattr(quality, "styles", lambda folder=None: dict([style]))
    quality.main(["--out", str(tmp_path), "--size", "64", "--set", "steps=0"])
    said = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    pictures = [one for one in said if one["metric"] == "picture"]
    assert [one["photo"] for one in pictures] == ["coffee", "rocket"]
    assert {one["metric"] for one in said} == {"picture", *Judgement._fields[3:]}
    assert (tmp_path / "quality.md").read_text().count("waves") == 2
    assert load(tmp_path / "sheet.jpg").pixels.shape[1] > 200
