"""Settings: read from the environment, handed to children, documented."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from omnisonic.settings import Settings, default_cache_dir, variable
from ontology.errors import Invalid

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_defaults_without_environment() -> None:
    settings = Settings.load({})
    assert settings.port == 8000
    assert settings.data_dir == Path(".omnisonic")
    assert settings.embedded
    assert settings.demo is True


def test_values_are_read_by_type() -> None:
    environ = {"OMNISONIC_PORT": "81", "OMNISONIC_DEMO": "No", "OMNISONIC_CACHE_DIR": "/c", "HOME": "/h"}
    settings = Settings.load(environ, data_dir=Path("/d"))
    assert (settings.port, settings.demo, settings.cache_dir, settings.data_dir) == (81, False, Path("/c"), Path("/d"))


def test_an_override_of_none_leaves_the_variable() -> None:
    assert Settings.load({"OMNISONIC_PORT": "81"}, port=None).port == 81


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("OMNISONIC_PORT", "eighty", "SETTING_INVALID"),
        ("OMNISONIC_PORT", "-1", "SETTING_INVALID"),
        ("OMNISONIC_DEMO", "maybe", "SETTING_INVALID"),
        ("OMNISONIC_PROT", "80", "SETTING_UNKNOWN"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        Settings.load({name: text})
    assert caught.value.code == code
    assert name in caught.value.message


def test_children_load_equal_settings() -> None:
    settings = Settings.load({}, data_dir=Path("/d"), demo=False, workers=3, neo4j_url="bolt://x:1")
    assert Settings.load(settings.environ()) == settings


def test_children_get_the_data_dir_wherever_they_start() -> None:
    assert Path(Settings.load({}).environ()["OMNISONIC_DATA_DIR"]).is_absolute()


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::1", "http://[::1]:8000"), ("h.example", "http://h.example:8000")],  # noqa: S104
)
def test_url_that_a_person_can_open(host: str, url: str) -> None:
    assert replace(Settings.load({}), host=host).url == url


def test_cache_dir_of_the_platform() -> None:
    assert default_cache_dir({"XDG_CACHE_HOME": "/c"}, "linux") == Path("/c/omnisonic")
    assert default_cache_dir({}, "darwin").as_posix().endswith("Library/Caches/omnisonic")


def test_the_page_lists_exactly_the_settings() -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `OMNISONIC_")
    ]
    assert rows == [[f"`{variable(f.name)}`", _shown(f.default), f.metadata["doc"]] for f in fields(Settings)]


def _shown(default: object) -> str:
    text = str(default).lower() if isinstance(default, bool) else str(default or "")
    return f"`{text}`" if text else ""
