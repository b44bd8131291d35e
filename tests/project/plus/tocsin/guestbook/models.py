from django.db import models


class Entry(models.Model):
    """What a guest wrote."""

    words = models.CharField(max_length=200)
    at = models.DateTimeField()
    thanked = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.words
