"""A hook of MkDocs: docs/first-picture.ipynb as a page, for who has no Jupyter."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

NOTEBOOK = "first-picture.ipynb"
PAGE = "first-picture.md"
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png"}


def on_files(files: Any, config: Any) -> Any:
    """Add the page and its pictures to the files of the site."""
    notebook = json.loads((Path(config.docs_dir) / NOTEBOOK).read_text(encoding="utf-8"))
    text, pictures = page(notebook["cells"])
    files.append(File.generated(config, PAGE, content=text))
    for name, data in pictures.items():
        files.append(File.generated(config, name, content=data))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Let the other pages lead to it, where on GitHub they lead to the notebook."""
    if page.file.src_uri == PAGE:
        return markdown
    return markdown.replace(f"[{NOTEBOOK}]({NOTEBOOK})", f"[First picture]({PAGE})")


def page(cells: list[dict[str, Any]]) -> tuple[str, dict[str, bytes]]:
    """The notebook's cells as Markdown, and the pictures that it shows by their names."""
    parts: list[str] = []
    pictures: dict[str, bytes] = {}
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        code = "\n".join(line for line in source.splitlines() if not line.startswith("%"))
        parts.append(f"```python\n{code.strip()}\n```")
        parts.extend(_shown(output, pictures) for output in cell["outputs"])
    title, _, rest = "\n\n".join(filter(None, parts)).partition("\n")
    return f"{title}\n\n*Made from the notebook [{NOTEBOOK}]({NOTEBOOK}).*\n{rest}\n", pictures


def _shown(output: dict[str, Any], pictures: dict[str, bytes]) -> str:
    for kind, ending in _ENDINGS.items():
        if data := output.get("data", {}).get(kind):
            name = f"images/first-picture-{len(pictures) + 1}{ending}"
            pictures[name] = base64.b64decode("".join(data))
            return f"![What the cell above shows]({name})"
    text = "".join(output.get("text", ""))
    return f"```text\n{text.rstrip()}\n```" if text.strip() else ""
