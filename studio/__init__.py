"""The studio: a page to paint on. Importing this package imports neither Gradio nor TensorFlow."""

from studio.desk import (
    Desk,
    KnownPhoto,
    KnownStyle,
    Picture,
    Repainting,
    Saved,
    Shelf,
    WeightChoice,
)
from studio.errors import StudioError
from studio.order import Order, Photo, Style
from studio.painting import Painted

__all__ = [
    "Desk",
    "KnownPhoto",
    "KnownStyle",
    "Order",
    "Painted",
    "Photo",
    "Picture",
    "Repainting",
    "Saved",
    "Shelf",
    "StudioError",
    "Style",
    "WeightChoice",
]
