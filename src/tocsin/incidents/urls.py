"""Addresses of the incidents room."""

from django.urls import path

from tocsin.incidents.views import public

app_name = "incidents"

urlpatterns = [
    path("n/<str:token>/", public.not_my_problem, name="not_my_problem"),
]
