"""moto's S3 server on a free port of loopback, one request after the other.

    python s3_server.py FOLDER

Writes FOLDER/port when it listens, and a line for each request to FOLDER/requests. FOLDER/faults,
where there is one, is a JSON list of [method, part of the path, status]: each is answered once, to
the first request that fits, instead of the real answer. moto compares and writes in two steps,
which a store must not: hence the lock.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

ERROR = b"<?xml version='1.0'?><Error><Code>%s</Code><Message>a fault</Message></Error>"
CODES = {403: b"AccessDenied", 500: b"InternalError", 503: b"SlowDown"}


class Quiet(WSGIRequestHandler):
    def log(self, *_: Any) -> None:
        pass


class Server:
    def __init__(self, folder: Path) -> None:
        self.app = DomainDispatcherApplication(create_backend_app)
        self.requests = (folder / "requests").open("a", buffering=1)
        self.faults = folder / "faults"
        self.lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        with self.lock:
            self.requests.write(f"{method} {path} {environ.get('QUERY_STRING', '')}\n")
            status = self.fault(method, path)
            if status:
                environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
                start_response(f"{status} Fault", [("Content-Type", "application/xml")])
                return [ERROR % CODES[status]]
            return self.app(environ, start_response)

    def fault(self, method: str, path: str) -> int:
        if not self.faults.exists():
            return 0
        faults = json.loads(self.faults.read_text())
        for number, (wanted, part, status) in enumerate(faults):
            if wanted == method and part in path:
                del faults[number]
                self.faults.write_text(json.dumps(faults))
                return int(status)
        return 0


def main(folder: Path) -> None:
    os.environ["MOTO_S3_DEFAULT_MAX_KEYS"] = "100"  # of a page of a listing
    server = make_server("127.0.0.1", 0, Server(folder), threaded=True, request_handler=Quiet)
    beside = folder / "port.new"
    beside.write_text(str(server.server_port))
    beside.replace(folder / "port")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # the pipe to the tests: closed when they end, however they end


if __name__ == "__main__":
    main(Path(sys.argv[1]))
