"""The second step of signing in: a code."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from destinations.secrets import SecretUnreadable
from events import audit
from events.toasts import toast
from events.webforms import HubForm
from streamhub import sign_in_limit, signing_in
from streamhub.second_factor.codes import take

WRONG = "That code isn’t right, or was used already. Wait for the next one in the app, or use a recovery code."
TOO_OFTEN = "Too many wrong codes. Try again in {minutes} min, or ask an administrator to remove the second factor."
UNREADABLE = "The second factor of this account can’t be read: an encryption key is missing. Ask an administrator."
ANEW = "Please enter your password again."


class CodeForm(HubForm):
    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="The six digits that your app shows, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:  # app.js leads to what is wrong with a form that comes back
            self.fields["code"].widget.attrs["autofocus"] = True


@login_not_required
def sign_in_code(request: HttpRequest) -> HttpResponse:
    if (way := signing_in.on_the_way(request)) is None:
        return toast(request, redirect("login"), ANEW, "info")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if words := _refusal(request, way, form.cleaned_data["code"]):
            form.add_error("code", words)
            if signing_in.KEY not in request.session:
                return toast(request, redirect("login"), f"{words} {ANEW}", "bad")
        else:
            signing_in.finish(request, way.user)
            return redirect(way.next)
    return render(request, "sign_in/code.html", {"form": form, "name": way.user.get_username()})


def _refusal(request: HttpRequest, way: signing_in.OnTheWay, code: str) -> str:
    """Empty: the code is right."""
    if wait := sign_in_limit.seconds_to_wait_for_codes(way.user):
        return TOO_OFTEN.format(minutes=-(-wait // 60))
    try:
        right = take(way.user, code)
    except SecretUnreadable:
        return UNREADABLE
    if right:
        sign_in_limit.forget_wrong_codes(way.user)
        return ""
    sign_in_limit.note_wrong_code(request, way.user)
    audit.record("failed to sign in", None, name=f"{way.user.get_username()}: wrong code")
    signing_in.note_wrong_code(request)
    return WRONG
