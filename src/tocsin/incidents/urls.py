"""Addresses of the incidents room."""

from django.urls import path

from tocsin.incidents.views import alerts, declaring, deliveries, public, room, tickets

app_name = "incidents"

urlpatterns = [
    path("alerts/", alerts.index, name="alerts"),
    path("alerts/declare/", declaring.declare, name="declare"),
    path("alerts/declare/audience/", declaring.audience, name="audience"),
    path("alerts/<str:ref>/", room.room, name="room"),
    path("alerts/<str:ref>/part/<str:part>/", room.part, name="part"),
    path("alerts/<str:ref>/deliveries/", deliveries.deliveries, name="deliveries"),
    path("alerts/<str:ref>/deliveries.csv", deliveries.export, name="deliveries_export"),
    path("alerts/<str:ref>/updates/", room.post_update, name="post_update"),
    path("alerts/<str:ref>/seen/", alerts.seen, name="seen"),
    path("alerts/<str:ref>/attach/", tickets.attach, name="attach"),
    path("alerts/<str:ref>/detach/", tickets.detach, name="detach"),
    path("alerts/<str:ref>/dismiss/", tickets.dismiss, name="dismiss"),
    path("n/<str:token>/", public.not_my_problem, name="not_my_problem"),
]
