"""The second route: taken when the first has failed for longer than a moment, left when it is back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.channels.test_sending import OURS, PLAIN
from tests.harness.mailservers import SmtpSink
from tests.harness.processes import free_port

from tocsin.channels.base import Permanent, Retry
from tocsin.channels.email import routes
from tocsin.channels.email.channel import EmailChannel
from tocsin.kernel.reasons import in_english

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def second() -> Iterator[SmtpSink]:
    sink = SmtpSink()
    sink.start()
    yield sink
    sink.stop()


class Watch:
    """Stands for `time` where the routes look at it."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    one = Watch()
    monkeypatch.setattr(routes, "time", one)
    return one


@pytest.fixture
def email(watch: Watch, smtp_sink: SmtpSink, second: SmtpSink, settings: Any) -> EmailChannel:
    """With both routes."""
    settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL = smtp_sink.url, second.url
    return EmailChannel()


def wait_for_second_route(email: EmailChannel, watch: Watch) -> str:
    """Until a mail goes through, which it does when the first has failed for a moment; its answer."""
    with pytest.raises(Retry) as caught:
        email.send(OURS, PLAIN)
    assert caught.value.connection
    watch.seconds += routes.MOMENT_S
    return in_english(email.send(OURS, PLAIN).answer)


def test_there_and_back(email: EmailChannel, watch: Watch, smtp_sink: SmtpSink, second: SmtpSink) -> None:
    assert f"(by 127.0.0.1:{smtp_sink.port})" in in_english(email.send(OURS, PLAIN).answer)
    smtp_sink.stop()
    assert f"(by the second route, 127.0.0.1:{second.port})" in wait_for_second_route(email, watch)
    for _ in range(3):
        assert "second route" in in_english(email.send(OURS, PLAIN).answer)
    smtp_sink.start()
    watch.seconds += routes.LOOK_AGAIN_S
    assert "second route" not in in_english(email.send(OURS, PLAIN).answer)
    assert "second route" not in in_english(email.send(OURS, PLAIN).answer)
    assert len(second.messages) == 4


def test_all_threads_know(email: EmailChannel, watch: Watch, smtp_sink: SmtpSink, second: SmtpSink) -> None:
    smtp_sink.stop()
    wait_for_second_route(email, watch)
    answers: list[str] = []

    def send() -> None:
        answers.append(in_english(email.send(OURS, PLAIN).answer))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert all("second route" in one for one in answers)
    assert len(answers) == 4


def test_a_server_that_hangs_is_broken_at_once(
    watch: Watch, second: SmtpSink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its time-out is longer than a moment; nobody else waits for it."""
    monkeypatch.setattr(routes, "MOMENT_S", 0.0)
    monkeypatch.setattr(routes.SmtpConnection.__init__, "__kwdefaults__", {"timeout": 0.5})
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.TOCSIN_SMTP_URL = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        settings.TOCSIN_SMTP_FALLBACK_URL = second.url
        email = EmailChannel()
        assert "second route" in in_english(email.send(OURS, PLAIN).answer)
        silent.accept()[0].close()
        silent.setblocking(False)
        assert "second route" in in_english(email.send(OURS, PLAIN).answer)
        with pytest.raises(BlockingIOError):
            silent.accept()


def test_a_refused_recipient_is_no_broken_way(
    email: EmailChannel, smtp_sink: SmtpSink, second: SmtpSink
) -> None:
    smtp_sink.fail("gone@example.com")
    for _ in range(3):
        with pytest.raises(Permanent):
            email.send(OURS, replace(PLAIN, to="gone@example.com"))
    assert second.messages == []


def test_both_broken(email: EmailChannel, watch: Watch, smtp_sink: SmtpSink, second: SmtpSink) -> None:
    smtp_sink.stop()
    wait_for_second_route(email, watch)
    second.stop()
    with pytest.raises(Retry, match="And the second route: ") as caught:
        email.send(OURS, PLAIN)
    assert caught.value.connection


def test_what_only_the_second_dislikes_waits_for_the_first(
    email: EmailChannel, watch: Watch, smtp_sink: SmtpSink, second: SmtpSink
) -> None:
    smtp_sink.stop()
    wait_for_second_route(email, watch)
    second.fail("maria@example.com", "554 5.7.1 relay access denied")
    with pytest.raises(Retry, match="waits for the first: 554"):
        email.send(OURS, PLAIN)
    second.fail("gone@example.com", "550 5.1.1 nobody here")
    with pytest.raises(Permanent, match="nobody here"):
        email.send(OURS, replace(PLAIN, to="gone@example.com"))
    smtp_sink.start()
    watch.seconds += routes.LOOK_AGAIN_S
    assert email.send(OURS, PLAIN).answer


def test_without_a_second_route_nothing_changes(smtp_sink: SmtpSink, settings: Any) -> None:
    settings.TOCSIN_SMTP_URL, settings.TOCSIN_SMTP_FALLBACK_URL = smtp_sink.url, ""
    assert "(by" not in in_english(EmailChannel().send(OURS, PLAIN).answer)
    settings.TOCSIN_SMTP_URL = f"smtp://127.0.0.1:{free_port()}"
    with pytest.raises(Retry):
        EmailChannel().send(OURS, PLAIN)


def test_health_names_both(email: EmailChannel, smtp_sink: SmtpSink, second: SmtpSink) -> None:
    assert email.health(OURS).ok
    smtp_sink.stop()
    assert email.health(OURS).ok  # that connection breaks; the next finds nobody
    health = email.health(OURS)
    assert f"Nobody listens at 127.0.0.1:{smtp_sink.port}." in health.words
    second.stop()
    assert not email.health(OURS).ok
