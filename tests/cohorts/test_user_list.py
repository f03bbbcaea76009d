"""Lists of users: every encoding, separator and odd line has an outcome; memory stays flat."""

import io
import tracemalloc

import pytest

from cohorts.user_list import LOOKED_AT, BadList, Layout, UserList, look_at


def read(data, most=1_000, **chosen):
    """(ids, report) of a file."""
    with UserList(most) as users:
        report = users.read(io.BytesIO(data), look_at(data[:LOOKED_AT], **chosen).layout)
        return [identity[2:] for identity in users.identities()], report


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_encodings_separators_and_line_ends(encoding, separator, end):
    lines = [["name", "User ID", "x"], ["Ann", "Łódź-1", ""], ["Bob", "bob", "1"]]
    text = end.join(separator.join(line) for line in lines) + end
    ids, report = read(text.encode(encoding))
    assert ids == ["bob", "Łódź-1"]
    assert (report.read, report.bad, report.blank) == (2, 0, 0)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ann\nbob\n", ["ann", "bob"]),
        ("user_id\nann\n", ["ann"]),
        ("email,id\na@example.com,1\n", ["1"]),
        ('"Smith, Ann"\n"say ""hi"""\n', ["Smith, Ann", 'say "hi"']),
        ('"two\nlines"\n', ["two\nlines"]),
        ("  ann \nann\n", ["ann"]),
        ("日本\n😀\n'; DROP TABLE x; --\n", ["'; DROP TABLE x; --", "日本", "😀"]),
        ("", []),
        ("user_id\n", []),
    ],
    ids=["plain", "header", "column", "quotes", "lines", "blanks", "unicode", "empty", "header only"],
)
def test_what_is_an_id(text, ids):
    assert read(text.encode())[0] == ids


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"ann\nb\0b\n", 2, "NUL"),
        (b"ann\n" + b"x" * 513 + b"\n", 2, "513 characters"),
        (b"ann\n\xff\xfeb\n", 2, "not text in this encoding"),
        (b'ann\n"bob"x\ncat\n', 2, "Text follows a closing quote"),
        (b'ann\n"bob\ncat\n', 2, "never closed"),
        (b"user_id,x\nann,1\n\nx,2\n", 0, ""),
        (b"x,user_id\n1,ann\n2\n", 3, "It has 1 column, not 2."),
    ],
    ids=["nul", "long", "bytes", "quote", "open quote", "fine", "short"],
)
def test_wrong_lines_are_named(data, line, words):
    ids, report = read(data)
    assert "ann" in ids
    if line:
        (fault,) = report.faults
        assert fault.line == line
        assert words in fault.words
    else:
        assert report.faults == []


def test_duplicates_and_blanks_are_counted():
    _, report = read(b"ann\n\nann\n   \nbob\nann\n")
    assert (report.read, report.users, report.duplicates, report.blank) == (4, 2, 2, 2)


def test_the_first_hundred_wrong_lines_are_kept():
    _, report = read(b"a\0\n" * 250)
    assert (report.bad, len(report.faults), report.faults[-1].line) == (250, 100, 100)


def test_a_column_by_name_or_number_and_a_header_as_chosen():
    data = b"crm,id\n7,ann\n"
    assert read(data, column="crm")[0] == ["7"]
    assert read(data, column="1")[0] == ["7"]
    assert read(data, header=False, column="2")[0] == ["ann", "id"]
    assert read(b"only\nann\n", header=True)[0] == ["ann"]
    with pytest.raises(BadList, match=r"There is no column “email”\. The first line has 2: crm, id\."):
        read(data, column="email")


def test_too_many():
    with pytest.raises(BadList, match="more than 10 users"):
        read(b"".join(b"user %d\n" % n for n in range(11)), most=10)


def test_pasted_lines_are_ids_as_they_stand():
    with UserList(10) as users:
        report = users.read_pasted('Ann, Lee\r\n"q"\n\nbad\0\n')
        assert [identity[2:] for identity in users.identities()] == ['"q"', "Ann, Lee"]
    assert (report.blank, report.faults[0].line) == (1, 4)


class Repeated(io.RawIOBase):
    """A file of `size` bytes that is nowhere: the same users again and again."""

    def __init__(self, size):
        self.left = size

    def readable(self):
        return True

    def readinto(self, into):
        taken = b"user-%06d,Somebody\n" % (self.left % 999_983)
        count = min(len(into), self.left, len(taken))
        into[:count] = taken[:count]
        self.left -= count
        return count


def test_memory_is_flat():
    tracemalloc.start()
    with UserList(2_000_000) as users:
        report = users.read(io.BufferedReader(Repeated(1_500_000)), Layout())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.read > 60_000
    assert peak < 8_000_000
