"""Signing in and out, one's own settings, and who works here."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from tocsin.people import addresses, views

app_name = "people"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("me/", views.profile, name="profile"),
    path("settings/", views.settings, name="settings"),
    path("settings/<slug:key>/", views.settings_page, name="settings-page"),
    path("staff/", views.staff, name="staff"),
    path("staff/add/", views.staff_add, name="staff-add"),
    path("staff/<int:staff_id>/", views.staff_edit, name="staff-edit"),
    path("staff/<int:staff_id>/addresses/", addresses.add, name="address-add"),
    path("staff/<int:staff_id>/addresses/<int:address_id>/", addresses.change, name="address-change"),
    path("departments/", views.departments, name="departments"),
    path("departments/add/", views.department_add, name="department-add"),
    path("departments/<slug:key>/", views.department_edit, name="department-edit"),
    path("roles/", views.roles, name="roles"),
    path("roles/add/", views.role_add, name="role-add"),
    path("roles/<slug:key>/", views.role_edit, name="role-edit"),
    path("roles/<slug:key>/remove/", views.role_remove, name="role-remove"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", views.token_revoke, name="token-revoke"),
]
