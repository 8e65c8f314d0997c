import contextlib
from typing import get_args

import pytest
from pydantic import ValidationError

from flows.fingerprint import FINGERPRINT_DIGITS, fingerprint
from stylize import Recipe

A, B, C = "a" * 64, "b" * 64, "c" * 64
BASE = fingerprint(Recipe(), A, [(B, 1.0)], (), C)


def test_equal_work_has_one_name() -> None:
    """The same inputs give the same name, of 32 hex digits, in every process and release."""
    assert fingerprint(Recipe(), A, [(B, 1.0)], [], C) == BASE
    assert len(BASE) == FINGERPRINT_DIGITS == 32
    assert set(BASE) <= set("0123456789abcdef")


@pytest.mark.parametrize("field", sorted(set(Recipe.model_fields) - {"engine"}))
def test_every_key_of_the_recipe_counts(field: str) -> None:
    """Changing any one parameter that affects pixels changes the name."""
    changed = {
        "network": "vgg16",
        "rescaled": (2.0, 1.0, 1.0),
        "content_layers": (("block5_conv1", 1.0),),
        "style_layers": (("block1_conv2", 1.0),),
        "steps": (7,),
    }
    other = variant(field, [changed[field]] if field in changed else [])
    assert fingerprint(other, A, [(B, 1.0)], (), C) != BASE


def variant(field: str, values: list[object]) -> Recipe:
    """The default recipe with another value of `field` that is allowed."""
    default = Recipe.model_fields[field].default
    values += [word for word in get_args(Recipe.model_fields[field].annotation) if word != default]
    if isinstance(default, int | float):
        values += [default + 1, default - 1, default * 1.5, default / 2, 0.5]
    for value in (value for value in values if value != default):
        with contextlib.suppress(ValidationError):
            return Recipe.model_validate({field: value})
    raise AssertionError(f"give a value for the new key {field} here")


def test_every_input_counts() -> None:
    """Another photo, style, blend, mask or weight set is another picture."""
    others = {
        fingerprint(Recipe(), B, [(B, 1.0)], (), C),
        fingerprint(Recipe(), A, [(A, 1.0)], (), C),
        fingerprint(Recipe(), A, [(B, 1.0), (C, 1.0)], (), C),
        fingerprint(Recipe(), A, [(B, 1.0), (C, 0.5)], (), C),
        fingerprint(Recipe(), A, [(B, 1.0)], (A,), C),
        fingerprint(Recipe(), A, [(B, 1.0)], (), B),
    }
    assert len(others | {BASE}) == 7


def test_a_blend_has_no_order_and_no_scale() -> None:
    """The same mixture is the same work however it is written."""
    blend = fingerprint(Recipe(), A, [(B, 1.0), (C, 3.0)], (), C)
    assert blend == fingerprint(Recipe(), A, [(C, 0.75), (B, 0.25)], (), C)
