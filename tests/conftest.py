"""The real Neo4j that graph and system tests share: one embedded engine per session, in a folder of its own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from neo4j import GraphDatabase

from omnisonic import engine
from omnisonic.settings import Settings
from tests import needs

_WIPE = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"


@dataclass(frozen=True, slots=True)
class RunningNeo4j:
    """A running embedded Neo4j: what a driver needs, and a way to empty it."""

    url: str
    user: str
    password: str
    database: str = "neo4j"

    @property
    def auth(self) -> tuple[str, str]:
        """User and password, as the driver takes them."""
        return self.user, self.password

    def wipe(self, *, schema: bool = False) -> None:
        """Delete all nodes (some 20 ms for a small store), with `schema` also all constraints and indexes."""
        with GraphDatabase.driver(self.url, auth=self.auth) as driver, driver.session() as session:
            session.run(_WIPE).consume()
            if not schema:
                return
            for kind, plural in (("CONSTRAINT", "CONSTRAINTS"), ("INDEX", "INDEXES")):
                rows = session.run(f"SHOW {plural} YIELD name, type WHERE type <> 'LOOKUP' RETURN name")
                for name in [row["name"] for row in rows]:
                    session.run(f"DROP {kind} `{name}` IF EXISTS").consume()


@pytest.fixture(name="neo4j", scope="session")
def _neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningNeo4j]:
    """One engine for the whole session; tests that need an empty store call `neo4j.wipe()` first."""
    folder: Path = tmp_path_factory.mktemp("neo4j")
    running = engine.start(Settings.load({}, data_dir=folder, neo4j_heap="512m", neo4j_page_cache="64m"))
    try:
        yield RunningNeo4j(running.endpoint.url, running.endpoint.user, running.endpoint.password)
    finally:
        running.stop()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--full`: the long forms too."""
    parser.addoption("--full", action="store_true", help="run the tests marked full as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what cannot run here or was not asked for; the former is listed at the end."""
    needs.leave_out_full(config, items)
    needs.leave_out(config, items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """List what was not run for want of something, so that it is never silently skipped."""
    for name, count in config.stash.get(needs.MISSING, {}).items():
        terminalreporter.write_line(f"NOT RUN: {count} tests that need {name}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Under CI what could not be run is a failure."""
    if os.environ.get("CI") and session.config.stash.get(needs.MISSING, {}):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
