"""A provider's token endpoint on the loopback, and the introspection by which Dovecot asks it."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class TokenServer:
    """Gives `access-1`, `access-2` … for the refresh token it knows; `refuse` makes it say an error.

    `rotates`: each answer brings a new refresh token, as Microsoft's do. `lifetime` in seconds.
    """

    client_secret = "client-s3cret"
    user = "support"

    def __init__(self) -> None:
        self.refresh_token = "refresh-0-s3cret"
        self.asked: list[dict[str, str]] = []
        self.active: set[str] = set()
        self.lifetime: float = 3600
        self.rotates = False
        self.refuse: tuple[int, Any] | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, form: dict[str, str]) -> tuple[int, Any]:
        """To one request for a token."""
        self.asked.append(form)
        if self.refuse:
            return self.refuse
        if form.get("refresh_token") != self.refresh_token:
            said = f"AADSTS70000: the grant {form.get('refresh_token')} has expired."
            return 400, {"error": "invalid_grant", "error_description": said}
        if form.get("client_secret") != self.client_secret:
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: wrong secret."}
        token = f"access-{len(self.asked)}"
        self.active.add(token)
        found = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        if self.rotates:
            self.refresh_token = found["refresh_token"] = f"refresh-{len(self.asked)}-s3cret"
        return 200, found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._say(*server.answer({key: value[0] for key, value in parse_qs(body).items()}))

            def do_GET(self) -> None:
                bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
                token = parse_qs(urlsplit(self.path).query).get("token", [bearer])[0]
                self._say(200, {"active": token in server.active, "username": server.user})

            def _say(self, status: int, found: Any) -> None:
                data = found if isinstance(found, bytes) else json.dumps(found).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                """Nothing."""

        return Handler
