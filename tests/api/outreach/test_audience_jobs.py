"""Jobs that find who is likely to watch titles, by a trained ranker."""

from __future__ import annotations

import json

from ranker import ViewingLog, save_model, train, write_histories
from sizzle.outreach_jobs import JobSources, Runner
from tests.api.outreach.members_app import Outreach
from tests.ranker.small_histories import ONE_STEP, SMALL_MODEL, TITLES, rich_events


def test_an_audience_is_a_job_in_a_process_of_its_own(outreach: Outreach) -> None:
    """With lines in Personalize's shape, and a segment; whoever is erased leaves the lines."""
    events = [one for one in rich_events() if (one.member_id, one.title_id) != ("member-3", "b")]
    log = ViewingLog.from_events(events)
    trained = train(log, config=ONE_STEP, model=SMALL_MODEL, titles=TITLES)
    save_model(outreach.sources.model, trained.network)
    histories = outreach.sources.state / "histories.jsonl"
    write_histories(histories, events)
    for number in range(8):
        outreach.send("PUT", f"members/member-{number}", json={})
    sources = JobSources(
        outreach.sources.state, outreach.sources.catalog, outreach.sources.model, histories
    )
    asked = outreach.send("POST", "affinity-jobs", json={"titles": ["b"], "count": 5})
    assert asked.status_code == 202
    assert Runner(outreach.jobs, sources).run_next()
    job = outreach.client.get(asked.headers["location"]).json()
    assert job["state"] == "done", job
    (audience,) = job["result"]["audiences"]
    assert (audience["members"], audience["watched"], audience["ranked"]) == (1, 7, 8)
    line = json.loads(outreach.client.get(job["links"]["result"]).text)
    assert line["output"] == {"recommendedUsers": ["member-3"]}
    seen = outreach.send("GET", f"segments/{audience['segment_id']}/members").json()
    assert [one["member_id"] for one in seen["members"]] == ["member-3"]
    outreach.send("DELETE", "members/member-3")
    line = json.loads(outreach.client.get(job["links"]["result"]).text)
    assert (line["output"], line["chance"]) == ({"recommendedUsers": []}, [])
    failed = outreach.done(outreach.send("POST", "affinity-jobs", json={"titles": ["bb"]}))
    assert "unknown" in failed["result"]["failure"]["what"]
