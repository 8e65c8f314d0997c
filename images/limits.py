"""What a picture may cost before any of its pixels are decoded."""

from __future__ import annotations

from dataclasses import dataclass

from images.errors import ImageError

__all__ = ["Limits"]


@dataclass(frozen=True)
class Limits:
    """Bounds on a picture.

    `min_side` in pixels, `max_pixels` in pixels of one frame, `max_aspect` as longer side
    over shorter side, `max_bytes` in encoded bytes.
    """

    min_side: int = 64
    max_pixels: int = 50_000_000
    max_aspect: float = 10.0
    max_bytes: int = 25_000_000

    def check_bytes(self, count: int) -> None:
        """Raise `ImageError` ("empty" or "too_large") for a file of `count` bytes outside the
        limits.
        """
        if count == 0:
            raise ImageError("empty", "the file is empty; download or copy it again")
        if count > self.max_bytes:
            raise ImageError(
                "too_large",
                f"the file has {count:,} bytes and at most {self.max_bytes:,} are read; "
                "use a smaller copy",
            )

    def check_shape(self, height: int, width: int) -> None:
        """Raise `ImageError` ("too_large", "aspect" or "too_small") for a header that promises
        height × width.
        """
        shorter, longer = sorted((height, width))
        if height * width > self.max_pixels:
            raise ImageError(
                "too_large",
                f"the picture is {width}×{height} and at most {self.max_pixels:,} pixels are "
                "decoded; use a smaller copy",
            )
        if longer > self.max_aspect * shorter:
            raise ImageError(
                "aspect",
                f"the picture is {width}×{height}, longer than {self.max_aspect:g} times its other "
                "side; crop it first",
            )
        if shorter < self.min_side:
            raise ImageError(
                "too_small",
                f"the picture is {width}×{height} and both sides must have at least "
                f"{self.min_side} pixels; use a larger copy",
            )
