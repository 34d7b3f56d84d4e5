"""Pins the whole resolved set of packages in pyproject.toml: `uv run --no-project --with tomlkit .ci/pin.py`.

Takes the newest versions that `dependencies` and the groups allow. Run the tests before committing the result.
"""

import subprocess
from pathlib import Path

import tomlkit

PROJECT = Path(__file__).resolve().parent.parent
FILE = PROJECT / "pyproject.toml"
EXPORT = ["uv", "export", "--quiet", "--all-groups", "--no-hashes", "--no-annotate", "--no-header"]


def main() -> None:
    project = tomlkit.parse(FILE.read_text(encoding="utf-8"))
    table = project["tool"]["uv"]  # type: ignore[index]
    table["constraint-dependencies"] = tomlkit.array()  # type: ignore[index]
    FILE.write_text(tomlkit.dumps(project), encoding="utf-8")
    subprocess.run(["uv", "lock", "--quiet", "--upgrade"], cwd=PROJECT, check=True)  # noqa: S607
    resolved = subprocess.run(EXPORT, cwd=PROJECT, check=True, capture_output=True, text=True)  # noqa: S603
    pins = tomlkit.array()
    pins.extend(resolved.stdout.splitlines())
    table["constraint-dependencies"] = pins.multiline(multiline=True)  # type: ignore[index]
    FILE.write_text(tomlkit.dumps(project), encoding="utf-8")


if __name__ == "__main__":
    main()
