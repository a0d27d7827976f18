"""Members and segments over HTTP, and the jobs that make them."""

from __future__ import annotations

import json
from dataclasses import replace

from sizzle.drafting import Stores
from sizzle.outreach_jobs import JobSources
from tests.api.outreach.members_app import NOW, Outreach
from tests.outbox.sample_members import AWS

ROLE = {"Dimensions": {"UserAttributes": {"role": {"Values": ["Retired"]}}}}


def test_an_import_is_a_job_with_findings(outreach: Outreach) -> None:
    """Its result counts rows and names those refused; the upload itself is gone afterwards."""
    job = outreach.done(outreach.send("POST", "members:import?app=shop", content=AWS))
    assert (job["state"], job["result"]["added"], job["result"]["refused"]) == ("done", 2, 1)
    assert job["result"]["findings"][0]["what"] == "5 values under 6 headers."
    assert job["progress"]["rows"] == 3
    assert [path.name for path in outreach.jobs.root.rglob("upload")] == []
    again = outreach.done(outreach.send("POST", "members:import?app=shop", content=AWS))
    assert again["result"]["summary"].startswith("Nothing changed")
    events = outreach.send("GET", f"jobs/{job['id']}/events").text
    assert "event: progress" in events
    assert "event: done" in events
    assert len(outreach.send("GET", "jobs").json()["jobs"]) == 2
    failed = outreach.done(outreach.send("POST", "members:import", content=b"PK\x03\x04..."))
    assert failed["state"] == "failed"
    assert "workbook" in failed["result"]["failure"]["what"]
    assert outreach.send("POST", "members:import").status_code == 400
    assert outreach.send("GET", "jobs/nothing").status_code == 404


def test_an_erased_member_takes_along_what_findings_quote(outreach: Outreach) -> None:
    """Addresses in rows that were refused, or read otherwise than written, name nobody."""
    rows = (
        "member_id,name,phone,birth_date\n"
        "mallory,Mallory,0171-5550123,\n"
        "mallory,Mallory,+491715550124,long ago\n"
        "ada,Ada,0171-5550125,\n"
    )
    job = outreach.done(outreach.send("POST", "members:import?app=shop", content=rows))
    about = sorted(one["about"] for one in job["result"]["findings"])
    assert about == ["ada", "mallory", "mallory"]
    endpoints = (
        '{"Id": "phone-1", "ChannelType": "SMS", "Address": "+442079460958",'
        ' "User": {"UserId": "mallory"}}\n'
        '{"Id": "phone-1", "ChannelType": "SMS", "Address": "020-79460959"}\n'
    )
    again = outreach.done(outreach.send("POST", "members:import?app=shop", content=endpoints))
    assert [one["about"] for one in again["result"]["findings"]] == ["phone-1"]
    assert outreach.send("DELETE", "members/mallory").json()["profiles"] == 1
    left = outreach.send("GET", "jobs").text
    assert [quoted in left for quoted in ("5550123", "long ago", "79460959")] == [False] * 3
    assert "5550125" in left


def test_a_member_is_put_read_and_erased(outreach: Outreach) -> None:
    """What is left out of the profile is unknown then; other endpoints stay."""
    ada = {
        "name": "Ada", "email": "Ada@X.org", "language": "fr_fr", "country": "FRA",
        "attributes": {"role": "Retired"}, "consent": "opted out", "zone": "Mars/Base",
    }  # fmt: skip
    made = outreach.send("PUT", "members/ada", json=ada)
    assert made.status_code == 201
    assert [one["rule"] for one in made.json()["findings"]] == ["unknown-zone"]
    found = outreach.send("GET", "members/ada").json()
    assert (found["language"], found["country"], found["zone"]) == ("fr-FR", "FR", "")
    assert found["attributes"] == {"role": ["Retired"]}
    assert [one["Address"] for one in found["endpoints"]] == ["Ada@x.org"]
    assert [one["verdict"] for one in found["consents"]] == ["opted out"]
    changed = outreach.send("PUT", "members/ada", json={"phone": "+442079460958"})
    assert (changed.status_code, changed.json()["name"]) == (200, "")
    assert len(changed.json()["endpoints"]) == 2
    erased = outreach.send("DELETE", "members/ada").json()
    assert (erased["profiles"], erased["endpoints"], erased["suppressed"]) == (1, 2, 1)
    assert outreach.send("GET", "members/ada").status_code == 404
    for body in ({"email": "nothing"}, {"nickname": "x"}, {"endpoints": [{"Address": "x"}]}):
        assert outreach.send("PUT", "members/ada", json=body).status_code == 422
    assert outreach.send("GET", "members/ada").status_code == 404


