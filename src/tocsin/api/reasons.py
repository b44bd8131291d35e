"""What the API has to say of requests, as codes (`kernel.reasons`): a code stays, and never means anything
else."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from tocsin.kernel.reasons import Reason

TOO_LARGE = Reason("api.too_large", gettext_noop("The request is too large. Up to 5 MiB are read."))
INVALID_FIELDS = Reason("api.invalid_fields", gettext_noop("Some fields are missing or not valid."))
NO_TOKEN = Reason("api.no_token", gettext_noop("Send a valid token: Authorization: Bearer TOKEN."))
NOTHING_HERE = Reason("api.nothing_here", gettext_noop("There is nothing here. See /api/v1/openapi.json."))
NO_METHOD = Reason("api.no_method", gettext_noop("%(method)s is not possible here."))
KEY_TOO_LONG = Reason("api.key_too_long", gettext_noop("An Idempotency-Key has at most 200 characters."))
KEY_USED = Reason("api.key_used", gettext_noop("This Idempotency-Key was used for another request."))
