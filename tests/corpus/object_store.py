"""A store that speaks as much of S3's protocol as Arrow's client asks for, on this machine, with faults on request."""

import html
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


@dataclass
class ObjectStore:
    """Objects by bucket/key. `keys`: the access keys that it takes; None takes anybody, unsigned too."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    buckets: set[str] = field(default_factory=lambda: {"b"})
    keys: set[str] | None = None
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    completed: list[str] = field(default_factory=list)
    copied: list[str] = field(default_factory=list)  # by the store itself
    asked: list[str] = field(default_factory=list)  # by whom: the access key, "" unsigned

    def address(self, path: str, more: str = "") -> str:
        return f"s3://{path}?endpoint_override=127.0.0.1:{self.port}&scheme=http&region=us-east-1{more}"


@contextmanager
def serving(store: ObjectStore) -> Iterator[ObjectStore]:
    handler = type("Handler", (_Handler,), {"store": store})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    store.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    store: ObjectStore
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _error(self, status: int, code: str) -> None:
        self._answer(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _begun(self) -> tuple[str, dict[str, str], bytes] | None:
        """Bucket/key, query, body; None if the request is answered already."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        body = self._body()
        signed = self.headers.get("Authorization", "").partition("Credential=")[2].partition("/")[0]
        self.store.asked.append(signed)
        path = unquote(parts.path).lstrip("/")
        if self.store.keys is not None and signed not in self.store.keys:
            self._error(403, "AccessDenied")
        elif path.partition("/")[0] not in self.store.buckets:
            self._error(404, "NoSuchBucket")
        else:
            return path, query, body
        return None

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b"".join(self._chunks())
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" not in self.headers.get("Content-Encoding", ""):
            return data
        found = []
        while data:
            head, _, data = data.partition(b"\r\n")
            size = int(head.partition(b";")[0], 16)
            if not size:
                break
            found.append(data[:size])
            data = data[size + 2 :]
        return b"".join(found)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def do_HEAD(self) -> None:
        if begun := self._begun():
            data = self.store.objects.get(begun[0])
            if data is None and "/" in begun[0]:
                self._answer(404)
            else:
                self._answer(200, Content_Length=str(len(data or b"")), Last_Modified="Mon, 01 Jan 2024 00:00:00 GMT")

    def do_GET(self) -> None:
        if not (begun := self._begun()):
            return
        path, query, _ = begun
        if "list-type" in query:
            self._list(path.rstrip("/"), query)
        elif path not in self.store.objects:
            self._error(404, "NoSuchKey")
        else:
            data = self.store.objects[path]
            first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
            end = min(int(last) + 1 if last else len(data), len(data))
            if int(first) and int(first) >= len(data):
                self._error(416, "InvalidRange")
            else:
                self._answer(206, data[int(first) : end], Content_Range=f"bytes {first}-{end - 1}/{len(data)}")

    def _list(self, bucket: str, query: dict[str, str]) -> None:
        prefix, cut = query.get("prefix", ""), query.get("delimiter", "")
        rows, folders = [], set()
        for path, data in sorted(self.store.objects.items()):
            key = path.removeprefix(f"{bucket}/")
            if path == key or not key.startswith(prefix):
                continue
            inner, mark, _ = key[len(prefix) :].partition(cut) if cut else ("", "", "")
            if mark:
                folders.add(f"{prefix}{inner}{cut}")
            else:
                rows.append(
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(data)}</Size>"
                    "<LastModified>2024-01-01T00:00:00.000Z</LastModified></Contents>"
                )
        rows += [f"<CommonPrefixes><Prefix>{escape(one)}</Prefix></CommonPrefixes>" for one in sorted(folders)]
        count = f"<KeyCount>{len(rows)}</KeyCount><IsTruncated>false</IsTruncated>"
        self._answer(200, f"<ListBucketResult>{count}{''.join(rows)}</ListBucketResult>".encode())

    def do_PUT(self) -> None:
        if begun := self._begun():
            path, query, body = begun
            if source := unquote(self.headers.get("x-amz-copy-source", "")).lstrip("/"):
                self.store.objects[path] = self.store.objects[source]
                self.store.copied.append(path)
                said = "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>"
                self._answer(200, said.encode())
                return
            if "partNumber" in query:
                self.store.uploads[query["uploadId"]][int(query["partNumber"])] = body
            else:
                self.store.objects[path] = body
                self.store.completed.append(path)
            self._answer(200, ETag='"e"')

    def do_POST(self) -> None:
        if not (begun := self._begun()):
            return
        path, query, body = begun
        if "uploads" in query:
            mark = str(len(self.store.uploads))
            self.store.uploads[mark] = {}
            said = f"<InitiateMultipartUploadResult><UploadId>{mark}</UploadId></InitiateMultipartUploadResult>"
            self._answer(200, said.encode())
        elif "uploadId" in query:
            self.store.objects[path] = b"".join(
                data for _, data in sorted(self.store.uploads[query["uploadId"]].items())
            )
            self.store.completed.append(path)
            self._answer(200, b"<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>")
        else:
            for key in re.findall(r"<Key>(.*?)</Key>", body.decode()):
                self.store.objects.pop(f"{path.rstrip('/')}/{html.unescape(key)}", None)
            self._answer(200, b"<DeleteResult></DeleteResult>")

    def do_DELETE(self) -> None:
        if begun := self._begun():
            self.store.objects.pop(begun[0], None)
            self._answer(204)
