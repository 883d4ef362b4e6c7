"""Files that pages need, under names that carry a hash of their content, so that browsers keep them for ever.

Two sources: `static/` in the repository, and `assets/`, which scripts/build-web makes. Only files found at
start-up are served; no path of a request ever reaches the file system.
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, Response

HERE: Final = Path(__file__).parent
STATIC: Final = HERE / "static"
BUILT: Final = HERE / "assets"

_FOREVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".ttf": "font/ttf"}


@dataclass(frozen=True, slots=True)
class Assets:
    """Which URL serves which file. `urls` maps the plain names that templates use to URLs."""

    files: dict[str, Path]
    urls: dict[str, str]

    @property
    def built(self) -> bool:
        """Whether the explorer's assets are there."""
        return "explorer.js" in self.urls

    @classmethod
    def load(cls, static: Path = STATIC, built: Path = BUILT) -> Assets:
        """Find all files; `built` may be missing."""
        files: dict[str, Path] = {}
        urls: dict[str, str] = {}
        for path in sorted(static.iterdir()):
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            name = f"{path.stem}-{digest}{path.suffix}"
            files[name] = path
            urls[path.name] = f"/assets/{name}"
        manifest = built / "manifest.json"
        if manifest.is_file():
            files |= {p.name: p for p in built.iterdir() if p.suffix not in (".gz", ".json")}
            urls |= {name: f"/assets/{file}" for name, file in json.loads(manifest.read_text()).items()}
        return cls(files, urls)

    async def serve(self, request: Request) -> Response:
        """Answer /assets/{name}, compressed where the build left such a copy and the client takes it."""
        path = self.files.get(request.path_params["name"])
        if path is None or not path.is_file():
            return Response("Not found.\n", status_code=404, media_type="text/plain")
        headers = {"cache-control": _FOREVER, "x-content-type-options": "nosniff", "vary": "accept-encoding"}
        packed = path.with_name(f"{path.name}.gz")
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if "gzip" in request.headers.get("accept-encoding", "") and packed.is_file():
            return FileResponse(packed, media_type=kind, headers={**headers, "content-encoding": "gzip"})
        return FileResponse(path, media_type=kind, headers=headers)
