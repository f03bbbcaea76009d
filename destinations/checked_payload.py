"""A specification's `payload` -> its columns, or everything that is wrong with it."""

from typing import Any

from destinations.freemarker import TemplateError
from destinations.models import Destination, Language, PayloadMode
from destinations.payloads import compile_template
from events.checking import Checking

KEYS = ("mode", "language", "template")


class CheckedPayload(Checking):
    def __init__(self, given: Any, existing: Destination | None, *, of_messages: bool, complete: bool) -> None:
        """`of_messages`: the kind sends the message itself. `complete`: a template that is used must not be empty."""
        super().__init__()
        self.of_messages, self.complete = of_messages, complete
        payload = given or {"mode": "raw"}
        if isinstance(payload, dict):
            self._payload(payload, existing)
        else:
            self.problem("payload", "Write {mode: raw}, or {mode: template, language: …, template: …}.")

    def _payload(self, payload: dict[str, Any], existing: Destination | None) -> None:
        self.unknown_keys("payload.", payload, KEYS)
        mode = payload.get("mode", "template" if payload.get("template") else "raw")
        # A template that is not in use is not described either; it stays for the day one goes back to it.
        kept = existing if mode == PayloadMode.RAW and "template" not in payload else None
        language = payload.get("language", kept.language if kept else Language.FREEMARKER)
        template = payload.get("template") or (kept.template if kept else "")
        if mode not in PayloadMode.values:
            self.problem("payload.mode", f"“{mode}” is not one of {', '.join(PayloadMode.values)}.")
        if language not in Language.values:
            self.problem("payload.language", f"“{language}” is not one of {', '.join(Language.values)}.")
        elif mode == PayloadMode.TEMPLATE and self.of_messages:
            self.problem("payload.mode", "This kind sends the message itself. Write a transformation to change it.")
        elif mode == PayloadMode.TEMPLATE:
            self._template(language, template)
        self.columns |= {"payload_mode": mode, "language": language, "template": template}

    def _template(self, language: str, template: Any) -> None:
        if not isinstance(template, str):
            return self.problem("payload.template", "The template is not text.")
        if not template.strip():
            if self.complete:
                self.problem("payload.template", "The template is empty. Write one, or send the original event.")
            return None
        try:
            compile_template(language, template)
        except TemplateError as error:
            self.problem("payload.template", error.headline + str(error).removeprefix(error.message))
        return None
