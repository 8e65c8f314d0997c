"""The stages of a collection as plain functions; Prefect's tasks only decorate them."""

from flows.stages.batching import Chunks
from flows.stages.counting import StylizeSummary
from flows.stages.gathering import Visit, is_passing, scrape_sources
from flows.stages.painting import stylize_jobs
from flows.stages.planning import contents_of, plan_collection
from flows.stages.preparing import preprocess_photos
from flows.stages.progress import Progress, silent
from flows.stages.publishing import Published, is_published, publish
from flows.stages.recovery import Recovered, recover
from flows.stages.retiring import reinstate, retire
from flows.stages.terms import Terms

__all__ = [
    "Chunks",
    "Progress",
    "Published",
    "Recovered",
    "StylizeSummary",
    "Terms",
    "Visit",
    "contents_of",
    "is_passing",
    "is_published",
    "plan_collection",
    "preprocess_photos",
    "publish",
    "recover",
    "reinstate",
    "retire",
    "scrape_sources",
    "silent",
    "stylize_jobs",
]
