"""Write `omnisonic/engine/jars.lock`: every jar the embedded Neo4j needs, with its SHA-256 and no address."""

import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jgo
from jgo.maven import Artifact, MavenContext

from omnisonic.engine.jars import LOCK, ROOTS

HEAD = "# Jars of the embedded Neo4j: group:artifact:version[:classifier] sha256. Written by scripts/lock.\n"


def main() -> None:
    """Resolve the roots with jgo, fetch every jar once, and write the lock."""
    artifacts = jgo.resolve("+".join(ROOTS))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(6) as pool:
        context = MavenContext(repo_cache=Path(folder), local_repos=[], timeout=60)
        lines = sorted(pool.map(lambda artifact: _line(context, artifact), artifacts))
    LOCK.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{LOCK.name}: {len(lines)} jars")


def _line(context: MavenContext, artifact: Artifact) -> str:
    component = context.project(artifact.groupId, artifact.artifactId).at_version(artifact.version)
    digest = hashlib.sha256(component.artifact(artifact.classifier).resolve().read_bytes()).hexdigest()
    parts = [artifact.groupId, artifact.artifactId, artifact.version, artifact.classifier]
    return f"{':'.join(part for part in parts if part)} {digest}"


if __name__ == "__main__":
    main()