def test_from_a_segment_to_an_approved_snapshot(outreach: Outreach) -> None:
    """The snapshot has as many members as the preview; one that has changed is refused."""
    for number in range(3):
        role = {"attributes": {"role": "Retired"}} if number else {}
        outreach.send("PUT", f"members/m{number}", json={"name": f"N{number}", **role})
    made = outreach.send("POST", "segments", json={"name": "retired", **ROLE})
    assert made.status_code == 201
    path = f"segments/{made.json()['id']}"
    seen = outreach.send("GET", f"{path}/members").json()
    assert (seen["count"], seen["of"]) == (2, 3)
    assert seen["members"][0]["reasons"] == ["UserAttributes.role is Retired"]
    refused = outreach.done(outreach.send("POST", f"{path}/snapshots", json={"expected": 3}))
    assert refused["result"]["failure"]["slug"] == "segment-changed"
    taken = outreach.done(outreach.send("POST", f"{path}/snapshots", json={"expected": 2}))
    snapshot = f"snapshots/{taken['result']['snapshot_id']}"
    members = outreach.send("GET", f"{snapshot}/members").json()["members"]
    assert [one["member_id"] for one in members] == ["m1", "m2"]
    approved = outreach.send("POST", f"{snapshot}:approve").json()
    assert (approved["count"], approved["approved"]) == (2, NOW * 1000)
    outreach.send("DELETE", "members/m1")
    assert outreach.send("GET", snapshot).json()["erased_since"] == 1
    shown = outreach.send("GET", path).json()
    assert [one["snapshot_id"] for one in shown["snapshots"]] == [taken["result"]["snapshot_id"]]
    for body in ({"name": "x"}, {"name": "x", "Dimensions": {"Nothing": {}}}):
        assert outreach.send("POST", "segments", json=body).status_code == 422
    twice = '{"name": "x",\n"Dimensions": {"Location": {}, "Metrics": {},\n"Location": {}}}'
    as_json = {"content-type": "application/json"}
    repeated = outreach.send("POST", "segments", content=twice, headers=as_json)
    assert repeated.status_code == 422
    assert "twice in one object" in repeated.json()["detail"], repeated.text
    assert outreach.send("GET", "segments/nothing/members").status_code == 404


def test_an_evaluation_is_a_job_that_compares_versions(outreach: Outreach) -> None:
    """It tells how far it is; what is no version, no language or no writer is said."""
    stores = Stores(outreach.sources.database())
    stores.prompts.add("invite", "Write {language}.", "shorter", "ada", 1)
    ask = {"languages": ["en"], "channels": ["PUSH"]}
    first = outreach.done(
        outreach.send("POST", "prompts/invite:evaluate", json={**ask, "version": 1})
    )
    assert (first["kind"], first["state"], first["result"]["before"]) == (
        "evaluation",
        "done",
        None,
    )
    assert first["progress"]["of"] == 3  # how far it is said to be depends on how long it takes
    second = outreach.done(outreach.send("POST", "prompts/invite:evaluate", json=ask))["result"]
    assert (second["evaluation"]["version"], second["before"]["version"]) == (2, 1)
    refused = second["evaluation"]["results"]["refused whom code refuses"]
    assert refused == {"passed": 2, "asked": 2}
    for body, path, status in (({"version": 9}, "invite", 404), ({}, "none", 404),
                               ({"languages": ["english"]}, "invite", 422)):  # fmt: skip
        assert outreach.send("POST", f"prompts/{path}:evaluate", json=body).status_code == status
    asked = outreach.send("POST", "prompts/invite:evaluate", json=ask)
    other = replace(outreach, sources=replace(outreach.sources, writer="openai"))
    failed = other.done(asked)["result"]["failure"]
    assert failed["what"] == "The writer openai needs a model."
    same = JobSources.of_json(json.loads(json.dumps(outreach.sources.to_json())))
    assert same == outreach.sources
