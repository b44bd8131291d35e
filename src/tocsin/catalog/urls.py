"""Addresses of the catalog's pages."""

from __future__ import annotations

from django.urls import path

from tocsin.catalog import views

app_name = "catalog"
urlpatterns = [
    path("components/", views.components, name="components"),
    path("components/add/", views.component_add, name="component-add"),
    path("components/<slug:key>/", views.component_edit, name="component-edit"),
    path("customers/", views.customers, name="customers"),
    path("customers/add/", views.customer_add, name="customer-add"),
    path("customers/<int:customer_id>/edit/", views.customer_edit, name="customer-edit"),
]
