"""The prepared bytes of the public pages."""

from __future__ import annotations

from django.db import models


class Document(models.Model):
    """One public address and exactly the bytes it answers (rule 10)."""

    path = models.CharField(max_length=200, primary_key=True)
    content_type = models.CharField(max_length=80)
    body = models.BinaryField()
    etag = models.CharField(max_length=40)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.path
