"""neomodel classes of the core types read what the door wrote, and refuse every way of writing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import neomodel
import pytest

from graph import ogm
from graph.change import EdgeChange, Local, Source, Upsert
from graph.commit import Door
from ontology.errors import Denied
from ontology.registry import core


@pytest.fixture
def models(neo4j: Any) -> Iterator[dict[str, Any]]:
    neomodel.get_config().database_url = neo4j.url.replace("://", f"://{neo4j.user}:{neo4j.password}@")
    yield ogm.models(core())
    neomodel.db.close_connection()


async def test_single_entities_are_read_as_objects_and_never_written(door: Door, models: dict[str, Any]) -> None:
    work = Upsert("Work", fields={"title": "La Mer"}, identifiers=[("iswc", "T-034.524.680-1")], ref="w")
    recording = Upsert("Recording", fields={"title": "La mer", "genre": ["chanson"]}, ref="r")
    recording.edges["works"] = EdgeChange((Local("w"),))
    person = Upsert("Contributor", fields={"name": "Charles Trenet", "kind": "person"}, ref="c")
    credit = Upsert("Contribution", fields={"role": "performer"}, source=Local("c"), target=Local("r"))
    await door.commit([work, recording, person, credit], actor="urn:omnisonic:actor:t", source=Source("system"))
    found = models["Recording"].nodes.get(title="La mer")
    assert found.genre == ["chanson"]
    (heard,) = found.works.all()
    assert heard.iswc == "T0345246801"
    (who,) = found.contributors.all()
    assert (who.name, who.kind) == ("Charles Trenet", "person")
    assert found.contributors.relationship(who).role == "performer"
    writes = [
        found.save,
        found.delete,
        lambda: found.works.connect(heard),
        lambda: found.works.disconnect(heard),
        lambda: models["Recording"].create({"uid": "x", "title": "x"}),
        lambda: models["Work"](uid="x", title="x").save(),
        lambda: found.contributors.relationship(who).save(),
    ]
    for write in writes:
        with pytest.raises(Denied, match="WRITE_DOOR"):
            write()
    assert len(models["Recording"].nodes.all()) == 1
