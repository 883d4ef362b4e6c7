"""The team's deployment, as far as it can be judged without a Docker engine: parsed, and held against the settings."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml

from omnisonic.engine.jars import ROOTS
from omnisonic.settings import Settings, variable

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
KNOWN = {variable(field.name) for field in fields(Settings)}
SERVICE_KEYS = {
    "build", "image", "restart", "command", "environment", "ports", "volumes", "depends_on", "healthcheck",
}  # fmt: skip
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}


def test_has_the_servers_of_a_team() -> None:
    assert set(SERVICES) == {"app", "neo4j", "redis", "minio", "clickhouse", "livekit"}
    assert set(COMPOSE) == {"name", "services", "volumes"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_pinned_and_watched(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= SERVICE_KEYS
    assert re.fullmatch(r"[a-z0-9/-]+:.*\d+\.\d+[\w.-]*|[a-z0-9/-]+:RELEASE\.[\dTZ-]+", service["image"])
    health = service["healthcheck"]
    assert set(health) <= HEALTH_KEYS
    assert {"test", "interval", "timeout", "retries"} <= set(health)
    assert health["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    mounted = {mount.split(":")[0] for mount in service.get("volumes", [])}
    assert mounted <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_app_reads_settings_that_exist() -> None:
    assert set(SERVICES["app"]["environment"]) <= KNOWN
    named = set(re.findall(r"\$\{(OMNISONIC_\w+)", TEXT))
    assert named <= KNOWN


def test_app_finds_its_servers() -> None:
    environment = SERVICES["app"]["environment"]
    hosts = {
        key: re.fullmatch(r"\w+://([a-z0-9]+):\d+(/\d+)?", url)
        for key, url in environment.items()
        if key.endswith("_URL")
    }
    assert {match.group(1) for match in hosts.values() if match} == set(SERVICES) - {"app"}


def test_settings_load_from_it() -> None:
    filled = {
        key: re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)\}", lambda match: match.group(1) or "secret", str(value))
        for key, value in SERVICES["app"]["environment"].items()
    }
    settings = Settings.load(filled)
    assert not settings.embedded
    assert settings.demo is False


def test_no_secret_is_written_down() -> None:
    given = {
        key: value
        for service in SERVICES.values()
        for key, value in service.get("environment", {}).items()
        if re.search("PASSWORD|AUTH|KEYS|SECRET", key)
    }
    assert given
    assert all(re.search(r"\$\{\w+:\?", value) for value in given.values())


def test_neo4j_is_the_one_that_is_embedded() -> None:
    assert SERVICES["neo4j"]["image"] == f"neo4j:{ROOTS[0].rsplit(':', 1)[1]}-community"
