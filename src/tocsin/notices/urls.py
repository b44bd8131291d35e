"""Addresses of the notices room."""

from django.urls import path

from tocsin.notices import views

app_name = "notices"

urlpatterns = [path("u/<str:token>/", views.unsubscribe, name="unsubscribe")]
