from pathlib import Path

import numpy as np
import pytest

from flows.errors import StyleError
from flows.style_images import StyleImage, add_style, import_styles, list_styles, resolve_styles
from images import encode_png


def picture(grey: float, side: int = 64) -> bytes:
    return encode_png(np.full((side, side, 3), grey, np.float32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "styles"
    made.mkdir()
    (made / "mosaic.png").write_bytes(picture(0.1))
    (made / "ink-wash.png").write_bytes(picture(0.2))
    (made / "notes.txt").touch()
    (made / ".hidden.png").write_bytes(picture(0.3))
    (made / "styles.toml").write_text('# mine\n[mosaic]\ntitle = "Tiles"\nlicence = "CC0-1.0"\n')
    return made


def names(styles: list[StyleImage]) -> list[str]:
    return [style.name for style in styles]


def test_pictures_of_the_folder_are_its_styles(folder: Path) -> None:
    """By name, with what styles.toml says of them; where it is silent, the name is the title."""
    ink, mosaic = list_styles(folder)
    assert (ink.name, ink.title, ink.licence) == ("ink-wash", "ink wash", "")
    assert (mosaic.name, mosaic.title, mosaic.licence) == ("mosaic", "Tiles", "CC0-1.0")
    assert mosaic.sha256 != ink.sha256


def test_two_files_of_one_name_are_two_styles(folder: Path) -> None:
    """Neither hides the other."""
    (folder / "mosaic.webp").write_bytes(picture(0.9))
    assert names(list_styles(folder)) == ["ink-wash", "mosaic", "mosaic.webp"]


def test_a_broken_styles_toml_is_named(folder: Path) -> None:
    """Credits are not dropped in silence."""
    (folder / "styles.toml").write_text("[mosaic\n")
    with pytest.raises(StyleError, match=r"styles\.toml cannot be read"):
        list_styles(folder)


def test_entries_are_names_patterns_files_and_globs(folder: Path, tmp_path: Path) -> None:
    """In the order given, each picture once."""
    mine = tmp_path / "mine"
    mine.mkdir()
    for number in range(3):
        (mine / f"s{number}.png").write_bytes(picture(0.5 + number / 10))
    (mine / "text.txt").touch()
    available = list_styles(folder)

    def chosen(*entries: str) -> list[str]:
        return names(resolve_styles(available, entries, tmp_path))

    assert chosen() == ["ink-wash", "mosaic"]
    assert chosen("mosaic") == ["mosaic"]
    assert chosen("m*", "ink*", "mosaic") == ["mosaic", "ink-wash"]
    assert chosen("mine/s1.png", "mosaic") == ["s1", "mosaic"]
    assert chosen("mine/*.png") == ["s0", "s1", "s2"]
    assert chosen(str(mine / "s?.png")) == ["s0", "s1", "s2"]


def test_an_entry_that_names_nothing_gets_a_suggestion(folder: Path, tmp_path: Path) -> None:
    """A typing error, a glob without a match, a folder without styles."""
    available = list_styles(folder)
    with pytest.raises(StyleError, match="'mosiac': did you mean 'mosaic'"):
        resolve_styles(available, ["mosiac"], tmp_path)
    with pytest.raises(StyleError, match="the workspace has ink-wash, mosaic"):
        resolve_styles(available, ["none/*.jpg"], tmp_path)
    with pytest.raises(StyleError, match="atelier styles add FILE"):
        resolve_styles([], ["x"], tmp_path)


def test_another_picture_of_the_same_name_is_called_differently(
    folder: Path, tmp_path: Path
) -> None:
    """The workspace's mosaic and one's own are told apart in the manifest."""
    (tmp_path / "mosaic.png").write_bytes(picture(0.7))
    first, second = resolve_styles(list_styles(folder), ["mosaic", "mosaic.png"], tmp_path)
    assert (first.name, second.name) == ("mosaic", f"mosaic-{second.sha256[:6]}")


def test_styles_from_outside_are_copied_in_once(folder: Path, tmp_path: Path) -> None:
    """With their credits; the workspace then has all that its pictures were made of."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "dunes.png").write_bytes(picture(0.7))
    (mine / "styles.toml").write_text('[dunes]\nattribution = "A \\"quoted\\" name"\n')
    styles = resolve_styles(list_styles(folder), ["mine/*.png", "mosaic"], tmp_path)
    for _ in range(2):
        imported = import_styles(folder, styles)
        assert [style.path.parent for style in imported] == [folder, folder]
        assert imported[0].attribution == 'A "quoted" name'
        assert names(list_styles(folder)) == ["dunes", "ink-wash", "mosaic"]
    assert [style.sha256 for style in imported] == [style.sha256 for style in styles]
    assert list_styles(folder)[2].title == "Tiles"
    assert (folder / "styles.toml").read_text().startswith("# mine\n[mosaic]\ntitle")


def test_adding_decodes_first(folder: Path) -> None:
    """A text file, a cut picture or a tiny one is refused and leaves nothing behind."""
    before = sorted(folder.iterdir())
    for data in (b"text", picture(0.5)[:90], picture(0.5, side=3), b""):
        with pytest.raises(StyleError, match="new cannot be a style"):
            add_style(folder, "new", data)
    assert sorted(folder.iterdir()) == before


def test_adding_keeps_what_is_there(folder: Path) -> None:
    """The same picture again is nothing new; another of that name is refused."""
    added = add_style(folder, "../my style", picture(0.8), title="Mine", licence="CC BY 4.0")
    assert added.path == folder / "my-style.png"
    assert (added.title, added.licence) == ("Mine", "CC BY 4.0")
    assert add_style(folder, "my-style", picture(0.8)) == added
    with pytest.raises(StyleError, match="already another style 'mosaic'"):
        add_style(folder, "mosaic", picture(0.8))
