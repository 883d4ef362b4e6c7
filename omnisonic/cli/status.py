"""`omnisonic status`: what runs, and what answers."""

import json
from typing import Any

import typer

from omnisonic.cli._options import DataDir, Json

_NOT_RUNNING = 3
_SERVERS = ("redis_url", "s3_url", "clickhouse_url", "livekit_url")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(data_dir: DataDir = None, as_json: Json = False) -> None:
    """Tell whether the instance runs, where, and with which processes.

    Exits with 0 when it is ready, with 3 when it is not.

    Example: omnisonic status --json
    """
    from omnisonic.settings import Settings

    found = look(Settings.load(data_dir=data_dir))
    typer.echo(json.dumps(found) if as_json else "\n".join(_lines(found)))
    if not found["running"]:
        raise typer.Exit(_NOT_RUNNING)


def look(settings: Any) -> dict[str, Any]:
    """The facts: {running, url, neo4j, data_dir, processes: [{name, pid, rss_mb}], servers: {name: bool}}."""
    from omnisonic.instance import running

    record = running(settings.data_dir)
    return {
        "running": bool(record and record.ready),
        "url": record.service_url if record else "",
        "neo4j": settings.neo4j_url or (record.neo4j_url if record else ""),
        "data_dir": str(settings.data_dir.absolute()),
        "processes": _processes(record) if record else [],
        "servers": {name.removesuffix("_url"): _answers(url) for name in _SERVERS if (url := getattr(settings, name))},
    }


def _processes(record: Any) -> list[dict[str, Any]]:
    known = [("supervisor", record.owner), *((child.name, child) for child in record.children)]
    living = [(name, found) for name, process in known if (found := process.find())]
    return [{"name": name, "pid": p.pid, "rss_mb": p.memory_info().rss // 2**20} for name, p in living]


def _answers(url: str) -> bool:
    """Whether somebody listens where `url` points; says nothing about credentials."""
    import socket
    from urllib.parse import urlsplit

    at = urlsplit(url)
    port = at.port or {"redis": 6379, "https": 443, "wss": 443}.get(at.scheme, 80)
    try:
        socket.create_connection((at.hostname or "", port), timeout=2).close()
    except OSError:
        return False
    return True


def _lines(found: dict[str, Any]) -> list[str]:
    head = f"ready at {found['url']}" if found["running"] else f"not running on {found['data_dir']}"
    lines = [head, f"neo4j {found['neo4j']}"] if found["neo4j"] else [head]
    lines += [f"{p['name']}: pid {p['pid']}, {p['rss_mb']} MB" for p in found["processes"]]
    return lines + [f"{name}: {'answers' if up else 'does not answer'}" for name, up in found["servers"].items()]
