"""Pages of the people room."""

from __future__ import annotations

import math
from typing import Any

from axes.helpers import get_cool_off
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tocsin.console.toasts import toast
from tocsin.kernel.errors import Conflict
from tocsin.kernel.settings import change as change_settings
from tocsin.people import access, addresses, queries, services
from tocsin.people.editing import edit
from tocsin.people.forms import (
    DepartmentForm,
    LoginForm,
    ProfileForm,
    RoleForm,
    SettingsForm,
    StaffForm,
    TokenForm,
)
from tocsin.people.permissions import MANAGE_SETTINGS, READ


class Login(LoginView):
    """The sign-in page."""

    template_name = "people/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


def locked_out(request: HttpRequest, response: object, credentials: object) -> HttpResponse:
    """Shown instead of the sign-in page after too many wrong passwords, with how long that lasts."""
    wait = get_cool_off(request)
    minutes = math.ceil(wait.total_seconds() / 60) if wait else 0
    return render(request, "people/locked_out.html", {"minutes": minutes}, status=429)


@access.require(READ)
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language and time zone."""
    form = ProfileForm(request.POST or None, instance=access.staff(request))
    if request.method == "POST" and form.is_valid():
        services.save_profile(access.staff(request), **form.cleaned_data)
        toast(request, _("Saved."))
        return redirect("people:profile")
    context = {"form": form, **addresses.card(access.staff(request).pk)}
    return render(request, "people/profile.html", context)


@access.require(READ)
def settings(request: HttpRequest) -> HttpResponse:
    """Everything that can be set, room by room."""
    if not queries.manages(request.user):
        return render(request, "people/forbidden.html", status=403)
    return render(request, "people/settings.html")


@access.require(READ)
def settings_page(request: HttpRequest, key: str) -> HttpResponse:
    """A page made from what rooms declared; each setting is there for who may change it."""
    page = next((one for one in queries.settings_pages(access.staff(request)) if one.key == key), None)
    if page is None:
        return render(request, "people/forbidden.html", status=403)
    posted = request.POST if request.method == "POST" else None  # a box alone, not ticked, posts nothing
    form = SettingsForm(queries.settings_on(page, access.staff(request)), posted)
    actor = access.actor(request)
    return edit(
        request,
        form,
        str(page.title),
        "people:settings",
        lambda values: change_settings(form.changes(), actor=actor),
    )


@access.require(MANAGE_SETTINGS)
def staff(request: HttpRequest) -> HttpResponse:
    """Everybody who works here."""
    return render(request, "people/staff.html", {"people": queries.all_staff()})


@access.require(MANAGE_SETTINGS)
def staff_add(request: HttpRequest) -> HttpResponse:
    """Somebody new."""
    form = StaffForm(request.POST or None)
    form.fields["password"].required = True
    form.fields["password"].help_text = _("At least ten characters.")
    return edit(
        request, form, _("Add a person"), "people:staff", lambda values: _create_staff(request, values)
    )


@access.require(MANAGE_SETTINGS)
def staff_edit(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Somebody's role, departments and password."""
    person = queries.any_staff_by_id(staff_id)
    initial = {
        "name": person.name,
        "email": person.email,
        "role": person.role_id,
        "departments": person.departments.all(),
        "language": person.language,
        "is_active": person.is_active,
    }
    form = StaffForm(request.POST or None, initial=initial)
    actor = access.actor(request)
    return edit(
        request,
        form,
        person.name,
        "people:staff",
        lambda values: services.change_staff(person.pk, **values, actor=actor),
        template="people/staff_edit.html",
        more=addresses.card(person.pk),
    )


@access.require(MANAGE_SETTINGS)
def departments(request: HttpRequest) -> HttpResponse:
    """All departments."""
    return render(request, "people/departments.html", {"departments": queries.departments()})


@access.require(MANAGE_SETTINGS)
def department_add(request: HttpRequest) -> HttpResponse:
    """A new department."""
    return _edit_department(request, DepartmentForm(request.POST or None), _("Add a department"))


@access.require(MANAGE_SETTINGS)
def department_edit(request: HttpRequest, key: str) -> HttpResponse:
    """A department's name and timeframe; its key stays, since programs know it."""
    department = queries.department_by_key(key)
    initial = {
        **DepartmentForm.initial_names(department.name),
        "key": department.key,
        "first_answer_minutes": department.first_answer_minutes,
        "position": department.position,
    }
    form = DepartmentForm(request.POST or None, initial=initial)
    form.fields["key"].disabled = True
    return _edit_department(request, form, str(department))


@access.require(MANAGE_SETTINGS)
def tokens(request: HttpRequest) -> HttpResponse:
    """The programs that may use the API; a new token's secret is shown once."""
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        secret = _create_token(request, form.cleaned_data)
        form = TokenForm()
    return render(request, "people/tokens.html", {"form": form, "secret": secret, "tokens": queries.tokens()})


@require_POST
@access.require(MANAGE_SETTINGS)
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    """The program is shut out at once."""
    services.revoke_api_token(token_id, actor=access.actor(request))
    toast(request, _("The token no longer works."))
    return redirect("people:tokens")


def _create_token(request: HttpRequest, values: dict[str, Any]) -> str:
    keys = [department.key for department in values["departments"]]
    wanted = {"role": values["role"], "departments": keys}
    return services.create_api_token(values["name"], **wanted, actor=access.actor(request))[1]


@access.require(MANAGE_SETTINGS)
def roles(request: HttpRequest) -> HttpResponse:
    """All roles, and who has them."""
    return render(request, "people/roles.html", {"roles": queries.roles_with_holders()})


@access.require(MANAGE_SETTINGS)
def role_add(request: HttpRequest) -> HttpResponse:
    """A new role."""
    return _edit_role(request, RoleForm(None, request.POST or None), _("Add a role"), "")


@access.require(MANAGE_SETTINGS)
def role_edit(request: HttpRequest, key: str) -> HttpResponse:
    """What a role permits, and where."""
    role = queries.role_by_key(key)
    return _edit_role(request, RoleForm(role, request.POST or None), str(role), key)


@require_POST
@access.require(MANAGE_SETTINGS)
def role_remove(request: HttpRequest, key: str) -> HttpResponse:
    """A role that nobody has goes."""
    try:
        services.remove_role(key, actor=access.actor(request))
    except Conflict as refused:
        toast(request, refused.message, tone="bad")
    else:
        toast(request, _("Removed."))
    return redirect("people:roles")


def _edit_role(request: HttpRequest, form: RoleForm, title: str, key: str) -> HttpResponse:
    def save(values: dict[str, Any]) -> None:
        services.save_role(key, name=form.names(), grants=form.grants(), actor=access.actor(request))

    return edit(request, form, title, "people:roles", save)


def _create_staff(request: HttpRequest, values: dict[str, Any]) -> None:
    keys = [department.key for department in values["departments"]]
    names = ("email", "name", "role", "password", "language")
    wanted = {name: values[name] for name in names}
    services.create_staff(**wanted, departments=keys, actor=access.actor(request))


def _edit_department(request: HttpRequest, form: DepartmentForm, title: str) -> HttpResponse:
    def save(values: dict[str, Any]) -> None:
        services.save_department(
            key=values["key"],
            name=form.names(),
            first_answer_minutes=values["first_answer_minutes"],
            position=values["position"],
            actor=access.actor(request),
        )

    return edit(request, form, title, "people:departments", save)
