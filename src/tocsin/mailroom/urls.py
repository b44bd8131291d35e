"""Addresses of the mailroom's pages."""

from __future__ import annotations

from django.urls import path

from tocsin.mailroom import account_views as accounts
from tocsin.mailroom import views, webhooks

app_name = "mailroom"
urlpatterns = [
    path("mailroom/channels/", accounts.accounts, name="accounts"),
    path("mailroom/channels/add/", accounts.choose, name="account-choose"),
    path("mailroom/channels/add/<slug:key>/", accounts.add, name="account-add"),
    path("mailroom/channels/<int:account_id>/", accounts.account, name="account"),
    path("mailroom/channels/<int:account_id>/edit/", accounts.edit_account, name="account-edit"),
    path("mailroom/channels/<int:account_id>/look/", accounts.look, name="account-look"),
    path("mailroom/channels/<int:account_id>/try/", accounts.try_it, name="account-try"),
    path("mailroom/set-aside/", views.set_aside, name="set-aside"),
    path("mailroom/bounces/", views.bounces, name="bounces"),
    path("mailroom/inbound/<int:inbound_id>/", views.inbound, name="inbound"),
    path("mailroom/inbound/<int:inbound_id>/raw/", views.raw, name="raw"),
    path("mailroom/inbound/<int:inbound_id>/read-again/", views.read_again, name="read-again"),
    path("mailroom/outbox/", views.outbox, name="outbox"),
    path("mailroom/outbox/<int:delivery_id>/try-again/", views.try_again, name="try-again"),
    path("channels/<slug:key>/<slug:account>/webhook/<path:path>", webhooks.receive, name="webhook"),
    path("channels/<slug:key>/<slug:account>/webhook/", webhooks.receive, {"path": ""}, name="webhook-root"),
    path("contact/", views.contact, name="contact"),
    path("contact/thanks/", views.contact_thanks, name="contact-thanks"),
]
