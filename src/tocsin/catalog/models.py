"""What the company runs, and which customer uses which part of it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tocsin.kernel.translated import in_language


class Region(models.Model):
    """A place or data centre that parts run in."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.JSONField()

    def __str__(self) -> str:
        return in_language(self.name)


class Service(models.Model):
    """What customers buy; groups components on the news page."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.JSONField()
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.name)


class Component(models.Model):
    """A part that can break by itself. `words` are what customers call it, in any language."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.JSONField()
    words = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    service = models.ForeignKey(Service, null=True, on_delete=models.PROTECT, related_name="components")
    region = models.ForeignKey(Region, null=True, on_delete=models.PROTECT, related_name="components")
    position = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return in_language(self.name)


class Use(models.Model):
    """A customer uses a component."""

    customer = models.ForeignKey("people.Customer", on_delete=models.CASCADE, related_name="uses")
    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "component"], name="use_once")]
        indexes = [models.Index(fields=["component", "customer"], name="use_component")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.component_id}"
