"""The page of `gristmill serve` on the loopback address: sockets, limits of what is read, and one search at a time."""

import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from corpus.errors import RecipeError
from corpus.store import storage
from corpus.withdrawal import inbox
from jobs.engine.session import Session
from jobs.tools import searching
from jobs.tools.search_site import MOST_BYTES, Reply, Sent, Site

_ADDRESS = "127.0.0.1"
_AT_ONCE = 16  # connections; another one is closed
_SECONDS = 20.0  # that a connection may take to send a request


@dataclass(frozen=True, kw_only=True)
class Request:
    """What the verb is given."""

    release: str
    root: str | None
    tag: str
    port: int  # 0: any that is free
    inbox: str  # "": beside the ledger


def serve(request: Request, session: Session, say: Callable[[str], None]) -> None:
    """Answer until interrupted. Raises RecipeError for a release that is none, and for a port that is taken."""
    search = searching.Request(
        release=request.release,
        root=request.root,
        tag=request.tag,
        phrase="",
        regex=False,
        ranked=False,
        lang=(),
        source=(),
        table="corpus",
        hits=0,
        format="text",
    )
    release = searching.opened_for(search).release
    where = request.inbox or _inbox(release)
    with _listening(request.port) as server:
        port = server.server_address[1]
        hosts = frozenset(f"{name}:{port}" for name in (_ADDRESS, "localhost"))
        site = Site(request=search, session=session, hosts=hosts, inbox=where)
        server.answer = site.answer
        say(f"http://{_ADDRESS}:{port}{site.base}")
        say("for this machine alone, and for whoever has this address; Ctrl-C ends it")
        say(f"requests for removal go to {where}: `gristmill withdraw {release} {where}` shows what they fit")
        server.serve_forever(poll_interval=0.2)


def _inbox(root: str) -> str:
    if not storage.is_local(root):
        raise RecipeError(f"{root} is no folder of this machine: say where requests for removal go, --inbox FILE")
    return inbox.path_of(root)


def _listening(port: int) -> "_Server":
    try:
        return _Server((_ADDRESS, port), _Handler)
    except OverflowError as error:
        raise RecipeError(f"--port {port} is none: give one from 1 to 65535, or 0 for any that is free") from error
    except OSError as error:
        raise RecipeError(
            f"port {port} cannot be taken ({error.strerror}): give another --port, or 0 for any"
        ) from error


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = _AT_ONCE

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.answer: Callable[[Sent], Reply]
        self.searching = threading.Lock()
        self._free = threading.BoundedSemaphore(_AT_ONCE)

    def server_bind(self) -> None:
        """Without the library's question to DNS for the machine's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _ADDRESS, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks off is no fault of ours; what is one is shown."""
        import sys  # noqa: PLC0415

        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    timeout = _SECONDS
    server_version, sys_version = "gristmill", ""
    error_content_type, error_message_format = "text/plain; charset=utf-8", "%(code)d %(message)s\n"
    server: _Server

    def do_GET(self) -> None:
        self._send(self._answered(b""))

    def do_HEAD(self) -> None:
        self._send(self._answered(b""), body=False)

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or self.headers.get("Transfer-Encoding"):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif int(length[:9]) > MOST_BYTES or len(length) > 9:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._send(self._answered(self.rfile.read(int(length))))

    def _answered(self, body: bytes) -> Reply:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if self.headers.get_all("Host", []) != [headers.get("host", "")]:
            headers["host"] = ""  # two of them, or none
        sent = Sent(method=self.command, path=self.path, headers=headers, body=body)
        with self.server.searching:
            return self.server.answer(sent)

    def _send(self, reply: Reply, *, body: bool = True) -> None:
        self.send_response(reply.status)
        for name, value in {
            **reply.headers,
            "Content-Type": reply.kind,
            "Content-Length": str(len(reply.body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(reply.body)

    def log_message(self, *_: object) -> None:
        """Nothing is written down of what is asked."""
