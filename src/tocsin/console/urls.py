"""Addresses of the frame itself."""

from django.urls import path

from tocsin.console import views

app_name = "console"

urlpatterns = [
    path("preference/", views.choose, name="choose"),
    path("piece/<str:name>/", views.piece, name="piece"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
