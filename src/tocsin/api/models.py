"""What the API remembers: answers to requests that carried an Idempotency-Key."""

from __future__ import annotations

from django.db import models


class KeptAnswer(models.Model):
    """The answer given to a request, for when the same request comes again."""

    token = models.ForeignKey("people.ApiToken", on_delete=models.CASCADE)
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="kept_once")]

    def __str__(self) -> str:
        return self.key
