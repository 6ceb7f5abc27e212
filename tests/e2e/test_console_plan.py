"""Plans, access tests and bucket browsing of `s3migrator serve`, before the simulator."""

import json
import time

import jsonschema
import pytest

import sim_fixture
from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE, SOURCE_ROLE
from test_console import resolve, serve  # noqa: F401

SCENARIO = {"extends": "article", "buckets": [
    {"name": "photos", "owner": SOURCE, "region": "us-east-1"},
    {"name": "photos-eu", "owner": DESTINATION, "region": "eu-central-1"}]}


@pytest.fixture
def sim(tmp_path):
    with sim_fixture.simulator(SCENARIO, tmp_path) as simulator:
        client = simulator.admin(SOURCE)
        for number in range(30):
            client.put_object(Bucket="photos", Key=f"2026/{number % 3}/photo-{number:02}.jpg",
                              Body=b"x" * number)
        yield simulator


@pytest.fixture
def console(sim, serve):  # noqa: F811
    key = sim.keys[MIGRATOR, "migrator"]
    return serve("--allow-role-arn", "*", env={
        "AWS_ENDPOINT_URL": sim.endpoint, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]})


def request_of(sim, kind, **options):
    sides = {"source": {"uri": "s3://photos", "role_arn": SOURCE_ROLE,
                        "external_id": sim.external_ids[SOURCE_ROLE]},
             "destination": {"role_arn": DESTINATION_ROLE, "region": "eu-central-1",
                             "external_id": sim.external_ids[DESTINATION_ROLE]}}
    if kind == "copy":
        sides["destination"]["uri"] = "s3://photos-eu"
    return {"kind": kind, **sides, "migrator_role_arn": MIGRATOR_ROLE, "options": options}


def checked(console, schema, answer):
    document = console.get("/api/v1/openapi.json", token=None)
    jsonschema.validate(answer, resolve({"$ref": f"#/components/schemas/{schema}"}, document))
    return answer


def plan(console, request):
    status, _, body = console.ask("POST", "/api/v1/plan", request)
    assert status == 202, body
    path = f"/api/v1/plan/{json.loads(body)['plan_id']}"
    while True:
        found = checked(console, "Plan", console.get(path))
        if found["state"] != "running":
            return found
        time.sleep(0.05)


def browse(console, status=200, **request):
    code, _, body = console.ask("POST", "/api/v1/browse", request)
    assert code == status, body
    answer = json.loads(body)
    return checked(console, "Browsed" if status == 200 else "Problem", answer)


def verdicts(found, side):
    return {(one["action"], one["resource"]): one["verdict"] for one in found["permissions"]
            if one["side"] == side}


@pytest.mark.parametrize("kind", ["copy", "migrate"])
def test_a_plan_says_what_would_be_done_and_whether_it_may(sim, console, kind):
    found = plan(console, request_of(sim, kind))
    assert found["state"] == "done" and found["problem"] is None, found
    assert found["plan"]["objects"] == 30
    assert found["refusals"] == []
    assert verdicts(found, "source")["s3:GetObject", "arn:aws:s3:::photos/*"] == "proven"
    assert "s3:PutBucketPolicy" in json.dumps(json.loads(found["policies"]["destination"]))
    assert console.get("/api/v1/jobs")["total"] == 0


def test_what_is_missing_comes_with_the_policy_that_adds_it(sim, serve):  # noqa: F811
    key = sim.keys[MIGRATOR, "migrator"]
    console = serve("--allow-role-arn", MIGRATOR_ROLE, env={
        "AWS_ENDPOINT_URL": sim.endpoint, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]})
    status, _, body = console.ask("POST", "/api/v1/plan", request_of(sim, "copy"))
    assert status == 403 and SOURCE_ROLE in json.loads(body)["detail"]
    # The migrator itself has no rights at the source.
    request = request_of(sim, "copy")
    del request["source"]["role_arn"], request["source"]["external_id"]
    del request["destination"]["role_arn"], request["destination"]["external_id"]
    found = plan(console, request)
    assert found["state"] == "failed" and "s3:ListBucket" in found["problem"]
    assert verdicts(found, "source")["s3:ListBucket", "arn:aws:s3:::photos"] == "denied"
    policy = json.loads(found["policies"]["source"])
    assert any("s3:ListBucket" in statement["Action"] for statement in policy["Statement"])


def test_buckets_are_browsed_level_by_level(sim, console):
    side = request_of(sim, "copy")["source"]
    del side["uri"]
    way = {"side": side, "migrator_role_arn": MIGRATOR_ROLE}
    assert [one["name"] for one in browse(console, **way)["buckets"]] == ["photos"]
    top = browse(console, **way, bucket="photos")
    assert (top["prefixes"], top["objects"], top["next"]) == (["2026/"], [], None)
    below = browse(console, **way, bucket="photos", prefix="2026/1/")
    assert len(below["objects"]) == 10 and below["objects"][0]["key"].startswith("2026/1/photo-")
    assert browse(console, 403, side={"endpoint": "http://127.0.0.1:1"})["code"] == "not-allowed"
    assert browse(console, 422, side={}, nonsense=1)["errors"][0]["field"] == "nonsense"
