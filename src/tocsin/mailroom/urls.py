"""Addresses of the mailroom's pages."""

from __future__ import annotations

from django.urls import path

from tocsin.mailroom import provider_views, views

app_name = "mailroom"
urlpatterns = [
    path("mailroom/mailboxes/", views.mailboxes, name="mailboxes"),
    path("mailroom/mailboxes/add/", views.mailbox_add, name="mailbox-add"),
    path("mailroom/mailboxes/<int:mailbox_id>/", views.mailbox, name="mailbox"),
    path("mailroom/mailboxes/<int:mailbox_id>/edit/", views.mailbox_edit, name="mailbox-edit"),
    path("mailroom/mailboxes/<int:mailbox_id>/look/", views.mailbox_look, name="mailbox-look"),
    path("mailroom/set-aside/", views.set_aside, name="set-aside"),
    path("mailroom/bounces/", views.bounces, name="bounces"),
    path("mailroom/inbound/<int:inbound_id>/", views.inbound, name="inbound"),
    path("mailroom/inbound/<int:inbound_id>/raw/", views.raw, name="raw"),
    path("mailroom/inbound/<int:inbound_id>/read-again/", views.read_again, name="read-again"),
    path("mailroom/outbox/", views.outbox, name="outbox"),
    path("mailroom/outbox/<int:delivery_id>/try-again/", views.try_again, name="try-again"),
    path("mailroom/providers/<str:key>/tracking/", provider_views.tracking, name="provider-tracking"),
    path("mailroom/providers/<str:key>/inbound/", provider_views.inbound, name="provider-inbound"),
    # Mailgun posts the mail as it came, and not its fields, to addresses that end so.
    path("mailroom/providers/<str:key>/inbound/mime", provider_views.inbound, name="provider-inbound-mime"),
    path("contact/", views.contact, name="contact"),
    path("contact/thanks/", views.contact_thanks, name="contact-thanks"),
]
