"""Who changes a second factor proves once more who they are: an open session is not enough."""

from typing import Any

from django import forms
from django.http import HttpRequest

from destinations.secrets import SecretUnreadable
from events.signed_in import signed_in
from events.webforms import HubForm
from streamhub import sign_in_limit
from streamhub.pages.sign_in import TOO_OFTEN as TOO_OFTEN_A_PASSWORD
from streamhub.pages.sign_in_code import TOO_OFTEN, UNREADABLE, WRONG
from streamhub.second_factor.codes import step_of, take

NOT_YET = "That code isn’t right. Check that the clock of your phone is, and enter the code that the app shows now."


def _password(help_text: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label="Your password", strip=False, help_text=help_text, widget=widget)


def _code(help_text: str) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
    return forms.CharField(label="Code", max_length=40, help_text=help_text, widget=forms.TextInput(attrs=attrs))


class ProofForm(HubForm):
    """The password; where an account has none, a code."""

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.user = request, signed_in(request)
        if self.user.has_usable_password():
            self.fields["password"] = _password()
        else:
            self.fields["code"] = _code("From your app, or a recovery code.")

    def clean_password(self) -> str:
        name, password = self.user.get_username(), self.cleaned_data["password"]
        if wait := sign_in_limit.seconds_to_wait(self.request, name):
            raise forms.ValidationError(TOO_OFTEN_A_PASSWORD.format(minutes=-(-wait // 60)))
        if not self.user.check_password(password):
            sign_in_limit.note_failure(self.request, name)
            raise forms.ValidationError("That isn’t your password.")
        sign_in_limit.forget(self.request, name)
        return password

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if wait := sign_in_limit.seconds_to_wait_for_codes(self.user):
            raise forms.ValidationError(TOO_OFTEN.format(minutes=-(-wait // 60)))
        try:
            if take(self.user, code):
                return code
        except SecretUnreadable:
            raise forms.ValidationError(UNREADABLE) from None
        sign_in_limit.note_wrong_code(self.request, self.user)
        raise forms.ValidationError(WRONG)


class SetUpForm(ProofForm):
    """A first code, and the password. `step`: the time step of the code."""

    step: int

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret
        self.fields.pop("code", None)
        self.fields = {"code": _code("The six digits that the app shows for StreamHub."), **self.fields}

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        step = step_of(self.secret, code)
        if step is None:
            raise forms.ValidationError(NOT_YET)
        self.step = step
        return code
