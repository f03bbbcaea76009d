"""Whole requests only: the event loop reads a body to its end before one of the few threads takes the request.

A sender that stops in the middle of a body, by malice or on a bad line, then costs a connection and not a thread.
Bodies beyond a megabyte wait on disk. One that is larger than its address takes is answered before it has come.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import Executor
from contextlib import suppress
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from streamhub.wsgi_calls import Answer, Application, call, environment

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

MEGABYTE = 1024 * 1024
IN_MEMORY = MEGABYTE  # of one body
SMALL = 128 * 1024  # what every address takes: no limit is looked up for less
LARGEST = 1024 * MEGABYTE  # body, of any address
MOST_BUFFERED = 2 * LARGEST  # of all bodies together, in one process
SILENCE = 20.0  # seconds without a byte of a body that is not complete
LINGER = 20.0  # seconds for which the rest of a refused body is still taken


class Refused(NamedTuple):
    status: int
    words: bytes


TOO_LARGE = Refused(413, b"The request body is too large.\n")
TOO_SLOW = Refused(408, b"The rest of the request body did not come.\n")
BUSY = Refused(503, b"Too many request bodies are under way. Try again in a moment.\n")


class BodyGone(Exception):
    """The sender has hung up in the middle of it."""


class Body:
    """One request's. `buffered` counts the bytes of all of them."""

    buffered = 0

    def __init__(self) -> None:
        self.file, self.size = SpooledTemporaryFile(IN_MEMORY), 0  # noqa: SIM115 - closed by `close`

    async def read(self, receive: Receive, most: int) -> Refused | None:
        """Takes all of it; returns why it is not taken. Raises BodyGone."""
        self.most = most
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    message = await receive()
            except TimeoutError:
                return TOO_SLOW
            if message["type"] == "http.disconnect":
                raise BodyGone
            if refused := self._add(message.get("body", b"")):
                return refused
            if not message.get("more_body"):
                self.file.seek(0)
                return None

    def _add(self, part: bytes) -> Refused | None:
        self.file.write(part)
        self.size += len(part)
        Body.buffered += len(part)
        if self.size > self.most:
            return TOO_LARGE
        return BUSY if Body.buffered > MOST_BUFFERED else None

    def close(self) -> None:
        self.file.close()
        Body.buffered -= self.size
        self.size = 0


class Buffered:
    """An ASGI application around a WSGI one."""

    def __init__(
        self, application: Application, threads: Callable[[str], Executor], most_bytes: Callable[[Message], int]
    ) -> None:
        """`threads`: where a request is answered, by its path. `most_bytes`: of its body, by its scope."""
        self.application, self.threads, self.most_bytes = application, threads, most_bytes

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        body, refused = Body(), None
        try:
            if (length := _length(scope)) is not None:
                most = SMALL if 0 <= length <= SMALL else self.most_bytes(scope)
                refused = TOO_LARGE if length > most else await body.read(receive, most)
            if refused:
                await self._refuse(refused, scope, max(length or 0, body.size), send)
            else:
                await self._answer(environment(scope, body.file, body.size), send)
        except BodyGone:
            return
        finally:
            body.close()
        if refused and refused is not TOO_SLOW:
            await _drop_the_rest(receive)

    async def _refuse(self, refused: Refused, scope: Message, size: int, send: Send) -> None:
        """What is too large is answered by its address, in its own words: it looks at the length before it reads."""
        if refused is TOO_LARGE and self.most_bytes(scope) < LARGEST:
            await self._answer(environment(scope, BytesIO(), size), _last(send))
        else:
            await _send(_last(send), Answer(refused.status, [], refused.words))

    async def _answer(self, environ: dict[str, Any], send: Send) -> None:
        loop = asyncio.get_running_loop()

        def begin(answer: Answer) -> None:
            asyncio.run_coroutine_threadsafe(_begin(send, answer), loop).result()

        def pass_on(part: bytes) -> None:
            """In the thread, which goes on once the part is taken."""
            asyncio.run_coroutine_threadsafe(_send_part(send, part, more=True), loop).result()

        threads = self.threads(environ["PATH_INFO"])
        whole = await loop.run_in_executor(threads, call, self.application, environ, begin, pass_on)
        if whole is None:
            await _send_part(send, b"", more=False)
        else:
            await _send(send, whole)


def _length(scope: Message) -> int | None:
    """Of the body, as the request says; -1 where it does not say, None without a body."""
    found = None
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else -1
        if name == b"transfer-encoding":
            found = -1
    return found


def _last(send: Send) -> Send:
    """Sends an answer after which the connection ends."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        await send(message)

    return sending


async def _drop_the_rest(receive: Receive) -> None:
    """A sender that is still sending reads the answer only then; a closed connection would take it away from him."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LINGER):
            while (await receive()).get("more_body"):
                pass


async def _send(send: Send, answer: Answer) -> None:
    await _begin(send, answer)
    await _send_part(send, answer.body, more=False)


async def _begin(send: Send, answer: Answer) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})


async def _send_part(send: Send, part: bytes, *, more: bool) -> None:
    await send({"type": "http.response.body", "body": part, "more_body": more})
