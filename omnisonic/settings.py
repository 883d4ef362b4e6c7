"""Every setting of a running Omnisonic, in one frozen value.

The only module that reads the environment: all others get a `Settings` handed in.
`docs/settings.md` is tested against it.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self, get_type_hints

from ontology.errors import Invalid

PREFIX = "OMNISONIC_"
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _setting(default: Any, doc: str, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"doc": doc, "secret": secret})


def default_cache_dir(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """The folder that all instances of one user share: where the platform keeps what can be fetched again."""
    if platform == "darwin":
        return Path("~/Library/Caches/omnisonic").expanduser()
    if platform == "win32":
        return Path(environ.get("LOCALAPPDATA", "~/AppData/Local")).expanduser() / "omnisonic"
    return Path(environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "omnisonic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field per setting; `OMNISONIC_` and the field's name in capitals is its environment variable."""

    data_dir: Path = _setting(Path(".omnisonic"), "Folder of this instance: store, password, tokens, logs.")
    host: str = _setting("127.0.0.1", "Address the service listens on.")
    port: int = _setting(8000, "Port the service listens on.")
    workers: int = _setting(1, "Number of service processes.")
    base_iri: str = _setting("https://omnisonic.example", "Start of every entity's IRI, without a slash at the end.")
    demo: bool = _setting(default=True, doc="Load the demo catalogue into an empty store on the first start.")
    request_seconds: int = _setting(30, "How long one GraphQL request may take, in seconds.")
    neo4j_url: str = _setting(
        "",
        "Neo4j server or cluster to use (`neo4j://`, `neo4j+s://`, `bolt://`); empty starts the embedded one.",
    )
    neo4j_user: str = _setting("neo4j", "User at that server.")
    neo4j_password: str = _setting("", "Password at that server.", secret=True)
    neo4j_database: str = _setting("neo4j", "Name of the database at that server.")
    neo4j_heap: str = _setting("1g", "Largest Java heap of the embedded Neo4j.")
    neo4j_page_cache: str = _setting("256m", "Page cache of the embedded Neo4j.")
    java: str = _setting("", "Path of the `java` (17 or 21) to use; empty takes the one in the virtual environment.")
    cache_dir: Path | None = _setting(
        None, "Folder for Neo4j's jars, shared by all instances; empty takes the platform's cache folder."
    )
    maven_url: str = _setting("", "Maven repository to fetch Neo4j's jars from; empty takes the public one.")
    redis_url: str = _setting("", "Redis of the team's deployment. `omnisonic status` tells if it answers.")
    s3_url: str = _setting("", "S3 or MinIO of the team's deployment. `omnisonic status` tells if it answers.")
    clickhouse_url: str = _setting("", "ClickHouse of the team's deployment. `omnisonic status` tells if it answers.")
    livekit_url: str = _setting("", "LiveKit of the team's deployment. `omnisonic status` tells if it answers.")

    @classmethod
    def load(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> Self:
        """Read `OMNISONIC_*` variables; an override that is not None wins over its variable.

        Raises Invalid for a value that does not fit its type and for a variable that names no setting.
        """
        env = os.environ if environ is None else environ
        hints = get_type_hints(cls)
        values = {name[len(PREFIX) :].lower(): text for name, text in env.items() if name.startswith(PREFIX) and text}
        unknown = sorted(set(values) - set(hints))
        if unknown:
            names = ", ".join(PREFIX + name.upper() for name in unknown)
            raise Invalid("SETTING_UNKNOWN", f"no such setting: {names}", "see docs/settings.md")
        parsed: dict[str, Any] = {name: _parse(name, text, hints[name]) for name, text in values.items()}
        parsed.update({name: value for name, value in overrides.items() if value is not None})
        return cls(**parsed)

    def environ(self) -> dict[str, str]:
        """The whole environment for a child process that is to load settings equal to these."""
        rest = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
        own = {variable(f.name): _text(getattr(self, f.name)) for f in fields(self)}
        return rest | {name: text for name, text in own.items() if text}

    @property
    def engine_cache(self) -> Path:
        """Where the embedded engine's jars lie."""
        return (self.cache_dir or default_cache_dir(os.environ)) / "engine"

    @property
    def embedded(self) -> bool:
        """Whether this instance runs its own Neo4j."""
        return not self.neo4j_url

    @property
    def url(self) -> str:
        """Where a person reaches the service."""
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def system_path() -> str:
    """The PATH that programs are looked up in."""
    return os.environ.get("PATH", os.defpath)


def java_home() -> str:
    """The system's JAVA_HOME, or an empty text."""
    return os.environ.get("JAVA_HOME", "")


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Path):
        return str(value.absolute())
    return "" if value is None else str(value)


def _parse(name: str, text: str, hint: object) -> object:
    if hint is bool:
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        raise Invalid("SETTING_INVALID", f"{variable(name)} is {text!r}", "use true or false")
    if hint is int:
        if text.isdecimal():
            return int(text)
        raise Invalid("SETTING_INVALID", f"{variable(name)} is {text!r}", "use a whole number")
    return text if hint is str else Path(text)
