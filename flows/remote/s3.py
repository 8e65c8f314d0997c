"""S3, and what speaks like it, through s3fs: conditions are held by the store itself.

Keys, region and endpoint come from the usual environment variables and files of AWS alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from flows.errors import StoreError
from flows.remote.store import ChangedError, Entry, Held

__all__ = ["ATTEMPTS", "S3Store"]

ATTEMPTS = 5
"""How often a request is made before it fails, unless AWS_MAX_ATTEMPTS says otherwise."""

_DELETED_AT_ONCE = 1000


class S3Store:
    """The objects of one bucket below one prefix."""

    def __init__(self, url: str) -> None:
        try:
            import s3fs
        except ImportError as error:
            raise StoreError(
                f"For a workspace at {url} s3fs is needed: pip install 'atelier[s3]'"
            ) from error
        self.url = url
        self._bucket, _, prefix = url.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        attempts = int(os.environ.get("AWS_MAX_ATTEMPTS") or ATTEMPTS)
        mode = os.environ.get("AWS_RETRY_MODE") or "standard"
        self._fs = s3fs.S3FileSystem(
            skip_instance_cache=True,  # another one may have been made for another endpoint
            config_kwargs={
                "retries": {"mode": mode, "total_max_attempts": attempts},
                "connect_timeout": 10,
                "max_pool_connections": 32,
            },
        )

    def get(self, key: str) -> Held:
        """Read an object; see `Store`."""
        from fsspec.asyn import sync

        answer, data = self._asked(lambda: sync(self._fs.loop, self._read, self._at(key)))
        modified: datetime = answer["LastModified"]
        age = (_date(answer) - modified).total_seconds()
        return Held(data, answer["ETag"], age)

    def begin(self, key: str, size: int) -> bytes:
        """Read the first bytes; see `Store`."""
        return bytes(self._asked(lambda: self._fs.cat_file(self._at(key), 0, size)))

    def put(self, key: str, data: bytes, expected: str | None = None) -> str:
        """Write an object; see `Store`."""
        condition = {}
        if expected is not None:
            condition = {"IfMatch": expected} if expected else {"IfNoneMatch": "*"}
        try:
            answer = self._call("put_object", key, Body=data, **condition)
        except (ChangedError, FileNotFoundError):
            etag = self._etag_of_same(key, data)
            if etag is None:
                raise ChangedError(key) from None
            return etag
        return str(answer["ETag"])

    def head(self, key: str) -> Entry | None:
        """Look at one object; see `Store`."""
        try:
            answer = self._call("head_object", key)
        except FileNotFoundError:
            return None
        return Entry(key, answer["ContentLength"], answer["ETag"], _ns(answer["LastModified"]))

    def list(self, folder: str, deep: bool = False) -> list[Entry]:
        """List a folder, a thousand objects a request; see `Store`."""
        prefix = self._prefix + (f"{folder}/" if folder else "")
        entries: list[Entry] = []
        more: dict[str, str] = {} if deep else {"Delimiter": "/"}
        while True:
            answer = self._call("list_objects_v2", Prefix=prefix, **more)
            entries += [
                Entry(
                    found["Key"].removeprefix(self._prefix),
                    found["Size"],
                    found["ETag"],
                    _ns(found["LastModified"]),
                )
                for found in answer.get("Contents", ())
            ]
            if not answer.get("IsTruncated"):
                return entries
            more["ContinuationToken"] = answer["NextContinuationToken"]

    def delete(self, keys: Iterable[str]) -> None:
        """Delete objects, a thousand a request; see `Store`."""
        left = iter(keys)
        while lot := list(islice(left, _DELETED_AT_ONCE)):
            objects = [{"Key": self._prefix + key} for key in lot]
            answer = self._call("delete_objects", Delete={"Objects": objects, "Quiet": True})
            for failed in answer.get("Errors", ()):
                raise StoreError(
                    f"{failed['Key']} in {self.url} cannot be deleted ({failed.get('Message')}); "
                    "allow s3:DeleteObject."
                )

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    async def _read(self, where: dict[str, str]) -> tuple[dict[str, Any], bytes]:
        """An answer whose body breaks off is asked for again."""
        left = ATTEMPTS
        while True:
            answer = await self._fs._call_s3("get_object", **where)
            try:
                async with answer["Body"] as body:
                    return answer, await body.read()
            except Exception:  # the body's own library has many errors
                left -= 1
                if not left:
                    raise

    def _call(self, method: str, key: str | None = None, **more: Any) -> Any:
        where = {"Bucket": self._bucket} if key is None else self._at(key)
        return self._asked(lambda: self._fs.call_s3(method, **where, **more))

    def _asked(self, question: Any) -> Any:
        """The answer; what goes wrong as one of the errors that `Store` speaks of."""
        try:
            return question()
        except Exception as error:
            raise self._meant(error) from error

    def _meant(self, error: Exception) -> Exception:
        chain = list(_chain(error))
        codes = [code for one in chain if (code := _code(one))]
        code = codes[0] if codes else ""
        names = {type(one).__name__ for one in chain}
        if code in ("PreconditionFailed", "412", "ConditionalRequestConflict", "409"):
            return ChangedError(str(error))
        if code in ("NoSuchKey", "404"):
            return FileNotFoundError(str(error))
        return StoreError(f"{self.url} cannot be used: {self._why(code, names, error)}")

    def _why(self, code: str, names: set[str], error: Exception) -> str:
        if code == "NoSuchBucket":
            return f"there is no bucket {self._bucket}; make it, or correct the address."
        if names & {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound"}:
            return (
                "no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                "or AWS_PROFILE."
            )
        if code in ("InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"):
            return f"the credentials are refused ({code}); check AWS_ACCESS_KEY_ID and its secret."
        if code in ("AccessDenied", "403", "AllAccessDisabled"):
            return (
                "access is denied; the key needs s3:ListBucket, s3:GetObject, s3:PutObject and "
                "s3:DeleteObject there."
            )
        if names & {"EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError"}:
            return "the endpoint cannot be reached; check the network and AWS_ENDPOINT_URL."
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return f"{text[:300]}; try again later."

    def _etag_of_same(self, key: str, data: bytes) -> str | None:
        """The etag of the object where it has these bytes: our own write, whose answer was lost."""
        try:
            held = self.get(key)
        except FileNotFoundError:
            return None
        return held.etag if held.data == data else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _code(error: BaseException) -> str:
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * 10**9


def _date(answer: dict[str, Any]) -> datetime:
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
