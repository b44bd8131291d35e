"""Addresses of intake's pages."""

from __future__ import annotations

from django.urls import path

from tocsin.intake import views

app_name = "intake"
urlpatterns = [
    path("tickets/new/", views.new, name="new"),
    path("tickets/new/caller/", views.known, name="caller"),
]
