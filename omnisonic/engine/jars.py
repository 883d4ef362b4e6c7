"""The jars of Neo4j, exactly those of the committed lock, kept once per user.

`jgo` fetches them; nothing is used whose SHA-256 differs from the lock. `scripts/lock` writes the lock.
"""

import fcntl
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ontology.errors import Unavailable

LOCK = Path(__file__).with_name("jars.lock")
ROOTS = ("org.neo4j:neo4j:5.26.30", "org.neo4j:neo4j-import-tool:5.26.30")
_ATTEMPTS = 4

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the lock: `group:artifact:version[:classifier] sha256`."""

    coordinate: str
    sha256: str

    @property
    def path(self) -> str:
        """Its path below the cache folder, and in a Maven repository."""
        group, artifact, version, *classifier = self.coordinate.split(":")
        name = "-".join([artifact, version, *classifier])
        return f"{group.replace('.', '/')}/{artifact}/{version}/{name}.jar"


def locked(text: str | None = None) -> list[Jar]:
    """The jars of the lock, in class path order."""
    lines = (LOCK.read_text(encoding="utf-8") if text is None else text).splitlines()
    return [Jar(*line.split()) for line in lines if line and not line.startswith("#")]


def classpath(cache: Path, maven_url: str = "", progress: Progress | None = None) -> list[Path]:
    """Paths of all locked jars under `cache`; fetches what is missing.

    `progress(done, total)` is called per fetched jar. Raises Unavailable when a jar
    cannot be had or is not the locked one.
    """
    jars = locked()
    if any(not (cache / jar.path).exists() for jar in jars):
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache):
            missing = [jar for jar in jars if not (cache / jar.path).exists()]
            _fetch_all(missing, cache, maven_url, progress or (lambda _done, _total: None))
    return [cache / jar.path for jar in jars]


def _fetch_all(jars: list[Jar], cache: Path, maven_url: str, progress: Progress) -> None:
    with ThreadPoolExecutor(6) as pool, tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as folder:
        jobs = [pool.submit(_fetch, jar, Path(folder), cache, maven_url) for jar in jars]
        for done, job in enumerate(as_completed(jobs), start=1):
            try:
                job.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
            progress(done, len(jobs))


def _fetch(jar: Jar, folder: Path, cache: Path, maven_url: str) -> None:
    """Fetch into `folder`, check, then move: another process never sees half a jar."""
    fetched = _download(jar, folder, maven_url)
    digest = hashlib.sha256(fetched.read_bytes()).hexdigest()
    if digest != jar.sha256:
        raise Unavailable(
            "ENGINE_JAR_CHANGED",
            f"{jar.coordinate} has SHA-256 {digest}, the lock says {jar.sha256}",
            "the Maven repository is not to be trusted; set OMNISONIC_MAVEN_URL to another",
        )
    target = cache / jar.path
    target.parent.mkdir(parents=True, exist_ok=True)
    fetched.replace(target)


def _download(jar: Jar, folder: Path, maven_url: str) -> Path:
    import requests  # noqa: PLC0415 - only a first start pays for it
    import truststore  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    truststore.inject_into_ssl()  # trust what the machine trusts, as pip does: some sit behind a company's proxy
    group, artifact, version, *classifier = jar.coordinate.split(":")
    repos = {"maven": maven_url.rstrip("/")} if maven_url else None
    cause = ""
    for attempt in range(_ATTEMPTS):
        # a folder of its own for each attempt: jgo keeps what a broken connection left
        context = MavenContext(repo_cache=folder / str(attempt), local_repos=[], remote_repos=repos, timeout=30)
        component = context.project(group, artifact).at_version(version)
        try:
            return component.artifact(*classifier).resolve()
        except (requests.RequestException, RuntimeError, OSError) as error:
            cause = f"{type(error).__name__}: {error}"
            if isinstance(error, OSError) and error.errno:
                break
    raise Unavailable(
        "ENGINE_JAR_MISSING",
        f"cannot fetch {jar.coordinate}: {cause.splitlines()[0][:200]}",
        "check the network and the disk, or set OMNISONIC_MAVEN_URL to a mirror",
    )


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One process at a time fetches into a cache."""
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
