"""The folder of an embedded Neo4j: its configuration, its password, its first user.

Layout below the instance's data dir: `neo4j/{conf,data,logs,run,import}` and `neo4j/password` (mode 600).
"""

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from omnisonic.settings import Settings

USER = "neo4j"
_ITERATIONS = 1024

_CONF = """\
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
internal.server.bolt.thread_pool_shutdown_wait_time=0s
server.memory.pagecache.size={page_cache}
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
db.tx_log.preallocate=false
db.index.fulltext.eventually_consistent_refresh_interval=500ms
db.tx_log.rotation.size=64m
db.tx_log.rotation.retention_policy=256M size
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Paths of one embedded Neo4j."""

    path: Path

    @classmethod
    def of(cls, settings: Settings) -> "Home":
        """The home inside an instance's data dir."""
        return cls(settings.data_dir.absolute() / "neo4j")

    @property
    def console(self) -> Path:
        """What the process printed since its last start."""
        return self.path / "logs" / "console.log"

    @property
    def conf(self) -> Path:
        """The folder of `neo4j.conf`; written anew at each start, never to be edited."""
        return self.path / "conf"

    def prepare(self, settings: Settings, port: int) -> str:
        """Make the folders, the configuration and, once, the password. Returns the password."""
        self.settle()
        for name in ("conf", "data/dbms", "logs", "run", "import", "plugins"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        text = _CONF.format(port=port, page_cache=settings.neo4j_page_cache)
        (self.conf / "neo4j.conf").write_text(text, encoding="utf-8")
        return self._password()

    @property
    def loaded(self) -> Path:
        """Where a home waits that was loaded offline and is whole: from there on it is the one that counts."""
        return self.path.with_name(f"{self.path.name}.loaded")

    def settle(self) -> None:
        """Put a loaded home in its place, also where a crash came between. Nobody may use either."""
        empty = self.path.with_name(f"{self.path.name}.empty")
        if self.loaded.exists():
            shutil.rmtree(empty, ignore_errors=True)
            if self.path.exists():
                self.path.replace(empty)
            self.loaded.replace(self.path)
        shutil.rmtree(empty, ignore_errors=True)

    def _password(self) -> str:
        """The password, made on the first start: Neo4j takes its hash from `auth.ini` into its system store."""
        file = self.path / "password"
        if file.exists():
            return file.read_text(encoding="ascii").strip()
        password = secrets.token_urlsafe(24)
        write_private(self.path / "data" / "dbms" / "auth.ini", _credential(password, secrets.token_bytes(32)))
        write_private(file, password)
        return password


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(path)


def _credential(password: str, salt: bytes) -> str:
    """A line of Neo4j 5's `auth.ini`: user, `SHA-256,hash,salt,iterations` in hex, and flags (none)."""
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(_ITERATIONS - 1):
        digest = hashlib.sha256(digest).digest()
    return f"{USER}:SHA-256,{digest.hex()},{salt.hex()},{_ITERATIONS}:\n"
