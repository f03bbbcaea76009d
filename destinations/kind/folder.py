"""A kind as files: a folder, or the same in a zip <-> its definition.

kind.yaml      connection info, parameters, mappings, request, rules
payload.ftl    the payload template (or payload.jinja); none for kinds that send the original event
setup.md       where in the service each parameter is found, in Markdown
samples/*.json an event, the values of the parameters, and the exact request that they make
logo.svg       or logo.png; none: a monogram is drawn
"""

import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from destinations.kind.problems import Place, Problem
from destinations.kind.yaml_places import BadYAML, read_yaml

KIND = "kind.yaml"
TEMPLATES = {"payload.ftl": "freemarker", "payload.jinja": "jinja2"}
LOGOS = ("logo.svg", "logo.png")
SETUP = "setup.md"
MOST_FILES = 50
MOST_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Located:
    """A problem in words, and the file and line where it stands. Line None: the file as a whole."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line or 1}: {self.message}"


class BadFiles(ValueError):
    """Files that are not read as a kind at all."""

    def __init__(self, problems: Iterable[Located]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(slots=True)
class KindFiles:
    """What the files say. `lines`: where in kind.yaml each place stands."""

    slug: str
    definition: dict[str, Any] = field(default_factory=dict)
    logo: bytes = b""
    lines: dict[Place, int] = field(default_factory=dict)
    files: dict[Place, str] = field(default_factory=dict)

    def locate(self, problem: Problem) -> Located:
        """A place of the definition as a file and a line."""
        for length in range(len(problem.place), 0, -1):
            if file := self.files.get(problem.place[:length]):
                inner = ".".join(map(str, problem.place[length:]))
                return Located(file, problem.line, f"{inner}: {problem.message}" if inner else problem.message)
        place = problem.place
        while place and place not in self.lines:
            place = place[:-1]
        line = self.lines.get(place, 1) + (problem.line - 1 if problem.line else 0)
        words = f"{problem.path}: {problem.message}" if problem.place else problem.message
        return Located(KIND, line, words)


def read_folder(folder: Path) -> KindFiles:
    """Raises BadFiles."""
    if not folder.is_dir():
        raise BadFiles([Located(KIND, None, "There is no such folder.")])
    found: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise BadFiles([Located(name, None, "This is a link. Put the file itself here.")])
        if path.is_file():
            if len(found) >= MOST_FILES or path.stat().st_size > MOST_BYTES:
                raise BadFiles([Located(name, None, "The folder holds too many files, or one that is too big.")])
            found[name] = path.read_bytes()
    return read_files(folder.resolve().name, found)


def read_zip(data: bytes, name: str = "kind") -> KindFiles:
    """The same folder, packed; its files may stand in one folder inside, whose name is then the slug. Nothing is
    unpacked to the disk. Raises BadFiles."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            found = {_inside(info): packed.read(info) for info in _checked(packed)}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        raise BadFiles([Located(name, None, "This is no zip that can be read.")]) from None
    tops = {PurePosixPath(path).parts[0] for path in found}
    if len(tops) == 1 and KIND not in found:
        name = tops.pop()
        found = {path.removeprefix(f"{name}/"): content for path, content in found.items()}
    return read_files(name.removesuffix(".zip"), found)


def read_files(slug: str, files: dict[str, bytes]) -> KindFiles:
    """By their paths in the folder. Raises BadFiles."""
    kind, problems = KindFiles(slug), [Located(n, None, _UNKNOWN) for n in files if not _is_known(n)]
    texts = {n: _text(n, content, problems) for n, content in files.items() if n not in LOGOS and _is_known(n)}
    if KIND not in files:
        problems.append(Located(KIND, None, "The file is missing. It holds the kind’s name, parameters and request."))
    else:
        _read_kind(kind, texts[KIND], problems)
    request = kind.definition.get("request")
    templates = [name for name in TEMPLATES if name in texts]
    if len(templates) > 1:
        problems.append(Located(templates[1], None, "There is a second template. Keep one of them."))
    if templates and isinstance(request, dict):
        kind.files["request", "template"] = templates[0]
        request |= {"language": TEMPLATES[templates[0]], "template": texts[templates[0]]}
    if SETUP in texts:
        kind.files["setup",] = SETUP
        kind.definition["setup"] = texts[SETUP]
    _read_samples(kind, {n: t for n, t in texts.items() if n.startswith("samples/")}, problems)
    logos = [name for name in LOGOS if name in files]
    if len(logos) > 1:
        problems.append(Located(logos[1], None, "There is a second logo. Keep one of them."))
    if logos:
        kind.logo, kind.files["logo",] = files[logos[0]], logos[0]
    if problems:
        raise BadFiles(problems)
    return kind


