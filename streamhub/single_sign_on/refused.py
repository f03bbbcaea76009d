"""Why somebody is not signed in, in words for the sign-in page."""

from allauth.socialaccount.providers.oauth2.client import OAuth2Error


class Refused(OAuth2Error):
    """The message is for who signs in; `detail` is for the log. A kind of error that allauth's views expect."""

    def __init__(self, words: str, detail: str = "") -> None:
        super().__init__(words)
        self.words, self.detail = words, detail


ASK = "Ask an administrator of this installation."
CANCELLED = "You did not sign in at {name}."
NOT_OURS = "That sign-in took too long, or began in another window. Try again."
AWAY = "{name} does not answer. Try again in a while."
SAID_NO = "{name} did not sign you in. Try again, or ask an administrator of this installation."
UNREADABLE = f"{{name}} answered with something that this hub cannot trust. {ASK}"
