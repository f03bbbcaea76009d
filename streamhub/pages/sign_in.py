"""Signing in, and changing one's password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.http import HttpResponse
from django.urls import reverse_lazy

from events import audit
from events.toasts import toast
from events.webforms import HubRenderer
from streamhub import sign_in_limit, signing_in

TOO_OFTEN = "Too many attempts failed. Try again in {minutes} min, or ask an administrator for a new password."
NO_PASSWORDS = "Nobody signs in by password here. Use {name}."
MISMATCH = "That user name and password don’t match. Check both and try again."


class SignInForm(AuthenticationForm):
    default_renderer = HubRenderer
    error_messages = {"invalid_login": MISMATCH, "inactive": MISMATCH}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["username"].label = "User name"
        # The text stays after a mistake: retyping all of it for one wrong letter helps nobody.
        self.fields["password"].widget = forms.PasswordInput(
            render_value=True, attrs={"autocomplete": "current-password"}
        )

    def clean(self) -> dict[str, Any]:
        if not settings.OIDC.by_password:
            raise forms.ValidationError(NO_PASSWORDS.format(name=settings.OIDC.name), code="no_passwords")
        name = str(self.cleaned_data.get("username", ""))
        assert self.request is not None
        if wait := sign_in_limit.seconds_to_wait(self.request, name):
            raise forms.ValidationError(TOO_OFTEN.format(minutes=-(-wait // 60)), code="too_often")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            sign_in_limit.note_failure(self.request, name)
            raise
        sign_in_limit.forget(self.request, name)
        return cleaned


class SignIn(LoginView):
    form_class = SignInForm
    template_name = "sign_in/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(oidc=settings.OIDC, **more)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        return signing_in.proceed(self.request, form.get_user(), self.get_success_url())


class HubPasswordChangeForm(PasswordChangeForm):
    default_renderer = HubRenderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["new_password1"].help_text = "At least 12 characters, not a common password, not like your name."
        self.fields["new_password2"].help_text = ""
        self.fields["new_password2"].label = "New password again"


class PasswordChange(PasswordChangeView):
    form_class = HubPasswordChangeForm
    template_name = "sign_in/password_change.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        response = super().form_valid(form)
        audit.record("changed their password", None)
        return toast(self.request, response, "Password changed.")
