"""What computes: the two adapters, and what they say about the machine."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import tensorflow as tf

from stylize import Recipe, backend
from stylize.backend import memory
from stylize.backend.memory import UNKNOWN, system_memory
from stylize.losses import FeatureMoments


def cubes(x, scale):
    """Σ scale·x³ of each picture, and the mean: what a compiled loss is like."""
    return scale * keras.ops.sum(x**3, axis=(1, 2, 3)), keras.ops.mean(x)


def test_value_and_gradient_are_of_the_first_value():
    x = np.random.default_rng(0).random((2, 3, 4, 1)).astype("float32")
    values, gradient = backend.compiled(backend.value_and_gradient(cubes))(x, np.float32(2))
    np.testing.assert_allclose(values[0], 2 * (x**3).sum((1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(values[1], x.mean(), rtol=1e-5)
    np.testing.assert_allclose(gradient, 6 * x**2, rtol=1e-5)


def test_a_gradient_may_be_of_something_nested():
    """Where the loss does not depend on a part, that part's gradient is zero."""
    moments = (FeatureMoments(np.ones((1, 3), "float32"), np.ones((1, 3, 3), "float32")),)

    def loss(nested):
        return (keras.ops.sum(nested[0].second ** 2),)

    _, gradient = backend.compiled(backend.value_and_gradient(loss))(moments)
    np.testing.assert_allclose(gradient[0].second, 2 * np.ones((1, 3, 3)))
    np.testing.assert_allclose(gradient[0].mean, 0)


def test_one_trace_serves_all_sizes():
    """Batch, height and width, and how many entries a list of weights has."""
    compiled = backend.compiled(backend.value_and_gradient(cubes))
    before = backend.traces()
    for shape in ((1, 3, 4, 1), (5, 3, 4, 1), (2, 9, 17, 1), (1, 1, 1, 1)):
        compiled(np.ones(shape, "float32"), np.float32(1))
    for count in (1, 4):
        compiled(np.ones((count, 3, 4, 1), "float32"), np.ones(count, "float32"))
    assert backend.traces() == before + 2


def test_another_nesting_is_another_trace():
    def total(parts):
        return sum(keras.ops.sum(part) for part in parts)

    compiled = backend.compiled(total)
    one = np.ones((2, 2), "float32")
    assert float(compiled([one])) == 4
    assert float(compiled([one, one])) == 8
    assert float(compiled([one, one, one])) == 12


def test_what_the_machine_is():
    assert backend.describe() == f"tensorflow {tf.__version__}"
    assert backend.device() == "cpu"
    assert not backend.compiles_shapes
    assert 0 < backend.free_memory() < 1 << 50


def system(root: Path, **files: str) -> Path:
    """A system's files under `root`; `meminfo` in KiB, the rest of its control group."""
    group = root / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (root / "proc").mkdir()
    for name, text in files.items():
        place = root / "proc/meminfo" if name == "meminfo" else group / name.replace("_", ".", 1)
        place.write_text(text)
    return root


MEMINFO = "MemTotal:       8000000 kB\nMemFree:        1 kB\nMemAvailable:   4000000 kB\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"meminfo": MEMINFO}, 4_000_000 << 10),
        ({}, UNKNOWN),
        ({"meminfo": "nothing of use\n"}, UNKNOWN),
        ({"meminfo": MEMINFO, "memory_max": "max\n", "memory_current": "5\n"}, 4_000_000 << 10),
        ({"meminfo": MEMINFO, "memory_max": "3000\n", "memory_current": "1000\n"}, 2000),
        (
            {
                "meminfo": MEMINFO,
                "memory_max": "3000",
                "memory_current": "1000",
                "memory_stat": "anon 400\ninactive_file 500\nactive_file 7\n",
            },
            2500,
        ),
        ({"meminfo": MEMINFO, "memory_max": "1000", "memory_current": "1500"}, 0),
        ({"meminfo": MEMINFO, "memory_max": str(1 << 60), "memory_current": "1"}, 4_000_000 << 10),
        ({"memory_max": "3000", "memory_current": "1000"}, 2000),
    ],
    ids=[
        "no group",
        "no system",
        "no such line",
        "no limit",
        "a limit",
        "cached files",
        "over its limit",
        "a limit above the machine",
        "only a group",
    ],
)
def test_memory_is_what_the_system_and_its_group_leave(tmp_path, files, expected):
    assert system_memory(system(tmp_path, **files)) == expected


def test_this_systems_memory_is_known():
    assert 1 << 20 < system_memory() < 1 << 50


def python(code, backend, **environment):
    """Run `code` in a new process with another backend."""
    given = {**os.environ, "KERAS_BACKEND": backend, "JAX_PLATFORMS": "cpu", **environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=given, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("torch", "set KERAS_BACKEND to tensorflow"),
        ("numpy", "Keras is set to its numpy backend: set KERAS_BACKEND to tensorflow or jax."),
        ("abacus", "set KERAS_BACKEND to tensorflow"),
    ],
)
def test_another_backend_is_refused_with_a_sentence(name, words):
    """Whether it is installed, can be chosen, or does not exist."""
    code = (
        "from stylize import StylizeError\n"
        "try:\n    import stylize.backend\n"
        "except StylizeError as error:\n    print(error)"
    )
    out = python(code, name)
    assert words in out.stdout, out.stderr


