"""Whether the SDKs for Node and browsers are here: `npm install` in this folder puts them beside the tests."""

import json
import shutil
from pathlib import Path

FOLDER = Path(__file__).parent
MODULES = FOLDER / "node_modules"
PACKAGES: dict[str, str] = json.loads((FOLDER / "package.json").read_text())["dependencies"]
COMMAND = "npm install --no-package-lock --ignore-scripts --no-audit --no-fund --prefix tests/sdk"


def missing() -> str:
    """What is not, and how to get it; empty where everything is there in its version."""
    if not shutil.which("node"):
        return "SDKs for Node and browsers (node is not installed)"
    wrong = [name for name, version in PACKAGES.items() if _version(name) != version]
    return f"SDKs for Node and browsers ({', '.join(wrong)}: {COMMAND})" if wrong else ""


def _version(name: str) -> str:
    try:
        return str(json.loads((MODULES / name / "package.json").read_text())["version"])
    except FileNotFoundError:
        return ""
