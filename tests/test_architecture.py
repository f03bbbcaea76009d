"""The arrows: streamhub -> cohorts -> delivery -> destinations -> events; the engines import none of them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = ["events", "destinations", "delivery", "cohorts", "streamhub"]  # each may import what stands before it
ENGINES = {"freemarker": (), "jinja": ("destinations.freemarker",)}  # and what of ours they may import


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            yield ".".join([*package, *([node.module] if node.module else [])])


def files(folder: str) -> list[Path]:
    return [path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts]


@pytest.mark.parametrize("folder", ORDER)
def test_imports_point_one_way(folder):
    above = ORDER[ORDER.index(folder) + 1 :]
    wrong = [f"{p.relative_to(ROOT)}: {m}" for p in files(folder) for m in imports(p) if m.split(".")[0] in above]
    assert wrong == []


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engines_stand_alone(engine):
    own = (f"destinations.{engine}", *ENGINES[engine])
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in files(f"destinations/{engine}")
        for module in imports(path)
        if module.split(".")[0] in (*ORDER, "django") and not module.startswith(own)
    ]
    assert wrong == []


def test_only_transports_reach_the_network():
    libraries = {"pycurl", "requests", "urllib3", "http.client", "urllib.request"}
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for folder in ("events", "destinations", "delivery")
        for path in files(folder)
        for module in imports(path)
        if module in libraries and "transports" not in path.parts
    ]
    assert wrong == []
