"""How fast photos come from a page into a workspace, and are made ready to be painted.

    python -m benchmarks.scraping [--pictures N] [--hosts N] [--site FOLDER]

A server in a process of its own has the pictures under many public host names, each of which is
asked once a second at most, as on the web. Names are resolved by us, and connections to their
addresses are led to the server at the last moment: the guard judges what it would judge outside.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from urllib3.util import connection

from benchmarks.painting import peak_mb
from benchmarks.report import say
from benchmarks.site_pictures import HEIGHT, WIDTH, write_pictures
from benchmarks.site_server import Sight, serving
from flows.stages import preprocess_photos
from flows.workspace import Workspace
from scraping import Photo, Session, WebSource, scrape
from stylize import Recipe

__all__ = ["Cost", "Site", "led_to", "main", "measure", "page_of", "resolve"]

SIZE = 512
"""The longer side that photos are prepared to, in pixels."""
_PAGE = "www.page.example"
_SITE = Path(tempfile.gettempdir()) / "atelier-benchmark-site"


class Cost(NamedTuple):
    """What a stage took: seconds by the clock and of this process' and its children's processors,
    and the most memory held until its end, in MB.
    """

    seconds: float
    cpu: float
    peak_mb: float


class Site(NamedTuple):
    """A measured scrape of a site: how many pictures it has, on how many hosts, how many rows of
    each status there were, how many pictures were prepared, and what it cost.
    """

    pictures: int
    hosts: int
    statuses: dict[str, int]
    prepared: int
    scraping: Cost
    preparing: Cost
    sight: Sight


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pictures where they are missing, scrape and prepare them, print what it took."""
    options = _parser().parse_args(arguments)
    found = measure(options.site, options.pictures, options.hosts)
    _print(found)
    if found.prepared < options.pictures:
        raise SystemExit(f"of {options.pictures} pictures came {found.statuses}")


def measure(folder: Path, pictures: int, hosts: int) -> Site:
    """Scrape `pictures` from `hosts` hosts into a new workspace and prepare them.

    The pictures are in `folder`, or made and left there.
    """
    paths = write_pictures(folder / f"{WIDTH}x{HEIGHT}", pictures)
    (folder / "index.html").write_text(page_of(paths, folder, hosts), encoding="utf-8")
    with tempfile.TemporaryDirectory() as place, serving(folder) as server:
        workspace = Workspace(Path(place)).create()
        with _costing() as scraping:
            rows = _scrape(workspace, server.port)
        with _costing() as preparing:
            prepared = _prepare(workspace, rows)
    statuses = dict(Counter(row.status for row in rows))
    costs = scraping[0], preparing[0]
    return Site(pictures, hosts, statuses, prepared, *costs, server.sight)


def page_of(paths: Sequence[Path], folder: Path, hosts: int) -> str:
    """Return a page that shows the pictures at `paths`, each from the next of `hosts` hosts."""
    items = [
        f'<figure><img src="http://photos{at % hosts:03}.example.org/'
        f'{path.relative_to(folder).as_posix()}" alt="Picture {at}" width="{WIDTH}" '
        f'height="{HEIGHT}"><figcaption>Picture {at} of a series</figcaption></figure>'
        for at, path in enumerate(paths)
    ]
    return "\n".join(["<!DOCTYPE html><title>A large page</title>", *items])


def resolve(host: str, port: int) -> list[str]:
    """Return a public address for every host of the site, each another."""
    number = int("".join(filter(str.isdigit, host)) or -1) + 1
    return [f"93.184.{number // 250}.{number % 250 + 1}"]


@contextmanager
def led_to(port: int) -> Iterator[None]:
    """Let every connection that urllib3 opens in the block end at `port` of this machine."""
    original = connection.create_connection

    def opened(address: tuple[str, int], *more: Any, **options: Any) -> Any:
        return original(("127.0.0.1", port), *more, **options)

    connection.create_connection = opened
    try:
        yield
    finally:
        connection.create_connection = original


def _scrape(workspace: Workspace, port: int) -> list[Photo]:
    source = WebSource(f"http://{_PAGE}/", limit=None)
    with led_to(port), Session(resolve=resolve) as session:
        return scrape(source, workspace.content, session=session)


def _prepare(workspace: Workspace, rows: Sequence[Photo]) -> int:
    """Prepare what was taken; how many could be."""
    photos = [row for row in rows if row.present]
    contents = preprocess_photos(workspace, photos, Recipe(size=SIZE))
    return sum(not content.error for content in contents)


@contextmanager
def _costing() -> Iterator[list[Cost]]:
    """Yield a list that holds the block's cost once it has ended."""
    cost: list[Cost] = []
    begin, before = time.perf_counter(), _cpu()
    yield cost
    cost.append(Cost(time.perf_counter() - begin, _cpu() - before, peak_mb()))


def _cpu() -> float:
    """Seconds of processor that this process and those of its children that ended have used."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(who) for who in whose]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def _print(found: Site) -> None:
    taken = found.statuses.get("taken", 0) or 1
    scraped, prepared = found.scraping, found.preparing
    about = {"pictures": found.pictures, "hosts": found.hosts, "statuses": found.statuses}
    say("scraping", "pictures_per_second", taken / scraped.seconds, "pictures/s", **about)
    say(
        "scraping",
        "cpu_ms_per_picture",
        1000 * (scraped.cpu + prepared.cpu) / taken,
        "ms",
        scraped=1000 * scraped.cpu / taken,
        prepared=1000 * prepared.cpu / taken,
    )
    say("scraping", "peak_mb", prepared.peak_mb, "MB", scraped=scraped.peak_mb, **about)
    say("scraping", "prepared_per_second", found.prepared / prepared.seconds, "pictures/s", px=SIZE)
    say("scraping", "shortest_gap", found.sight.shortest_gap, "s", **found.sight._asdict())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scraping", description=__doc__)
    parser.add_argument("--pictures", type=int, default=2000, help="how many (default: 2000)")
    parser.add_argument("--hosts", type=int, default=250, help="on how many hosts (default: 250)")
    parser.add_argument(
        "--site",
        type=Path,
        default=_SITE,
        help="where the pictures are, or are made (default: %(default)s)",
    )
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
