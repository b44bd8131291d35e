"""Mail providers on the loopback: a server that takes mail as each interface does, and answers so."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import pytest

KEY = "the-key-of-the-account"
SECRET_KEY = "the-other-key"


@dataclass(frozen=True)
class Asked:
    """One request to the provider."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What the provider says: JSON or text, with a status and headers."""

    status: int
    said: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Provider:
    """A stand-in. `answers` are given one by one before the usual ones; `silent` makes it hang."""

    name: str
    asked: list[Asked] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    files: dict[str, Answer] = field(default_factory=dict)
    silent: bool = False

    def start(self) -> Provider:
        """Listen on a free port."""
        handler = type("Handler", (_Handler,), {"provider": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    @property
    def place(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """For TOCSIN_SMTP_URL."""
        keys = f"{KEY}:{SECRET_KEY}" if self.name == "mailjet" else KEY
        return f"{self.name}://{keys}@{self.place}"

    @property
    def sent(self) -> list[Asked]:
        """The mails it was given."""
        return [one for one in self.asked if one.method == "POST"]

    def answer(self, asked: Asked) -> Answer:
        """What it says to a request."""
        self.asked.append(asked)
        if self.silent:
            time.sleep(3)
        if asked.path in self.files:
            return self.files[asked.path]
        if self.answers:
            return self.answers.pop(0)
        return USUAL[self.name](asked, len(self.sent)) if asked.method == "POST" else Answer(200, {})


class _Handler(BaseHTTPRequestHandler):
    provider: ClassVar[Provider]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._reply()

    def do_GET(self) -> None:
        self._reply()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def _reply(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        answer = self.provider.answer(Asked(self.command, path, dict(self.headers.items()), body))
        said = answer.said if isinstance(answer.said, bytes) else json.dumps(answer.said).encode()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)


def _postmark(asked: Asked, number: int) -> Answer:
    return Answer(
        200,
        {
            "To": asked.json["To"],
            "SubmittedAt": "2026-11-21T12:00:00Z",
            "MessageID": message_id("postmark", number),
            "ErrorCode": 0,
            "Message": "OK",
        },
    )


def _mailjet(asked: Asked, number: int) -> Answer:
    to = asked.json["Messages"][0]["To"][0]["Email"]
    one = {"Email": to, "MessageID": int(message_id("mailjet", number)), "MessageUUID": "u"}
    return Answer(200, {"Messages": [{"Status": "success", "To": [one], "Cc": [], "Bcc": []}]})


def message_id(name: str, number: int) -> str:
    """What the provider calls its mail number so-and-so."""
    return {
        "mailgun": f"<2026112112.{number}@mg.example.test>",
        "mailjet": f"28851{number:012d}",
        "brevo": f"<2026112112.{number}@smtp-relay.mailin.fr>",
    }.get(name, f"0a129aee-e1cd-480d-b08d-{number:012d}")


USUAL: dict[str, Callable[[Asked, int], Answer]] = {
    "postmark": _postmark,
    "mailgun": lambda asked, number: Answer(
        200, {"id": message_id("mailgun", number), "message": "Queued. Thank you."}
    ),
    "sendgrid": lambda asked, number: Answer(202, b"", {"X-Message-Id": message_id("sendgrid", number)}),
    "brevo": lambda asked, number: Answer(201, {"messageId": message_id("brevo", number)}),
    "mailjet": _mailjet,
    "sparkpost": lambda asked, number: Answer(
        200,
        {
            "results": {
                "total_rejected_recipients": 0,
                "total_accepted_recipients": 1,
                "id": message_id("sparkpost", number),
            }
        },
    ),
    "resend": lambda asked, number: Answer(200, {"id": message_id("resend", number)}),
}


@pytest.fixture
def provider(request: pytest.FixtureRequest) -> Iterator[Provider]:
    """The provider that the test is parametrized with, else Postmark."""
    one = Provider(getattr(request, "param", "postmark")).start()
    yield one
    one.stop()


@dataclass(frozen=True)
class Seen:
    """A mail as a provider understands it; `files` are (name, type, bytes, content id)."""

    headers: dict[str, str]
    sender: str
    to: str
    reply_to: str
    subject: str
    text: str
    html: str
    files: list[tuple[str, str, bytes, str]]
    name: str
    tracking: list[Any]


def seen(name: str, asked: Asked) -> Seen:
    """The mail of a request, by the provider's documentation of its fields."""
    return _SEEN[name](asked)


def _b64(text: str) -> bytes:
    return base64.b64decode(text)


def _seen_postmark(asked: Asked) -> Seen:
    it = asked.json
    files = [
        (one["Name"], one["ContentType"], _b64(one["Content"]), one.get("ContentID", "").removeprefix("cid:"))
        for one in it.get("Attachments", [])
    ]
    headers = {one["Name"]: one["Value"] for one in it["Headers"]}
    return Seen(
        headers,
        it["From"],
        it["To"],
        it.get("ReplyTo", ""),
        it["Subject"],
        it["TextBody"],
        it["HtmlBody"],
        files,
        it["Metadata"]["tocsin"],
        [it["TrackLinks"], it["TrackOpens"]],
    )


def _seen_mailgun(asked: Asked) -> Seen:
    fields: dict[str, str] = {}
    files = []
    kind = asked.headers["Content-Type"]
    if kind.startswith("multipart/"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        for part in message_from_bytes(head + asked.body, policy=policy.HTTP).iter_parts():
            content = part.get_payload(decode=True)
            field = str(part.get_param("name", header="content-disposition"))
            if field in ("attachment", "inline"):
                cid = str(part.get_filename()) if field == "inline" else ""
                files.append((str(part.get_filename()), part.get_content_type(), content, cid))
            else:
                fields[field] = content.decode()
    else:
        fields = dict(parse_qsl(asked.body.decode()))
    headers = {key[2:]: value for key, value in fields.items() if key.startswith("h:")}
    return Seen(
        headers,
        fields["from"],
        fields["to"],
        headers.get("Reply-To", ""),
        fields["subject"],
        fields["text"],
        fields["html"],
        files,
        fields["v:tocsin"],
        [fields["o:tracking-clicks"], fields["o:tracking-opens"]],
    )


def _seen_sendgrid(asked: Asked) -> Seen:
    it = asked.json
    files = [
        (one["filename"], one["type"], _b64(one["content"]), one.get("content_id", ""))
        for one in it.get("attachments", [])
    ]
    words = {one["type"]: one["value"] for one in it["content"]}
    tracking = it["tracking_settings"]
    return Seen(
        it["headers"],
        f"{it['from'].get('name', '')} <{it['from']['email']}>",
        it["personalizations"][0]["to"][0]["email"],
        it.get("reply_to_list", [{"email": ""}])[0]["email"],
        it["subject"],
        words["text/plain"],
        words["text/html"],
        files,
        it["custom_args"]["tocsin"],
        [tracking["click_tracking"]["enable"], tracking["open_tracking"]["enable"]],
    )


def _seen_brevo(asked: Asked) -> Seen:
    it = asked.json
    files = [(one["name"], "", _b64(one["content"]), "") for one in it.get("attachment", [])]
    return Seen(
        it["headers"],
        f"{it['sender'].get('name', '')} <{it['sender']['email']}>",
        it["to"][0]["email"],
        it.get("replyTo", {"email": ""})["email"],
        it["subject"],
        it["textContent"],
        it["htmlContent"],
        files,
        json.loads(it["headers"]["X-Mailin-custom"])["tocsin"],
        [],
    )


def _seen_mailjet(asked: Asked) -> Seen:
    it = asked.json["Globals"]
    files = [
        (one["Filename"], one["ContentType"], _b64(one["Base64Content"]), one.get("ContentID", ""))
        for one in [*it.get("Attachments", []), *it.get("InlinedAttachments", [])]
    ]
    return Seen(
        it["Headers"],
        f"{it['From'].get('Name', '')} <{it['From']['Email']}>",
        asked.json["Messages"][0]["To"][0]["Email"],
        it.get("ReplyTo", {"Email": ""})["Email"],
        it["Subject"],
        it["TextPart"],
        it["HTMLPart"],
        files,
        json.loads(it["EventPayload"])["tocsin"],
        [it["TrackClicks"], it["TrackOpens"]],
    )


def _seen_sparkpost(asked: Asked) -> Seen:
    it = asked.json["content"]
    files = [(one["name"], one["type"], _b64(one["data"]), "") for one in it.get("attachments", [])]
    files += [
        (one["name"], one["type"], _b64(one["data"]), one["name"]) for one in it.get("inline_images", [])
    ]
    return Seen(
        it["headers"],
        it["from"],
        asked.json["recipients"][0]["address"]["email"],
        it.get("reply_to", ""),
        it["subject"],
        it["text"],
        it["html"],
        files,
        asked.json["metadata"]["tocsin"],
        list(asked.json["options"].values()),
    )


def _seen_resend(asked: Asked) -> Seen:
    it = asked.json
    files = [
        (one["filename"], one["content_type"], _b64(one["content"]), one.get("content_id", ""))
        for one in it.get("attachments", [])
    ]
    return Seen(
        it["headers"],
        it["from"],
        it["to"][0],
        it.get("reply_to", [""])[0],
        it["subject"],
        it["text"],
        it["html"],
        files,
        json.loads(it["headers"]["X-Metadata"])["tocsin"],
        [],
    )


_SEEN: dict[str, Callable[[Asked], Seen]] = {
    "postmark": _seen_postmark,
    "mailgun": _seen_mailgun,
    "sendgrid": _seen_sendgrid,
    "brevo": _seen_brevo,
    "mailjet": _seen_mailjet,
    "sparkpost": _seen_sparkpost,
    "resend": _seen_resend,
}
