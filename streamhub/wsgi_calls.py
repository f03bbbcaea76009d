"""A WSGI application called for an ASGI request whose body is here already: the environment in, the answer out."""

import sys
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

IN_ONE_GO = 64 * 1024  # bytes of an answer that are gathered before they are passed on


@dataclass(slots=True)
class Answer:
    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""


def environment(scope: MutableMapping[str, Any], body: IO[bytes], size: int) -> dict[str, Any]:
    """What PEP 3333 asks for. A header with an underscore in its name is left out: it would look like another one."""
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("", "")
    found = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "CONTENT_LENGTH": str(size),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        if b"_" in raw or raw in (b"content-length", b"transfer-encoding"):
            continue
        name = raw.decode("latin-1").upper().replace("-", "_")
        name = name if name == "CONTENT_TYPE" else f"HTTP_{name}"
        text = value.decode("latin-1")
        found[name] = f"{found[name]}{'; ' if name == 'HTTP_COOKIE' else ','}{text}" if name in found else text
    return found


def call(
    application: Application,
    environ: dict[str, Any],
    begin: Callable[[Answer], None],
    pass_on: Callable[[bytes], None],
) -> Answer | None:
    """The whole answer; None if it was so long that it was begun and passed on in parts."""
    answer, begun = Answer(), False

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        answer.status = int(status.partition(" ")[0])
        answer.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return pass_on

    parts = application(environ, start_response)
    try:
        gathered, size = [], 0
        for part in parts:
            gathered.append(part)
            size += len(part)
            if size < IN_ONE_GO:
                continue
            if not begun:
                begin(answer)
                begun = True
            pass_on(b"".join(gathered))
            gathered, size = [], 0
    finally:
        if close := getattr(parts, "close", None):
            close()
    if begun:
        pass_on(b"".join(gathered))
        return None
    answer.body = b"".join(gathered)
    return answer
