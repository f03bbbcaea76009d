"""A request as a command line for a POSIX shell: pasted, it sends the same again (pure).

Much of the text comes from events, so from strangers. Nothing in it may end a quotation, be taken for an option or a
file (`--data-raw` takes a leading `@` as it is), mean several URLs (`--globoff`), or move the cursor of the terminal
that it is pasted into.
"""

import re
import shlex
from collections.abc import Iterable

# The kernel takes at most 128 KiB for one argument. Longer bodies, and those with a NUL, go through a pipe: printf is
# built into shells, so what it prints has no such bound.
MOST_ARGUMENT_BYTES = 100_000
LINE = " \\\n  "
CERTIFICATE_FILES = "--cert client-certificate.pem --key client-key.pem"

# Controls but for line breaks, and what reorders or breaks a line on the screen.
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_NAMED = {"\t": r"\t", "\r": r"\r"}


def curl_command(
    method: str, url: str, headers: Iterable[tuple[str, str]], body: str = "", *, certificate: bool = False
) -> str:
    """The command that sends this request, one argument to a line.

    `headers` have passed `destinations.header_rules`; the caller masks what is not to be shown. An empty body is sent
    as one, with its length of 0, for the methods that have a body. `certificate`: a client certificate belongs to it,
    which whoever pastes the command has in two files.
    """
    parts = [f"curl -X {_quoted(method)} --globoff --path-as-is", f"--url {_quoted(url)}"]
    parts += [f"-H {_quoted(f'{name}: {value}' if value else f'{name};')}" for name, value in headers]
    if certificate:
        parts.append(CERTIFICATE_FILES)
    if "\0" in body or len(body.encode(errors="replace")) > MOST_ARGUMENT_BYTES:
        return f"printf {_format(body)} |{LINE}" + LINE.join([*parts, "--data-binary @-"])
    if body or method in ("POST", "PUT", "PATCH"):
        parts.append(f"--data-raw {_quoted(body)}")
    return LINE.join(parts)


def _quoted(text: str) -> str:
    if not _HIDDEN.search(text):
        return shlex.quote(text)
    escaped = text.replace("\\", r"\\").replace("'", r"\'")
    return f"$'{_HIDDEN.sub(_escape, escaped)}'"


def _format(text: str) -> str:
    """As printf's first argument, in which octal escapes work in every shell and a NUL is one of them."""
    escaped = text.replace("\\", r"\\").replace("%", "%%")
    return shlex.quote(_HIDDEN.sub(_escape, escaped))


def _escape(found: re.Match[str]) -> str:
    """Octal, three digits for each byte: hexadecimal ones would go on into the text in some shells."""
    character = found[0]
    return _NAMED.get(character) or "".join(f"\\{byte:03o}" for byte in character.encode())
