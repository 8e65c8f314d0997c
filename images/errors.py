"""The errors of this package.

ValueError
└── ImageError      bytes that are no picture we can use; `reason` says in which way
"""

from __future__ import annotations

__all__ = ["REASONS", "ImageError"]

REASONS = ("empty", "truncated", "not_image", "too_small", "too_large", "aspect")


class ImageError(ValueError):
    """Raised for bytes or a file that cannot become pixels.

    `reason` is one word of `REASONS`; `str(error)` is one sentence that says what is wrong and what
    to do.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason, sentence)
        self.reason = reason
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence
