"""What every store does, on a real S3 server and on a filesystem that cannot compare and write."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flows.errors import StoreError, WorkspaceError
from flows.remote.place import mirror_folder, plain_url
from flows.remote.store import ChangedError, Store, open_store


@pytest.fixture(params=["s3", "memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        return open_store(request.getfixturevalue("url"))
    where = {"memory": f"memory:/{tmp_path}", "file": f"file://{tmp_path}/store"}
    return open_store(where[request.param])


def test_an_object_is_read_as_it_was_written(store: Store) -> None:
    etag = store.put("folder/ä b.txt", b"one")
    held = store.get("folder/ä b.txt")
    assert (held.data, held.etag) == (b"one", etag)
    assert 0 <= held.age_seconds < 60
    found = store.head("folder/ä b.txt")
    assert found is not None
    assert (found.key, found.size, found.etag) == ("folder/ä b.txt", 3, etag)


def test_what_is_not_there(store: Store) -> None:
    assert store.head("nothing") is None
    assert store.list("nothing") == []
    store.delete(["nothing"])
    with pytest.raises(FileNotFoundError):
        store.get("nothing")


def test_a_folder_is_listed_with_or_without_what_is_below(store: Store) -> None:
    for key in ("a.txt", "b/c.txt", "b/d/e.txt", "bb/f.txt"):
        store.put(key, key.encode())
    assert [entry.key for entry in store.list("")] == ["a.txt"]
    assert [entry.key for entry in store.list("b")] == ["b/c.txt"]
    assert [entry.key for entry in store.list("b", deep=True)] == ["b/c.txt", "b/d/e.txt"]
    store.delete(["a.txt", "b/c.txt"])
    assert [entry.key for entry in store.list("", deep=True)] == ["b/d/e.txt", "bb/f.txt"]


def test_a_write_holds_its_condition(store: Store) -> None:
    """A new object only where there is none, another one only over the one that was seen."""
    first = store.put("row", b"one", "")
    with pytest.raises(ChangedError):
        store.put("row", b"two", "")
    second = store.put("row", b"two", first)
    with pytest.raises(ChangedError):
        store.put("row", b"three", first)
    with pytest.raises(ChangedError):
        store.put("gone", b"one", second)
    assert store.get("row").data == b"two"
    assert store.head("gone") is None


def test_a_write_whose_answer_was_lost_is_no_conflict(store: Store) -> None:
    """Repeated with the same bytes it has done its work already."""
    first = store.put("row", b"one", "")
    assert store.put("row", b"one", "") == first
    second = store.put("row", b"two", first)
    assert store.put("row", b"two", first) == second


def test_of_many_writers_one_wins(store: Store) -> None:
    def write(number: int) -> bool:
        try:
            store.put("row", f"{number}".encode(), "")
        except ChangedError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(write, range(16))) == 1


def test_a_long_listing_comes_in_pages(url: str, s3: Any) -> None:
    """Of a hundred objects here, of a thousand on a real store; none is lost between two pages."""
    import boto3

    client, (bucket, prefix) = boto3.client("s3"), url.removeprefix("s3://").split("/")
    with ThreadPoolExecutor(8) as pool:
        keys = [f"stylized/{number:05}.png" for number in range(150)]
        list(pool.map(lambda key: client.put_object(Bucket=bucket, Key=f"{prefix}/{key}"), keys))
    client.close()
    before = len(s3.requests())
    assert [entry.key for entry in open_store(url).list("stylized")] == keys
    assert len(s3.requests()) - before == 2
    open_store(url).delete(keys)
    assert open_store(url).list("", deep=True) == []


def test_passing_errors_are_tried_again(url: str, s3: Any) -> None:
    store = open_store(url)
    s3.fail(*[("PUT", "row", 503)] * 2, ("GET", "row", 500))
    store.put("row", b"one", "")
    assert store.get("row").data == b"one"


@pytest.mark.parametrize(
    ("use", "words"),
    [
        (lambda store: store.list(""), "access is denied"),
        (lambda store: store.put("row", b""), "access is denied"),
    ],
)
def test_a_refusal_is_a_sentence(url: str, s3: Any, use: Callable[..., Any], words: str) -> None:
    s3.fail(("GET", "", 403), ("PUT", "", 403))
    with pytest.raises(StoreError, match=words):
        use(open_store(url))


def test_a_filesystem_that_nobody_knows_is_a_sentence() -> None:
    with pytest.raises(StoreError, match="nowhere://bucket cannot be used"):
        open_store("nowhere://bucket")


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///", "s3://key:word@host/bucket", "s3://bucket/../other", "s3://a//b"]
)
def test_an_address_that_is_none_is_a_sentence(address: str) -> None:
    with pytest.raises(WorkspaceError) as raised:
        plain_url(address)
    assert "s3://bucket/collection" in str(raised.value)
    assert "word" not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("S3://bucket/one/", "s3://bucket/one"),
        ("file:///srv/one/", "file:///srv/one"),
        ("memory://one", "memory://one"),
    ],
)
def test_an_address_means_what_it_says(address: str, kept: str) -> None:
    """The folder of a file:// address begins at the root, not where the command runs."""
    assert plain_url(address) == kept


def test_each_address_has_a_mirror_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only the endpoint differs: two stores may have a bucket of one name."""
    monkeypatch.setenv("ATELIER_CACHE", "/cache")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    folders = {mirror_folder("s3://bucket/one"), mirror_folder("s3://bucket/two")}
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:2")
    folders.add(mirror_folder("s3://bucket/one"))
    assert len(folders) == 3
    assert {folder.parent for folder in folders} == {Path("/cache")}
