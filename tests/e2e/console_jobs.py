"""Jobs of the console before the simulator: what their tests share."""

import json
import time

from sim_fixture import DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE_ROLE
from test_console import TOKEN

ROLES = [word for role in (MIGRATOR_ROLE, SOURCE_ROLE, DESTINATION_ROLE)
         for word in ("--allow-role-arn", role)]
ENDED = ("paused", "done", "failed-objects", "mismatch", "failed", "cancelled", "undone")


def environment(sim):
    """The migrator's user, for the server."""
    key = sim.keys[MIGRATOR, "migrator"]
    return {"AWS_ENDPOINT_URL": sim.endpoint, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]}


def sides(sim):
    return {"migrator_role_arn": MIGRATOR_ROLE,
            "source": {"role_arn": SOURCE_ROLE, "external_id": sim.external_ids[SOURCE_ROLE]},
            "destination": {"role_arn": DESTINATION_ROLE,
                            "external_id": sim.external_ids[DESTINATION_ROLE]}}


def copy_request(sim, source, destination, **options):
    request = {"kind": "copy", **sides(sim), "options": options}
    request["source"]["uri"] = f"s3://{source}"
    request["destination"]["uri"] = f"s3://{destination}"
    return request


def migration_request(sim, bucket, region, **options):
    request = {"kind": "migrate", **sides(sim), "options": options}
    request["source"]["uri"] = f"s3://{bucket}"
    request["destination"]["region"] = region
    return request


def act(console, job, what, body=None, status=200, method="POST"):
    path = f"/api/v1/jobs/{job}/{what}" if what else f"/api/v1/jobs/{job}"
    code, _, answer = console.ask(method, path, body)
    assert code == status, (what, code, answer)
    return json.loads(answer) if answer else None


def begin(console, request, status=201):
    code, _, answer = console.ask("POST", "/api/v1/jobs", request)
    assert code == status, (code, answer)
    return json.loads(answer)


def show(console, job):
    return console.get(f"/api/v1/jobs/{job}")


def wait_for(console, job, reached, seconds=90):
    """The job's document once `reached(document)`, or one of these states."""
    if not callable(reached):
        states = (reached,) if isinstance(reached, str) else tuple(reached)
        return wait_for(console, job, lambda document: document["state"] in states, seconds)
    deadline = time.monotonic() + seconds
    while True:
        document = show(console, job)
        if reached(document):
            return document
        assert time.monotonic() < deadline, document
        time.sleep(0.05)


def ended(console, job):
    """Once it has ended, and the server is done with it."""
    return wait_for(console, job, lambda d: d["state"] in ENDED and not d["here"])


def notes(console, job):
    events = console.get(f"/api/v1/jobs/{job}/events?limit=1000")["events"]
    return [event["message"] for event in events if event["type"] == "note"]


def confirmation(document):
    """What the page sends that shows this document."""
    asked = document["confirmation"]
    return {"name": asked["bucket"], "digest": asked["digest"], "asked": asked["id"], **sign_off()}


def sign_off():
    """The operator's token, as it is asked for again."""
    return {"token": TOKEN}
