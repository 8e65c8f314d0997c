"""Records → Credits: every photo and style that a picture was made of, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gallery.licences import licence_link, picture_licence, terms_of
from gallery.values import byline, label, web_link

if TYPE_CHECKING:
    from gallery.records import Record

__all__ = ["Credits", "Shared", "Work", "credits_of", "shared_licence"]


@dataclass(frozen=True, slots=True)
class Work:
    """A photo or a style image, and how many `pictures` were made of it.

    `maker` is its creator, or the credit line where no creator is recorded. `licence` is "" where
    none is known; `licence_link` and `link`, where it comes from, are web addresses or "".
    """

    title: str
    maker: str
    licence: str
    licence_link: str
    link: str
    pictures: int


@dataclass(frozen=True, slots=True)
class Shared:
    """The pictures that must be shared under `licence`: (words, file, page) of each.

    `file` is its path in the workspace, `page` its page in the gallery's folder.
    """

    licence: str
    link: str
    pictures: tuple[tuple[str, str, str], ...]

    @property
    def disagree(self) -> bool:
        """Whether photo and style ask for licences that cannot both be kept."""
        return " + " in self.licence


@dataclass(frozen=True, slots=True)
class Credits:
    """All that a page of credits says. `duties` are sentences: what the licences ask for."""

    title: str
    pictures: int
    photos: tuple[Work, ...]
    styles: tuple[Work, ...]
    unknown: tuple[Work, ...]
    shared: tuple[Shared, ...]
    duties: tuple[str, ...]


def credits_of(records: Iterable[Record], title: str) -> Credits:
    """Gather the credits of the pictures that are done; works without a licence stand apart."""
    done = [record for record in records if record.status == "done"]
    photos = _works(done, lambda r: r.content_sha256 or r.content or r.key, _photo)
    styles = _works(done, lambda r: r.style or r.style_title or r.key, _style)
    unknown = tuple(work for work in (*photos, *styles) if not work.licence)
    shared = _shared(done)
    return Credits(
        title=title,
        pictures=len(done),
        photos=tuple(work for work in photos if work.licence),
        styles=tuple(work for work in styles if work.licence),
        unknown=unknown,
        shared=shared,
        duties=tuple(_duties([*photos, *styles], shared, len(unknown))),
    )


def shared_licence(record: Record) -> str:
    """Return the licence that a picture must bear; rows of earlier versions do not say it."""
    return record.picture_licence or picture_licence(
        (record.licence, record.licence_url), (record.style_licence, record.style_licence_url)
    )


def _works(
    records: list[Record], key: Callable[[Record], str], made: Callable[[Record, int], Work]
) -> list[Work]:
    """A work for each key, by its newest record, in the order of titles."""
    newest: dict[str, Record] = {}
    counts: dict[str, int] = {}
    for record in records:
        newest[key(record)] = record
        counts[key(record)] = counts.get(key(record), 0) + 1
    works = [made(record, counts[name]) for name, record in newest.items()]
    return sorted(works, key=lambda work: (work.title.casefold(), work.link))


def _photo(record: Record, pictures: int) -> Work:
    title = _title(record)
    maker = record.creator or _maker(record.attribution, record.title, record.licence)
    return Work(
        title=title,
        maker=maker,
        licence=_licence(record.licence, record.licence_url),
        licence_link=licence_link(record.licence, record.licence_url),
        link=web_link(record.landing_url) or web_link(record.image_url),
        pictures=pictures,
    )


def _style(record: Record, pictures: int) -> Work:
    title = record.style_title or label(record.style) or "Unnamed style"
    maker = record.style_creator or _maker(record.style_attribution, title, record.style_licence)
    return Work(
        title=title,
        maker=maker,
        licence=_licence(record.style_licence, record.style_licence_url),
        licence_link=licence_link(record.style_licence, record.style_licence_url),
        link=web_link(record.style_landing_url),
        pictures=pictures,
    )


def _maker(attribution: str, title: str, licence: str) -> str:
    return byline(attribution, title, licence).removeprefix("by ")


def _licence(licence: str, url: str) -> str:
    if licence:
        return licence
    terms = terms_of("", url)
    named = f"CC {terms.kind} {terms.version}".strip() if terms.by_name else terms.kind
    return named or web_link(url)


def _shared(records: list[Record]) -> tuple[Shared, ...]:
    pictures: dict[str, list[tuple[str, str, str]]] = {}
    links: dict[str, str] = {}
    for record in records:
        licence = shared_licence(record)
        if licence:
            words = f"{_title(record)} × {record.style_title or label(record.style)}"
            entry = (words, record.output, f"pictures/{record.key}.html")
            pictures.setdefault(licence, []).append(entry)
            links.setdefault(licence, _shared_link(record, licence))
    return tuple(
        Shared(licence, links[licence], tuple(sorted(pictures[licence])))
        for licence in sorted(pictures)
    )


def _title(record: Record) -> str:
    return record.title or f"Untitled {record.content_sha256[:8]}".strip()


def _shared_link(record: Record, licence: str) -> str:
    """The address that came with the licence; of two that disagree there is not one."""
    works = (
        (record.licence, record.licence_url),
        (record.style_licence, record.style_licence_url),
    )
    own = next((work for work in works if picture_licence(work) == licence), None)
    if own is None:
        return "" if " + " in licence else licence_link(licence)
    return licence_link(*own) or licence_link(licence)


def _duties(works: list[Work], shared: tuple[Shared, ...], unknown: int) -> Iterable[str]:
    terms = [terms_of(work.licence, work.licence_link) for work in works]
    if any(term.by_name for term in terms):
        yield (
            "Name the makers: keep these credits with the pictures wherever you show them, and say "
            "that the photos were changed: each was painted anew in the style of another picture."
        )
    if shared:
        yield (
            "Share alike: a picture made of a share-alike work is an adaptation of it. Whoever "
            "passes it on does so under the same licence, names that licence, and adds no terms of "
            "their own. The pictures that this holds for are listed below."
        )
    if any(picture.disagree for picture in shared):
        yield (
            "Some photos and styles ask for different licences, and one picture cannot bear both: "
            "ask one of the makers before you pass those pictures on."
        )
    if any(term.non_commercial for term in terms):
        yield (
            "No money: what is made of a work whose licence says NC may not be used commercially."
        )
    if unknown:
        yield (
            f"Ask first: of {unknown:,} {'work' if unknown == 1 else 'works'} no licence is known. "
            "Before you publish a picture made of one, ask whoever made that work."
        )
