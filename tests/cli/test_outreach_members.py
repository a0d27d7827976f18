"""`sizzle outreach import`, `segment` and `affinity`, from a file to an approved snapshot."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from ranker import TrainedModel, ViewingLog, save_model, train, write_histories
from sizzle.cli.app import app
from tests.ranker.small_histories import ONE_STEP, SMALL_MODEL, TITLES, rich_events

IDS = [f"member-{n}" for n in range(8)]


def run(state: Path, *arguments: object) -> Result:
    """Run `sizzle outreach` with a state of its own, in this process."""
    words = ["outreach", *map(str, arguments), "--state", str(state)]
    return CliRunner().invoke(app, words)


def test_from_a_file_to_an_approved_snapshot(tmp_path: Path) -> None:
    """The number that was previewed is what is frozen; findings are printed and counted."""
    path = tmp_path / "members.csv"
    path.write_text("member_id,email,ManagementOrRetired\na,a@x.org,Retired\nb,nothing,Retired\n")
    imported = run(tmp_path, "import", path, "--json")
    assert imported.exit_code == 1
    assert "row 3: 'nothing' is not an address of mail" in imported.stderr
    assert json.loads(imported.stdout)[str(path)]["refused"] == 1
    path.write_text("member_id,ManagementOrRetired\nb,Retired\nc,Worker\n")
    assert run(tmp_path, "import", path).exit_code == 0
    again = run(tmp_path, "import", path)
    assert again.exit_code == 0
    assert "Nothing changed: 2 of 2 rows were known." in again.stderr
    rule = tmp_path / "rule.json"
    dimension = {"AttributeType": "INCLUSIVE", "Values": ["Retired", "Management"]}
    rule.write_text(
        json.dumps(
            {"Name": "x", "Dimensions": {"UserAttributes": {"ManagementOrRetired": dimension}}}
        )
    )
    made = json.loads(run(tmp_path, "segment", "create", "mr", rule, "--json").stdout)
    shown = json.loads(run(tmp_path, "segment", "preview", made["id"], "--json").stdout)
    assert (shown["count"], shown["of"], shown["reachable"]) == (2, 3, {"EMAIL": 1})
    assert [one["member_id"] for one in shown["members"]] == ["a", "b"]
    assert "ManagementOrRetired is" in run(tmp_path, "segment", "preview", made["id"]).stdout
    refused = run(tmp_path, "segment", "snapshot", made["id"], "--expect", 3)
    assert "preview it again" in str(refused.exception)
    taken = json.loads(
        run(tmp_path, "segment", "snapshot", made["id"], "--expect", 2, "--json").stdout
    )
    assert taken["count"] == shown["count"]
    approved = run(tmp_path, "segment", "approve", taken["id"], "--by", "ada")
    assert "2 members, approved by ada" in approved.stderr
    listed = json.loads(run(tmp_path, "segment", "members", taken["id"], "--json").stdout)
    assert [one["member_id"] for one in listed["members"]] == ["a", "b"]
    shown = json.loads(run(tmp_path, "segment", "show", made["id"]).stdout)
    assert shown["snapshots"][0]["approved_by"] == "ada"
    ids = tmp_path / "ids.csv"
    ids.write_text("name,Id\nx,c\nx,nobody\nx,a\n")
    friends = run(tmp_path, "segment", "create", "friends", "--members", ids, "--json")
    assert "1 ids are of no member, and left out: nobody" in friends.stderr
    seen = run(tmp_path, "segment", "preview", json.loads(friends.stdout)["id"], "--json")
    assert [one["member_id"] for one in json.loads(seen.stdout)["members"]] == ["a", "c"]
    assert len(json.loads(run(tmp_path, "segment", "list", "--json").stdout)) == 2


def test_affinity_writes_lines_and_keeps_segments(tmp_path: Path) -> None:
    """In Personalize's shape; those who have watched the title are in neither."""
    events = [
        event for event in rich_events() if (event.member_id, event.title_id) != (IDS[3], "b")
    ]
    trained: TrainedModel = train(
        ViewingLog.from_events(events), config=ONE_STEP, model=SMALL_MODEL, titles=TITLES
    )
    model, histories = tmp_path / "ranker.pt", tmp_path / "histories.jsonl"
    save_model(model, trained.network)
    write_histories(histories, events)
    members = tmp_path / "members.csv"
    members.write_text("member_id\n" + "\n".join(IDS[2:]) + "\nnew\n")
    run(tmp_path, "import", members)
    out = tmp_path / "audiences.jsonl"
    sources = ("--model", model, "--histories", histories, "--out", out, "--json")
    done = run(tmp_path, "affinity", "b", *sources)
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    line = json.loads(out.read_text())
    assert line["input"] == {"itemId": "b"}
    assert line["output"] == {"recommendedUsers": ["member-3"]}
    assert (line["watched"], line["ranked"]) == (5, 6)
    assert 0 < line["chance"][0] < 1
    assert line["why"][0][0]["weight"] > 0
    seen = run(tmp_path, "segment", "preview", said["segments"]["b"], "--json")
    (member,) = json.loads(seen.stdout)["members"]
    assert member["reasons"][0].startswith("b is next with a chance of")
    unknown = run(tmp_path, "affinity", "bb", *sources)
    assert "did you mean" in str(unknown.exception)
