"""Signing in and out, and one's own settings."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from tocsin.people import views

app_name = "people"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("me/", views.profile, name="profile"),
]
