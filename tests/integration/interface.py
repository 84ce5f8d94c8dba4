"""A real HTTP server for the tests, which plays an interface on its good and its bad days."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    form: dict[str, str]
    body: Any = None


@dataclass
class Reply:
    """What to answer. `cut` sends only so many bytes of what is announced; `reset` cuts the connection off."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    drip_seconds: float = 0.0
    reset: bool = False


class Interface:
    """The server; `answer` says what each request gets, `asked` what has been asked."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.answer = answer
        self.asked: list[Asked] = []
        self.url = ""


@contextmanager
def serving(answer: Callable[[Asked], Reply], tls: ssl.SSLContext | None = None) -> Iterator[Interface]:
    interface = Interface(answer)
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            sent = self.rfile.read(length).decode()
            is_json = self.headers.get("Content-Type", "").startswith("application/json")
            form = {} if is_json else {k: v[0] for k, v in parse_qs(sent, keep_blank_values=True).items()}
            query = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            asked = Asked(
                self.command, parts.path, query, dict(self.headers), form, json.loads(sent) if is_json else None
            )
            interface.asked.append(asked)
            self._send(interface.answer(asked))

        do_POST = do_GET

        def _send(self, reply: Reply) -> None:
            if reply.reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
                return
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response_only(reply.status)
            headers = {"Content-Type": "application/json", "Date": self.date_time_string(), **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" in headers:
                self.close_connection = True
            elif reply.status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                if reply.drip_seconds:
                    for place in range(len(body)):
                        if stopped.wait(reply.drip_seconds):
                            break
                        self.wfile.write(body[place : place + 1])
                        self.wfile.flush()
                else:
                    self.wfile.write(body[: reply.cut])
            except OSError:
                self.close_connection = True
            if reply.cut is not None:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    interface.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/api/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield interface
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
