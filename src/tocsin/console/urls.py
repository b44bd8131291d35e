"""Addresses of the frame itself."""

from django.urls import path

from tocsin.console import views

app_name = "console"

urlpatterns = [
    path("preference/", views.choose, name="choose"),
    path("piece/<str:name>/", views.piece, name="piece"),
    path("found/", views.found, name="found"),
    path("filter/<str:kind>/", views.filter_editor, name="filter-editor"),
    path("filter/<str:kind>/<str:key>/", views.filter_values, name="filter-values"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
