"""Web pages and folders → content photos on disk, each with its record.

from scraping import WebSource, scrape
rows = scrape(WebSource("https://example.org/gallery", limit=20), Path("data/content"))
"""

from scraping.errors import FetchError, PageError, ScrapeError, SourceError, StoreError
from scraping.found import Credit, Found, Page
from scraping.parse import parse
from scraping.photo import Photo
from scraping.reasons import PRESENT, REASONS, is_reason, may_change
from scraping.scrape import OnError, OnPhoto, pending, scrape, scrape_all
from scraping.session import Fetched, Policy, Session
from scraping.sources import FolderSource, Source, WebSource

__all__ = [
    "PRESENT",
    "REASONS",
    "Credit",
    "FetchError",
    "Fetched",
    "FolderSource",
    "Found",
    "OnError",
    "OnPhoto",
    "Page",
    "PageError",
    "Photo",
    "Policy",
    "ScrapeError",
    "Session",
    "Source",
    "SourceError",
    "StoreError",
    "WebSource",
    "is_reason",
    "may_change",
    "parse",
    "pending",
    "scrape",
    "scrape_all",
]
