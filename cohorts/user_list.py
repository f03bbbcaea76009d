"""A list of users as people upload or paste it -> user ids, and which lines are wrong. Memory stays flat at any size.

with UserList() as users:
    users.read(file, Layout(...))
    replace_members(cohort, users.identities(), "CSV upload")
"""

import csv
import io
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from types import TracebackType
from typing import IO

from cohorts.models import identity_of_user
from cohorts.user_ids import BadUserId, check_user_id

SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
# What the column with user ids is called, without blanks and underscores.
NAMES = ("userid", "user", "uid", "id", "externalid", "customerid", "amplitudeuserid")
LOOKED_AT = 64 * 1024  # bytes at the beginning of a file, to see what it is
SHOWN_LINES = 6
MOST_FAULTS = 100
ROWS = 5_000


class BadList(ValueError):
    """A list that cannot be read as a whole; the message says why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`encoding` and `separator` (a character, or "" where each line is one id) as Python names them. `header`: whether
    the first line names the columns. `column`: from 0."""

    encoding: str = "utf-8-sig"
    separator: str = ","
    header: bool = False
    column: int = 0


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first lines of a file, and how it is laid out as far as they tell."""

    layout: Layout
    lines: list[list[str]]

    @property
    def columns(self) -> list[str]:
        """What to call each: by the first line if that is a heading, otherwise by number."""
        width = max(map(len, self.lines), default=0)
        names = self.lines[0] if self.layout.header and self.lines else []
        return [names[n] if n < len(names) and names[n] else f"Column {n + 1}" for n in range(width)]


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    words: str


@dataclass(slots=True)
class Report:
    """What stood in a list. `read`: good ids, those that came twice included. `faults`: the first hundred of `bad`."""

    read: int = 0
    users: int = 0
    blank: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def duplicates(self) -> int:
        return self.read - self.users


def look_at(head: bytes, separator: str = "", header: bool | None = None, column: str = "") -> Beginning:
    """`separator`, `header` and `column` (a name or a number from 1) as somebody chose; otherwise as recognised. Raises
    BadList."""
    encoding = _encoding(head)
    text = _decoded(head, encoding)
    chosen = SEPARATORS.get(separator) or _separator(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=chosen)
    try:
        lines = [row for row in islice(rows, SHOWN_LINES + 20) if row][:SHOWN_LINES]
    except csv.Error:
        lines = [line.split(chosen) for line in text.splitlines()[:SHOWN_LINES]]
    first = lines[0] if lines else []
    named = any(_plain(cell) in NAMES for cell in first) if header is None else header
    return Beginning(Layout(encoding, chosen, named, _column(column, first, named)), lines)


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(head) > 3 and b"\0" in head[:200]:
        even, odd = head[0:200:2].count(0), head[1:200:2].count(0)
        if max(even, odd) > len(head[:200]) // 4:
            return "utf-16-be" if even > odd else "utf-16-le"
    return "utf-8-sig"


def _decoded(head: bytes, encoding: str) -> str:
    """Without the half line that the bytes may end in."""
    text = head.decode(encoding, errors="replace")
    if len(head) < LOOKED_AT:
        return text
    return text[: text.rfind("\n") + 1] or text


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(part for n, part in enumerate(first.split('"')) if n % 2 == 0)
    return max(SEPARATORS.values(), key=outside.count)


def _plain(cell: str) -> str:
    return "".join(letter for letter in cell.lower() if letter.isalnum())


def _column(chosen: str, first: list[str], named: bool) -> int:
    chosen = chosen.strip()
    if chosen:
        names = [cell.strip() for cell in first]
        if named and chosen in names:
            return names.index(chosen)
        if chosen.isascii() and chosen.isdecimal() and 1 <= int(chosen[:6]) <= max(len(first), 1):
            return int(chosen) - 1
        raise BadList(f"There is no column “{chosen[:60]}”. The first line has {len(first)}: {', '.join(first)[:200]}.")
    if not named:
        return 0
    plain = [_plain(cell) for cell in first]
    return next((plain.index(name) for name in NAMES if name in plain), 0)


class UserList:
    """The ids of a list, each once, on disk while this is open."""

    def __init__(self, most: int) -> None:
        self.report, self.most = Report(), most
        self._rows = sqlite3.connect("")  # a temporary file, gone with the connection

    def __enter__(self) -> "UserList":
        self._rows.executescript(
            "PRAGMA cache_size=-32000; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
            "CREATE TABLE users (id TEXT PRIMARY KEY) WITHOUT ROWID"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rows.close()

    def read(self, file: IO[bytes], layout: Layout) -> Report:
        """Raises BadList where there are too many."""
        # What is no text in the encoding comes out as half characters, which no id may have.
        text = io.TextIOWrapper(file, layout.encoding, errors=_errors(layout.encoding), newline="")
        try:
            return self._keep(_cells(text, layout))
        finally:
            text.detach()

    def read_pasted(self, text: str) -> Report:
        """One id in each line, whatever stands in it."""
        return self._keep(enumerate(text.splitlines(), 1))

    def _keep(self, cells: Iterable[tuple[int, str | Fault]]) -> Report:
        part: list[tuple[str]] = []
        for line, cell in cells:
            if isinstance(cell, Fault):
                self._fault(line, cell.words)
            elif not cell.strip():
                self.report.blank += 1
            elif (user := self._checked(line, cell)) is not None:
                part.append((user,))
                if len(part) == ROWS:
                    self._add(part)
                    part = []
        self._add(part)
        return self.report

    def _checked(self, line: int, cell: str) -> str | None:
        try:
            user = check_user_id(cell)
        except BadUserId as error:
            words = str(error)
            self._fault(line, "It is not text in this encoding." if "half a character" in words else words)
            return None
        if "\ufffd" in user:
            self._fault(line, "It is not text in this encoding.")
            return None
        return user

    def _fault(self, line: int, words: str) -> None:
        self.report.bad += 1
        if len(self.report.faults) < MOST_FAULTS:
            self.report.faults.append(Fault(line, words))

    def _add(self, part: list[tuple[str]]) -> None:
        before = self._rows.total_changes
        self._rows.executemany("INSERT OR IGNORE INTO users VALUES (?)", part)
        self.report.read += len(part)
        self.report.users += self._rows.total_changes - before
        if self.report.users > self.most:
            raise BadList(f"The list has more than {self.most:,} users. Split it into several cohorts.")

    def identities(self) -> Iterator[str]:
        for (user,) in self._rows.execute("SELECT id FROM users ORDER BY id"):
            yield identity_of_user(user)


def _errors(encoding: str) -> str:
    return "surrogateescape" if encoding.startswith("utf-8") else "replace"


def _cells(text: IO[str], layout: Layout) -> Iterator[tuple[int, str | Fault]]:
    """(number of the line, the cell of the column); a line that cannot be taken apart is a Fault."""
    rows = csv.reader(text, delimiter=layout.separator, strict=True)
    begins = not layout.header
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, Fault(line, _about(error))
            continue
        if not row:
            yield line, ""
        elif not begins:
            begins = True
        elif layout.column >= len(row):
            yield line, Fault(line, f"It has {len(row)} column{'' if len(row) == 1 else 's'}, not {layout.column + 1}.")
        else:
            yield line, row[layout.column]


def _about(error: csv.Error) -> str:
    words = str(error)
    if "field limit" in words or "unexpected end" in words:
        return "A quote opens here that is never closed."
    if "expected after" in words:
        return "Text follows a closing quote. Double the quotes within quotes."
    return f"It cannot be taken apart: {words}."
