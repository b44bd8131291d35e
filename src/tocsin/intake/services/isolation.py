"""A batch is opened together, for speed; when that fails, each message by itself, so that one poisonous mail
is set aside and stops nobody (rule 3 of the house)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from django.db import InterfaceError, OperationalError, transaction

from tocsin.intake import reasons
from tocsin.intake.services.parsing import InboundMessage, understand
from tocsin.mailroom import queries as mailroom_queries
from tocsin.mailroom import services as mailroom

log = logging.getLogger(__name__)

# The database being away is nobody's fault: the batch waits for its return instead of being set aside.
_NOT_THE_MAILS_FAULT = (OperationalError, InterfaceError)


def understood(inbound_ids: Sequence[int]) -> list[InboundMessage]:
    """Those of these that can be understood."""
    found = []
    for inbound_id in inbound_ids:
        try:
            found.append(understand(mailroom_queries.parsed_inbound(inbound_id)))
        except _NOT_THE_MAILS_FAULT:
            raise
        except Exception as error:
            _set_aside(inbound_id, error)
    return found


def together_or_one_by_one(
    act: Callable[[Sequence[InboundMessage]], None], batch: Sequence[InboundMessage]
) -> None:
    """Do it for all of them in one transaction, else for each in one of its own."""
    if not batch:
        return
    try:
        with transaction.atomic():
            act(batch)
    except _NOT_THE_MAILS_FAULT:
        raise
    except Exception as error:
        if len(batch) == 1:
            _set_aside(batch[0].inbound_id, error)
            return
        log.warning("a batch of %d is opened one by one, since one of them fails", len(batch), exc_info=True)
        for message in batch:
            together_or_one_by_one(act, [message])


def _set_aside(inbound_id: int, error: Exception) -> None:
    log.exception("inbound %s could not be opened and is set aside", inbound_id)
    said = f"{type(error).__name__}: {error}"[:500]
    mailroom.set_aside(inbound_id, reasons.NOT_OPENED(error=said))
