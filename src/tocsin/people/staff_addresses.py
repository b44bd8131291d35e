"""Where staff are told things: their addresses on channels, in the order in which they are tried.

The address somebody signs in with is always among them and needs no proof: an administrator vouched for it.
Any other is used when its owner has entered the code that was sent there, so that nobody has a stranger woken
at night.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.crypto import constant_time_compare, salted_hmac

from tocsin.channels.registry import fold, usual_channel
from tocsin.kernel import clock
from tocsin.kernel.actors import Actor
from tocsin.kernel.errors import Conflict, NotFound, Refused
from tocsin.kernel.events import SYSTEM, emit
from tocsin.people import events, queries, reasons
from tocsin.people.models import Staff, StaffAddress
from tocsin.people.permissions import MANAGE_SETTINGS

MOST = 10
CODE_HOLDS = timedelta(hours=1)
_CODE_EVERY = timedelta(minutes=1)
_MOST_TRIES = 5
_CODE_DIGITS = 6
_SALT = "tocsin.people.staff_addresses"


@transaction.atomic
def add_staff_address(staff_id: int, channel: str, value: str, *, actor: Actor = SYSTEM) -> StaffAddress:
    """One more address, last in order; a code is sent there. Raises Refused, NotFound, Conflict."""
    value = value.strip()
    _check(channel, value)
    _locked(staff_id, actor)
    known = StaffAddress.objects.filter(staff_id=staff_id)
    if known.count() >= MOST:
        raise Conflict(reasons.TOO_MANY_ADDRESSES(most=MOST), ["value"])
    folded = fold(channel, value)
    if known.filter(channel=channel, folded=folded).exists():
        raise Conflict(reasons.ADDRESS_THERE(), ["value"])
    last = known.aggregate(last=Max("position"))["last"]
    row = StaffAddress.objects.create(
        staff_id=staff_id,
        channel=channel,
        value=value,
        folded=folded,
        position=0 if last is None else last + 1,
    )
    emit(events.StaffAddressesChanged(staff_id, "added"), actor=actor)
    emit(events.StaffAddressToProve(row.pk), actor=actor)
    return row


@transaction.atomic
def prove_again(staff_id: int, address_id: int, *, actor: Actor = SYSTEM) -> None:
    """Have another code sent, at most one a minute. Raises NotFound, or Conflict when it is not the time, or
    the address is proven."""
    row = _own(staff_id, address_id, actor)
    if row.verified_at:
        raise Conflict(reasons.ADDRESS_CONFIRMED())
    if row.code_made_at and clock.now() - row.code_made_at < _CODE_EVERY:
        raise Conflict(reasons.CODE_JUST_SENT())
    emit(events.StaffAddressToProve(row.pk), actor=actor)


@transaction.atomic
def new_code(address_id: int) -> str:
    """A code for whoever reads at an address, told this once; the one before it holds no more."""
    code = f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}"
    StaffAddress.objects.filter(pk=address_id).update(
        code_digest=_digest(address_id, code), code_made_at=clock.now(), code_tries=0
    )
    return code


def confirm_staff_address(staff_id: int, address_id: int, code: str, *, actor: Actor = SYSTEM) -> None:
    """The code that was sent there proves the address. Raises NotFound, or Refused for a wrong code; after
    five of those, and after an hour, another one has to be sent."""
    if not _is_confirmed(staff_id, address_id, "".join(code.split()), actor):
        # Not in the transaction that counts the try: that has to stay.
        raise Refused(reasons.WRONG_CODE(), ["code"])


@transaction.atomic
def _is_confirmed(staff_id: int, address_id: int, code: str, actor: Actor) -> bool:
    row = _own(staff_id, address_id, actor)
    if row.verified_at:
        return True
    holds = row.code_made_at and clock.now() - row.code_made_at <= CODE_HOLDS and row.code_tries < _MOST_TRIES
    if not holds or not constant_time_compare(row.code_digest, _digest(address_id, code)):
        StaffAddress.objects.filter(pk=row.pk).update(code_tries=row.code_tries + 1)
        return False
    StaffAddress.objects.filter(pk=row.pk).update(verified_at=clock.now(), code_digest="", code_made_at=None)
    emit(events.StaffAddressesChanged(staff_id, "proven"), actor=actor)
    return True


@transaction.atomic
def remove_staff_address(staff_id: int, address_id: int, *, actor: Actor = SYSTEM) -> None:
    """Nothing more is sent there. Raises NotFound, or Conflict for the address that they sign in with."""
    row = _own(staff_id, address_id, actor)
    if row.is_sign_in:
        raise Conflict(reasons.SIGN_IN_STAYS())
    row.delete()
    emit(events.StaffAddressesChanged(staff_id, "removed"), actor=actor)


@transaction.atomic
def order_staff_addresses(staff_id: int, address_ids: Sequence[int], *, actor: Actor = SYSTEM) -> None:
    """Try them in this order. Raises NotFound, or Conflict when these are not all that there are now."""
    _locked(staff_id, actor)
    rows = {row.pk: row for row in StaffAddress.objects.filter(staff_id=staff_id)}
    if sorted(rows) != sorted(address_ids):
        raise Conflict(reasons.ADDRESSES_CHANGED())
    if [row.pk for row in sorted(rows.values(), key=lambda one: (one.position, one.pk))] == list(address_ids):
        return
    for position, pk in enumerate(address_ids):
        rows[pk].position = position
    StaffAddress.objects.bulk_update(rows.values(), ["position"])
    emit(events.StaffAddressesChanged(staff_id, "ordered"), actor=actor)


def keep_sign_in(staff: Staff) -> None:
    """The address that they sign in with is one of theirs; another one takes its place in the order."""
    channel = usual_channel()
    folded = fold(channel, staff.email)
    values = {"value": staff.email, "folded": folded, "verified_at": clock.now()}
    StaffAddress.objects.filter(staff=staff, channel=channel, folded=folded, is_sign_in=False).delete()
    StaffAddress.objects.update_or_create(
        staff=staff, is_sign_in=True, defaults={"channel": channel, **values}
    )


def _check(channel: str, value: str) -> None:
    if channel not in {key for key, _label in queries.staff_channels()}:
        raise Refused(reasons.NO_CHANNEL(), ["channel"])
    if not queries.is_address_on(channel, value):
        raise Refused(reasons.NO_ADDRESS_THERE(), ["value"])


def _locked(staff_id: int, actor: Actor) -> Staff:
    """Whose addresses they are: one's own, or anybody's for whoever manages staff."""
    _check_may_change(staff_id, actor)
    found = Staff.objects.select_for_update(of=("self",)).filter(pk=staff_id).first()
    if found is None:
        raise NotFound(reasons.NO_STAFF())
    return found


def _own(staff_id: int, address_id: int, actor: Actor) -> StaffAddress:
    _check_may_change(staff_id, actor)
    row = StaffAddress.objects.select_for_update().filter(pk=address_id, staff_id=staff_id).first()
    if row is None:
        raise NotFound(reasons.ADDRESS_GONE())
    return row


def _check_may_change(staff_id: int, actor: Actor) -> None:
    if actor.staff_id != staff_id and not actor.may(MANAGE_SETTINGS):
        raise NotFound(reasons.NO_STAFF())


def _digest(address_id: int, code: str) -> str:
    return salted_hmac(_SALT, f"{address_id}:{code}", algorithm="sha256").hexdigest()
