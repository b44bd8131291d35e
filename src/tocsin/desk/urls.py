"""Addresses of the desk's pages."""

from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from tocsin.desk.views import acts, customers, files, inbox, searching, signatures, tickets

app_name = "desk"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="desk:inbox"), name="home"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/rows/", inbox.rows, name="rows"),
    path("inbox/act/", inbox.act_on_many, name="act-on-many"),
    path("search/", searching.search, name="search"),
    path("tickets/<str:ref>/", tickets.ticket, name="ticket"),
    path("tickets/<str:ref>/entries/", tickets.entries, name="entries"),
    path("tickets/<str:ref>/state/", tickets.state, name="state"),
    path("tickets/<str:ref>/reply/", acts.reply, name="reply"),
    path("tickets/<str:ref>/note/", acts.note, name="note"),
    path("tickets/<str:ref>/status/", acts.status, name="status"),
    path("tickets/<str:ref>/priority/", acts.priority, name="priority"),
    path("tickets/<str:ref>/assignee/", acts.assignee, name="assignee"),
    path("tickets/<str:ref>/department/", acts.department, name="department"),
    path("tickets/<str:ref>/requester/", acts.requester, name="requester"),
    path("tickets/<str:ref>/believe/", acts.believe, name="believe"),
    path("tickets/<str:ref>/deliveries/<int:delivery_id>/again/", acts.send_again, name="send-again"),
    path("tickets/<str:ref>/messages/<int:message_id>/html/", files.html, name="html"),
    path("tickets/<str:ref>/messages/<int:message_id>/original/", files.original, name="original"),
    path("tickets/<str:ref>/attachments/<int:attachment_id>/", files.attachment, name="attachment"),
    path("tickets/<str:ref>/attachments/<int:attachment_id>/mail/", files.nested, name="nested"),
    path(
        "tickets/<str:ref>/attachments/<int:attachment_id>/mail/html/", files.nested_html, name="nested-html"
    ),
    path("settings/signatures/", signatures.index, name="signatures"),
    path("settings/signatures/<slug:kind>/<int:place_id>/", signatures.edit, name="signature"),
    path(
        "settings/signatures/<slug:kind>/<int:place_id>/preview/",
        signatures.preview,
        name="signature-preview",
    ),
    path("customer/<int:customer_id>/", customers.customer, name="customer"),
    path("contact/<int:contact_id>/", customers.contact, name="contact"),
]
