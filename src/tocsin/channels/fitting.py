"""What a channel says it can do (`protocol.Capabilities`), held to at the one place where messages leave
(`registry.send`)."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_noop

from tocsin.channels.base import Outbound, Permanent
from tocsin.channels.protocol import Capabilities
from tocsin.kernel.reasons import Reason

_NO_ATTACHMENTS = Reason(
    "channels.no_attachments",
    gettext_noop("Files can't be sent on this channel; %(count)s were to go along."),
)
_TOO_LONG = Reason(
    "channels.too_long",
    gettext_noop("The text has %(count)s characters; this channel takes no more than %(most)s."),
)


def fitted(can: Capabilities, outbound: Outbound) -> Outbound:
    """A message as a channel can send it: without a layout where only text is shown, and with the subject at
    the head of the text where there is none; a person's answer in a conversation needs no subject.

    Raises Permanent where something would be lost: files, or the end of a text.
    """
    if outbound.attachments and not can.attachments:
        raise Permanent(_NO_ATTACHMENTS(count=len(outbound.attachments)))
    fit = outbound if can.html else replace(outbound, html="")
    if not can.subject:
        head = f"{fit.subject}\n\n" if fit.subject and fit.auto_submitted else ""
        fit = replace(fit, subject="", text=f"{head}{fit.text}")
    if can.longest_text and len(fit.text) > can.longest_text:
        raise Permanent(_TOO_LONG(count=len(fit.text), most=can.longest_text))
    return fit
