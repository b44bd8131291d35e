"""The mailroom's verbs: the only code that changes its tables."""

from tocsin.mailroom.services.accounts import ensure_accounts, look_now, save_account
from tocsin.mailroom.services.addresses import believe_again
from tocsin.mailroom.services.blobs import keep_blob, keep_blobs
from tocsin.mailroom.services.forms import FormFlood, take_in_form
from tocsin.mailroom.services.inflight import settle_for_the_dead
from tocsin.mailroom.services.intake import Arrival, take_in, take_in_many, take_in_posts, write_down
from tocsin.mailroom.services.lanes import dispatch
from tocsin.mailroom.services.opening import drain, open_now
from tocsin.mailroom.services.outbox import (
    NewDelivery,
    again,
    channels_to_send_by,
    count_as_sent,
    try_again,
    withdraw,
    write_deliveries,
)
from tocsin.mailroom.services.outcomes import (
    ignore,
    ignore_all,
    mark_opened,
    read_again,
    set_aside,
)
from tocsin.mailroom.services.reports import forget_old_reports, settle_reports, write_reports
from tocsin.mailroom.services.staff import StaffText, notify_staff
from tocsin.mailroom.services.upkeep import announce, is_something_in_flight, queue_what_is_due

__all__ = [
    "Arrival",
    "FormFlood",
    "NewDelivery",
    "StaffText",
    "again",
    "announce",
    "believe_again",
    "channels_to_send_by",
    "count_as_sent",
    "dispatch",
    "drain",
    "ensure_accounts",
    "forget_old_reports",
    "ignore",
    "ignore_all",
    "is_something_in_flight",
    "keep_blob",
    "keep_blobs",
    "look_now",
    "mark_opened",
    "notify_staff",
    "open_now",
    "queue_what_is_due",
    "read_again",
    "save_account",
    "set_aside",
    "settle_for_the_dead",
    "settle_reports",
    "take_in",
    "take_in_form",
    "take_in_many",
    "take_in_posts",
    "try_again",
    "withdraw",
    "write_deliveries",
    "write_down",
    "write_reports",
]
