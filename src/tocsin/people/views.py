"""Pages of the people room."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tocsin.people import access, rules, services
from tocsin.people.forms import LoginForm, ProfileForm


class Login(LoginView):
    """The sign-in page."""

    template_name = "people/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True


@access.require(rules.READ)
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, language and time zone."""
    form = ProfileForm(request.POST or None, instance=access.staff(request))
    if request.method == "POST" and form.is_valid():
        services.save_profile(access.staff(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("people:profile")
    return render(request, "people/profile.html", {"form": form})