def as_files(definition: dict[str, Any], logo: bytes = b"") -> dict[str, bytes]:
    """A definition as the files of its folder: what `read_files` reads back as the same."""
    rest = {key: value for key, value in definition.items() if key not in ("setup", "samples")}
    request = dict(rest.get("request", {}))
    template, language = request.pop("template", ""), request.pop("language", "freemarker")
    if request:
        rest["request"] = request
    found = {KIND: yaml.safe_dump(rest, sort_keys=False, allow_unicode=True, width=100).encode()}
    if template:
        name = next(name for name, known in TEMPLATES.items() if known == language)
        found[name] = template.encode()
    if definition.get("setup"):
        found[SETUP] = definition["setup"].encode()
    for number, sample in enumerate(definition.get("samples", ())):
        name = _FILE_NAME.sub("-", str(sample.get("name") or number + 1)).strip("-") or str(number + 1)
        found[f"samples/{name}.json"] = json.dumps(sample, indent=2, ensure_ascii=False).encode() + b"\n"
    if logo:
        found[LOGOS[0] if logo.lstrip().startswith(b"<") else LOGOS[1]] = logo
    return found


_FILE_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_UNKNOWN = f"No such file belongs to a kind. Known: {', '.join((KIND, *TEMPLATES, SETUP, *LOGOS))}, samples/*.json."


def _is_known(name: str) -> bool:
    if name.startswith("samples/"):
        return name.count("/") == 1 and name.endswith(".json")
    return name in (KIND, SETUP, *TEMPLATES, *LOGOS)


def _text(name: str, content: bytes, problems: list[Located]) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        problems.append(Located(name, content[: error.start].count(b"\n") + 1, "The file is not UTF-8 text."))
        return ""


def _read_kind(kind: KindFiles, text: str, problems: list[Located]) -> None:
    try:
        definition, kind.lines = read_yaml(text)
    except BadYAML as error:
        problems.append(Located(KIND, error.line, str(error)))
        return
    if not isinstance(definition, dict):
        problems.append(Located(KIND, 1, "Write keys and values: name: …"))
        return
    kind.definition = definition
    for place in (("samples",), ("setup",), ("request", "template"), ("request", "language")):
        if place in kind.lines:
            problems.append(Located(KIND, kind.lines[place], f"{'.'.join(place)} stands in a file of its own."))


def _read_samples(kind: KindFiles, texts: dict[str, str], problems: list[Located]) -> None:
    samples: list[dict[str, object]] = []
    for name, text in sorted(texts.items()):
        try:
            sample = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            line = getattr(error, "lineno", 1)
            problems.append(Located(name, line, f"This is not JSON: {getattr(error, 'msg', error)}."))
            continue
        if isinstance(sample, dict):
            sample.setdefault("name", PurePosixPath(name).stem)
        kind.files["samples", len(samples)] = name
        samples.append(sample)
    if samples:
        kind.definition["samples"] = samples


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _checked(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    infos = [info for info in packed.infolist() if not info.is_dir()]
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
        raise BadFiles([Located(infos[0].filename, None, "The zip holds too many files, or too much.")])
    return infos


def _inside(info: zipfile.ZipInfo) -> str:
    """The entry's path. Raises BadFiles where it leads out of the folder, or is a link."""
    path = PurePosixPath(info.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in info.orig_filename or ":" in path.parts[0]:
        raise BadFiles([Located(info.orig_filename, None, "The zip has a path that leads out of the folder.")])
    if (info.external_attr >> 16) & 0o170000 == 0o120000:
        raise BadFiles([Located(info.filename, None, "The zip has a link. Put the file itself there.")])
    return path.as_posix()
