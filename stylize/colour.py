"""Colours of one picture moved towards another's, and three ways to keep the photo's own.

Gatys, Bethge, Hertzmann & Shechtman 2016, "Preserving color in neural artistic style transfer"
(arXiv:1606.05897) give the first two; the third is what image editors call colour matching. A new
way is one entry in `COLOUR_MODES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from stylize.errors import PaintError
from stylize.result import Pixels

__all__ = ["COLOUR_MODES", "ColourMode", "luma", "match_histograms", "recolour", "with_chroma_of"]

# Keeps the covariance of a grey or one-coloured picture invertible; far below one 8-bit step.
_RIDGE = 1e-5

# RGB to luma and two chroma axes (NTSC 1953: Y'IQ). The rows of I and Q sum to 0: grey is 0 there.
_YIQ = np.array([[0.299, 0.587, 0.114], [0.5959, -0.2746, -0.3213], [0.2115, -0.5227, 0.3112]])


@dataclass(frozen=True)
class ColourMode:
    """A way to choose the colours of a painting, as what is done before and after it.

    Pictures are float32 (H,W,3), RGB in [0,1].
    """

    name: str
    summary: str
    styles: Callable[[Pixels, Sequence[Pixels]], list[Pixels]]
    """``styles(photo, styles)``: the styles to paint with."""
    finish: Callable[[Pixels, Pixels], Pixels]
    """``finish(painted, photo)``: the picture to show, both of one shape."""


def recolour(photo: Pixels, styles: Sequence[Pixels], blend: Sequence[float]) -> Pixels:
    """`photo` with the mean and covariance of the colours of `styles`, mixed by `blend`.

    The linear map between two Gaussians that moves colours least (Monge-Kantorovitch; Pitié &
    Kokaram 2007, "The linear Monge-Kantorovitch linear colour mapping"):
    A = Σ^-½ (Σ^½ Σ* Σ^½)^½ Σ^-½, applied to x - μ, plus μ*. Clipped to [0,1].

    Differs from Gatys et al., who take A = L*L⁻¹ of Cholesky factors (as CORAL does of symmetric
    roots): the moments that come out are the same, but A turns no hue more than it must.
    """
    mean, covariance = _moments(photo)
    stats = [_moments(style) for style in styles]
    target_mean = sum(share * stat[0] for share, stat in zip(blend, stats, strict=True))
    target = sum(share * stat[1] for share, stat in zip(blend, stats, strict=True))
    root = _power(covariance, 0.5)
    inverse = _power(covariance, -0.5)
    transport = inverse @ _power(root @ target @ root, 0.5) @ inverse
    moved = (photo.reshape(-1, 3) - mean) @ transport.T + target_mean
    return _clipped(moved.reshape(photo.shape))


def luma(image: Pixels) -> NDArray[np.float64]:
    """Y' of RGB (…,3) as in ITU-R BT.601, (…,1) in [0,1]: what YIQ and YCbCr call Y."""
    light: NDArray[np.float64] = image.astype(np.float64) @ _YIQ[0, :, None]
    return light


def with_chroma_of(painted: Pixels, photo: Pixels) -> Pixels:
    """The luma of `painted` with the chroma of `photo`.

    Every space of luma and two linear chroma axes gives the same: photo + (Y' - Y) in each channel.
    Where no such colour exists, its chroma is taken back until one does; hue and luma stay.
    """
    _check_shapes(painted, photo)
    light = np.clip(luma(painted), 0, 1)
    chroma = photo - luma(photo)
    room = np.where(chroma > 0, 1 - light, light)
    share = np.divide(room, np.abs(chroma), out=np.ones_like(chroma), where=np.abs(chroma) > 1e-6)
    return _clipped(light + chroma * np.clip(share.min(-1, keepdims=True), 0, 1))


def match_histograms(painted: Pixels, photo: Pixels) -> Pixels:
    """`painted` with the histograms of luma and of both chroma axes (YIQ) of `photo`.

    Mean and covariance are matched first, for histograms channel by channel know nothing of what
    belongs together. Not in RGB, where a grey photo would not give a grey picture.
    """
    from skimage.exposure import match_histograms as match

    moved = recolour(painted, [photo], [1.0])
    matched = match(moved @ _YIQ.T, photo @ _YIQ.T, channel_axis=-1)
    return _clipped(matched @ np.linalg.inv(_YIQ).T)


def _grey_styles(photo: Pixels, styles: Sequence[Pixels]) -> list[Pixels]:
    """The luma of each style with the mean and standard deviation of the photo's, as grey RGB."""
    mean, deviation = luma(photo).mean(), luma(photo).std()
    grey = []
    for style in styles:
        light = luma(style)
        moved = (light - light.mean()) * deviation / (light.std() + _RIDGE) + mean
        grey.append(_clipped(np.repeat(moved, 3, -1)))
    return grey


def _recoloured_styles(photo: Pixels, styles: Sequence[Pixels]) -> list[Pixels]:
    return [recolour(style, [photo], [1.0]) for style in styles]


def _as_they_are(photo: Pixels, styles: Sequence[Pixels]) -> list[Pixels]:
    return list(styles)


COLOUR_MODES: Mapping[str, ColourMode] = MappingProxyType(
    {
        mode.name: mode
        for mode in (
            ColourMode(
                "style", "The style's colours.", _as_they_are, lambda painted, photo: painted
            ),
            ColourMode(
                "luma",
                "Only light and dark are painted; the photo's chroma stays in its place.",
                _grey_styles,
                with_chroma_of,
            ),
            ColourMode(
                "linear",
                "The style is painted in the photo's palette: its mean and covariance.",
                _recoloured_styles,
                lambda painted, photo: recolour(painted, [photo], [1.0]),
            ),
            ColourMode(
                "histogram",
                "The painting is graded to the photo's histograms.",
                _as_they_are,
                match_histograms,
            ),
        )
    }
)
"""All ways to choose colours, by the name that a recipe gives."""


def _check_shapes(painted: Pixels, photo: Pixels) -> None:
    if painted.shape != photo.shape:
        raise PaintError(
            f"The painted picture is {painted.shape[:2]}, the photo {photo.shape[:2]}: "
            "resize the photo to the painted picture's shape to keep its colours."
        )


def _clipped(image: NDArray[np.float64]) -> Pixels:
    pixels: Pixels = np.clip(image, 0, 1).astype(np.float32)
    return pixels


def _moments(image: Pixels) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    flat = image.reshape(-1, 3).astype(np.float64)
    # A single pixel has no covariance over n - 1.
    covariance = np.cov(flat, rowvar=False, bias=len(flat) == 1)
    return flat.mean(0), covariance + _RIDGE * np.eye(3)


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    powered: NDArray[np.float64] = (vectors * np.maximum(values, 0) ** exponent) @ vectors.T
    return powered
