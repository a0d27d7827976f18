"""Reports over HTTP, and Pinpoint's standard metrics through boto3."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from fastapi.testclient import TestClient

from sizzle.api.auth.api_keys import ApiScope
from sizzle.outreach.results.kpis import Scope, kpis_of
from tests.api.pinpoint.pinpoint_app import PinpointApp
from tests.outbox.measured_campaign import MEMBERS, measure_campaign
from tests.sending.world import NOON, World

REPORTS = "/v1/outreach/reports"
RANGE = {
    "StartTime": datetime.fromtimestamp(NOON, UTC) - timedelta(days=1),
    "EndTime": datetime.fromtimestamp(NOON, UTC) + timedelta(days=10),
}


@dataclass(frozen=True)
class Desk:
    """A service whose campaign `premiere` was sent, and a client of each kind."""

    client: TestClient
    service: PinpointApp
    boto: Any

    def get(self, path: str) -> Any:  # noqa: ANN401
        """A report as JSON."""
        answer = self.client.get(f"{REPORTS}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def kpi(self, name: str, of: str = "campaign", **changes: Any) -> Any:  # noqa: ANN401
        """The rows of a metric, as boto3 parses them: by group, else the only value."""
        ids = {"campaign": {"CampaignId": "premiere"}, "journey": {"JourneyId": "premiere"}}
        ask = getattr(self.boto, f"get_{of}_date_range_kpi")
        options = {"ApplicationId": "app", "KpiName": name, **ids.get(of, {}), **RANGE, **changes}
        answer = ask(**options)[f"{of.capitalize()}DateRangeKpiResponse"]
        assert answer["KpiName"] == name
        assert answer["StartTime"] <= answer["EndTime"]
        found = {}
        for row in answer["KpiResult"]["Rows"]:
            (value,) = row["Values"]
            assert value["Type"] == "Double"
            group = row["GroupedBys"][0]["Value"] if "GroupedBys" in row else value["Key"]
            found[group] = float(value["Value"])
        return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """What the tests of this module share: they change nothing."""
    folder = tmp_path_factory.mktemp("desk")
    service = PinpointApp(folder)
    world = World(service.database, folder / "state")
    world.database.upgrade()
    measure_campaign(world)
    credentials = service.signing(ApiScope.OUTREACH_READ)
    with service.serving() as port:
        boto = boto3.client(
            "pinpoint",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="eu-west-3",
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret,
            config=Config(retries={"total_max_attempts": 1}),
        )
        yield Desk(service.client(ApiScope.OUTREACH_READ), service, boto)
    service.close()


def test_a_report_is_answered_with_its_charts(desk: Desk) -> None:
    """As JSON and CSV; each chart with the table of what it shows, and alone as a picture."""
    report = desk.get("/premiere")
    assert (report["targeted"], report["source"]) == (MEMBERS, "campaign")
    assert report["lift"][0]["decided"] == "more"
    table = desk.client.get(f"{REPORTS}/premiere?format=csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert int(rows[0]["sends"] or 0) == 0
    (total,) = [row for row in rows if row["table"] == "total"]
    assert int(total["sent"]) == report["total"]["sent"]
    charts = desk.get("/premiere/charts")
    assert [chart["name"] for chart in charts] == [
        *("funnel", "plays-days", "plays-treatments", "minutes-days", "minutes-treatments"),
        *("all_minutes-days", "all_minutes-treatments"),
    ]
    for chart in charts:
        ElementTree.fromstring(chart["picture"])
        assert all(len(row) == len(chart["columns"]) for row in chart["rows"])
    picture = desk.client.get(f"{REPORTS}/premiere/charts/funnel.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.text == charts[0]["picture"]
    assert desk.client.get(f"{REPORTS}/premiere/charts/pie.svg").status_code == 404


def test_exports_are_streamed(desk: Desk) -> None:
    """A row for each send and each member."""
    for name, number in (
        ("sends", desk.get("/premiere")["total"]["sends"]),
        ("members", MEMBERS),
    ):
        answer = desk.client.get(f"{REPORTS}/premiere/{name}.csv")
        assert "content-length" not in answer.headers
        assert len(list(csv.DictReader(io.StringIO(answer.text)))) == number
        assert desk.client.get(f"{REPORTS}/nothing/{name}.csv").status_code == 404


def test_reports_need_their_scope_and_an_id_that_is_known(desk: Desk) -> None:
    """As all routes of outreach that read."""
    for path in ("/premiere", "/premiere/charts", "/premiere/sends.csv", "/all:"):
        assert desk.service.client(ApiScope.READ).get(f"{REPORTS}{path}").status_code == 403
    for path in ("/nothing", "/nothing/charts", "/all:", "/all:1999-Q1", "/all"):
        assert desk.client.get(f"{REPORTS}{path}").status_code == 404
    assert desk.client.get(f"{REPORTS}/all:soon").status_code == 400


def test_boto3_reads_metrics_of_a_campaign(desk: Desk) -> None:
    """Rates are fractions; grouped values say by what; a day and an activity is a row each."""
    sent = desk.get("/premiere")["total"]["sent"]
    assert desk.kpi("unique-deliveries") == {"UniqueDeliveries": sent - 1}
    assert desk.kpi("hard-bounce-rate") == {"HardBounceRate": pytest.approx(1 / sent)}
    assert desk.kpi("successful-delivery-rate") == {
        "SuccessfulDeliveryRate": pytest.approx((sent - 1) / sent)
    }
    assert desk.kpi("email-open-rate") == {"EmailOpenRate": pytest.approx(1 / (sent - 1))}
    assert desk.kpi("push-open-rate") == {}
    by_day = desk.kpi("unique-deliveries-grouped-by-date")
    assert by_day == {datetime.fromtimestamp(NOON, UTC).date().isoformat(): sent - 1}
    by_activity = desk.kpi("attempted-deliveries-grouped-by-campaign-activity")
    assert set(by_activity) == {"premiere.plain", "premiere.reel"}
    assert sum(by_activity.values()) == sent
    assert sum(desk.kpi("clicks-grouped-by-campaign-activity").values()) == 1
    before: dict[str, Any] = {"StartTime": RANGE["StartTime"], "EndTime": RANGE["StartTime"]}
    assert desk.kpi("unique-deliveries", **before) == {}


def test_boto3_reads_every_metric_of_each_kind(desk: Desk) -> None:
    """Those of applications are of all campaigns, or of transactional messages."""
    sent = desk.get("/premiere")["total"]["sent"]
    for scope in Scope:
        for name in kpis_of(scope):
            desk.kpi(name, scope.value)
    found = desk.kpi("unique-deliveries-grouped-by-campaign", "application")
    assert found == {"premiere": sent - 1}
    assert desk.kpi("txn-emails-sent", "application") == {}
    assert desk.kpi("journey-emails-sent", "journey") == {"JourneyEmailsSent": sent}
    assert desk.kpi("unique-deliveries", "application", ApplicationId="other") == {}


def test_bad_requests_for_metrics_are_named(desk: Desk) -> None:
    """As boto3 names them: unknown metrics and campaigns, and ranges that are none."""
    for options, error in (
        ({"KpiName": "opens-per-hour"}, "BadRequestException"),
        ({"CampaignId": "nothing"}, "NotFoundException"),
        ({"StartTime": RANGE["EndTime"], "EndTime": RANGE["StartTime"]}, "BadRequestException"),
    ):
        with pytest.raises(ClientError) as raised:
            desk.kpi("unique-deliveries", **options)
        assert raised.value.response["Error"]["Code"] == error
    path = "/v1/apps/app/kpis/daterange/unique-deliveries"
    assert desk.client.get(f"{path}?start-time=yesterday").status_code == 400
    assert desk.service.client(ApiScope.EVENTS_WRITE).get(path).status_code == 403
