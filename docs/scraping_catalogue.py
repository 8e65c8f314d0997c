"""Write the catalogue's table into docs/scraping.md: python docs/scraping_catalogue.py.

The rows are the parameters of the tests themselves, in tests/scraping/catalogue.
"""

from __future__ import annotations

from pathlib import Path

from tests.scraping.catalogue.rows import Entry, entries

PAGE = Path(__file__).with_name("scraping.md")
BEGIN = "<!-- catalogue: written by python docs/scraping_catalogue.py -->"
END = "<!-- end of the catalogue -->"


def table() -> str:
    """The table, a line for each input."""
    head = ["| row | | input | expected | test |", "|---:|:-:|---|---|---|"]
    return "\n".join([*head, *map(_line, entries())])


def page(text: str) -> str:
    """`text` with the part between the two markers made anew.

    Raises `ValueError` where a marker is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PAGE} must hold the lines {BEGIN!r} and {END!r}; put them back")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _line(entry: Entry) -> str:
    row = entry.row
    words = " ".join(f"`{word}`" for word in row.words) or "no row"
    expected = f"{words}: {row.also}" if row.also else words
    cells = (str(row.number), row.kind, _cell(row.given), _cell(expected), f"`{entry.test}`")
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """`text` as a cell of Markdown: tags and stars of the input are no markup of the page."""
    for mark, name in (("<", "&lt;"), (">", "&gt;"), ("|", "\\|"), ("*", "\\*")):
        text = text.replace(mark, name)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