PAINT = """
import sys
import numpy as np
from pathlib import Path
from stylize import Recipe, Stylizer, WeightSet

given = np.load(sys.argv[1])
stylizer = Stylizer(WeightSet("tiny", "vgg19", Path(sys.argv[2]), "0" * 64), "float32")
for name in ("adam", "lbfgs", "quasi_newton"):
    recipe = Recipe.from_canonical(str(given[name]))
    painted = stylizer.stylize(given["photo"], [given["style"]], recipe)
    figures = painted.statistics
    trace = [loss for _, loss in figures.trace]
    losses = [figures.content_loss, figures.style_loss, figures.tv_loss]
    np.savez(sys.argv[3] + name, image=painted.image, trace=trace, losses=losses)
from stylize import backend
print(figures.backend, backend.device(), backend.compiles_shapes, backend.traces())
print("tensorflow" in sys.modules)
"""

OPTIMISERS = ["adam", "lbfgs", "quasi_newton"]

# Sides of whole buckets, so that both backends have the same canvas at both scales.
RECIPE = Recipe(
    size=128,
    steps=(3, 3),
    scale_factor=2,
    initial="recoloured",
    levels=3,
    content_layers="block3_conv1",
    style_layers=["block1_conv1", "block3_conv1"],
)


@pytest.fixture(scope="module")
def on_jax(tmp_path_factory, tiny_weights):
    """The same paintings in a process of JAX: what it said, and what it painted."""
    folder = tmp_path_factory.mktemp("jax")
    rng = np.random.default_rng(0)
    photo, style = (rng.random((128, 128, 3)).astype("float32") for _ in "ab")
    recipes = {name: RECIPE.model_copy(update={"optimiser": name}) for name in OPTIMISERS}
    texts = {name: recipe.canonical() for name, recipe in recipes.items()}
    np.savez(folder / "given.npz", photo=photo, style=style, **texts)
    arguments = [str(folder / "given.npz"), str(tiny_weights.path), f"{folder}/"]
    code = f"import sys\nsys.argv[1:] = {arguments!r}\n{PAINT}"
    out = python(code, "jax")
    assert out.returncode == 0, out.stderr
    found = {name: dict(np.load(folder / f"{name}.npz")) for name in recipes}
    return out.stdout, photo, style, found


def test_jax_says_what_it_is(on_jax):
    """And needs no TensorFlow; a handful of functions is compiled, for each of two scales."""
    said, trace = on_jax[0].splitlines()[0].rsplit(" ", 1)
    assert said.startswith("jax 0.")
    assert said.endswith(" cpu True")
    assert int(trace) <= 2 * 8
    assert on_jax[0].splitlines()[1] == "False"


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_jax_paints_what_tensorflow_paints(on_jax, stylizer, optimiser):
    """Losses along the way within a thousandth, and pixels within one of 255."""
    _, photo, style, found = on_jax
    recipe = RECIPE.model_copy(update={"optimiser": optimiser})
    painted, theirs = stylizer.stylize(photo, [style], recipe), found[optimiser]
    figures = painted.statistics
    trace = [loss for _, loss in figures.trace]
    np.testing.assert_allclose(theirs["trace"], trace, rtol=1e-3)
    losses = [figures.content_loss, figures.style_loss, figures.tv_loss]
    np.testing.assert_allclose(theirs["losses"], losses, rtol=2e-3)
    assert np.abs(theirs["image"] - painted.image).mean() < 1 / 255


@pytest.mark.parametrize("library", [None, SimpleNamespace()])
def test_a_library_that_cannot_hand_memory_back_is_left_alone(monkeypatch, library):
    monkeypatch.setattr(memory, "_c_library", lambda: library)
    assert memory.give_back() is None


def test_freed_memory_is_handed_back_whole(monkeypatch):
    """Nothing is kept at the top of the heap."""
    kept = []
    library = SimpleNamespace(malloc_trim=kept.append)
    monkeypatch.setattr(memory, "_c_library", lambda: library)
    memory.give_back()
    assert kept == [0]


def test_large_blocks_are_the_systems_own_only_within(monkeypatch):
    """From 4 MB on; afterwards from 32 MB on, as glibc has it by itself. Also after an error."""
    set_to = []
    library = SimpleNamespace(mallopt=lambda option, size: set_to.append((option, size >> 20)))
    monkeypatch.setattr(memory, "_c_library", lambda: library)

    def fail():
        with memory.returning_large_blocks():
            assert set_to == [(-3, 4)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert set_to == [(-3, 4), (-3, 32)]


def test_another_library_is_let_be(monkeypatch):
    monkeypatch.setattr(memory, "_c_library", lambda: None)
    with memory.returning_large_blocks():
        pass
    assert memory._c_library() is None
