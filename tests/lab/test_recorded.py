"""What was recorded is what a server with vector sets tells; without one, the record is shown."""

import json

import pytest

from cartlib import connect
from cartlib.lab import recorded
from cartlib.lab.stores import new_client


@pytest.mark.every_server
def test_the_record_is_what_a_server_tells(server):
    with connect(server.host, server.port) as client:
        lacks = "VCARD" in recorded.lacking(client)
    where, costs = recorded.likeness_costs()
    told = json.loads(recorded.RECORD.read_text(encoding="utf-8"))["costs"]
    assert lacks == (where == "recorded on Redis 8.2.3")
    for name in ("hash", "vector set", "vector set, exact"):
        assert costs[name] == pytest.approx(told[name], rel=0.1)
    for name in ("most alike", "most alike, exact"):
        assert [item for item, _ in costs[name]] == [item for item, _ in told[name]]
        likeness = [score for _, score in costs[name]]
        assert likeness == pytest.approx([score for _, score in told[name]], abs=1e-6)


def test_without_a_server_the_record_is_shown(no_server):
    assert recorded.likeness_costs()[0] == "recorded on Redis 8.2.3"


@pytest.mark.every_server
def test_with_documents(server, capsys):
    with new_client() as pretended:
        assert recorded.lacking(pretended) == []
        assert recorded.with_documents(pretended) is pretended
    assert capsys.readouterr().out == ""
    with connect(server.host, server.port) as real:
        assert "JSON.GET" in recorded.lacking(real)
        assert recorded.lacking(recorded.with_documents(real)) == []
    assert "Your Redis knows no JSON.GET" in capsys.readouterr().out
