"""A migration against the simulator, judged by boto3: what is moved, how it is run, and what must
be true when it has ended."""

import hashlib
import json
import threading

import botocore.exceptions

from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE, SOURCE_ROLE

BUCKET, REGION, TARGET_REGION = "moving-house", "us-east-1", "eu-central-1"

LIFECYCLE = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"},
                        "Expiration": {"Days": 30}}]}
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.org"]}]}
TAGS = {"TagSet": [{"Key": "team", "Value": "photos"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{
    "Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{SOURCE}:root"},
    "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}


def scenario(name_release_ms=300, **more):
    return {"extends": "article", "switches": {"name_release_ms": name_release_ms},
            "buckets": [{"name": BUCKET, "owner": SOURCE, "region": REGION}], **more}


def furnish(sim, objects=40, versioned=True):
    """Fills the source and sets what a bucket can have beside its objects."""
    client = sim.admin(SOURCE)
    if versioned:
        client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for number in range(objects):
        for turn in range(1 + (number % 3 if versioned else 0)):
            client.put_object(Bucket=BUCKET, Key=f"photos/{number:04}.jpg",
                              Body=f"{number} {turn} ".encode() * (number + 1),
                              Metadata={"turn": str(turn)}, ContentType="image/jpeg",
                              Tagging=f"turn={turn}" if number % 4 == 0 else "")
    if versioned:
        client.delete_object(Bucket=BUCKET, Key="photos/0003.jpg")
    client.put_object(Bucket=BUCKET, Key="odd +%&?#é", Body=b"odd")
    client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=LIFECYCLE)
    client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=CORS)
    client.put_bucket_tagging(Bucket=BUCKET, Tagging=TAGS)
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))


def contents(client, bucket=BUCKET):
    """By key, newest first: what a reader can see of each version; None for a delete marker."""
    found = {}
    for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket):
        entries = [(e, False) for e in page.get("Versions", [])]
        entries += [(e, True) for e in page.get("DeleteMarkers", [])]
        entries.sort(key=lambda pair: (pair[0]["Key"], not pair[0]["IsLatest"]))
        for entry, marker in entries:
            found.setdefault(entry["Key"], []).append(
                None if marker else seen(client, bucket, entry["Key"], entry["VersionId"]))
    return found


def seen(client, bucket, key, version):
    answer = client.get_object(Bucket=bucket, Key=key, VersionId=version)
    tags = client.get_object_tagging(Bucket=bucket, Key=key, VersionId=version)["TagSet"]
    return (hashlib.sha256(answer["Body"].read()).hexdigest(), answer["ContentType"],
            tuple(sorted(answer["Metadata"].items())),
            tuple(sorted((tag["Key"], tag["Value"]) for tag in tags)))


class Migration:
    """The command, run again and again with one store until it is done."""

    def __init__(self, program, sim, *options):
        self.program, self.sim, self.options = program, sim, options
        self.events = []
        key = sim.keys[MIGRATOR, "migrator"]
        self.environment = {"AWS_ENDPOINT_URL": sim.endpoint, "AWS_REGION": "us-east-1",
                            "AWS_ACCESS_KEY_ID": key[0], "AWS_SECRET_ACCESS_KEY": key[1]}

    def words(self):
        ids = self.sim.external_ids
        return ["migrate", f"s3://{BUCKET}", "--migrator-role-arn", MIGRATOR_ROLE,
                "--source-role-arn", SOURCE_ROLE, "--source-external-id", ids[SOURCE_ROLE],
                "--destination-role-arn", DESTINATION_ROLE,
                "--destination-external-id", ids[DESTINATION_ROLE],
                "--destination-region", TARGET_REGION, "--json", *self.options]

    def run(self, kill_at=None, kill_after=None, confirm=True):
        """One run. `kill_at(event)` true: SIGKILL right then; `kill_after`: so many seconds.
        Gives the exit code, None when it was killed."""
        confirmed = ["--confirm-delete", BUCKET] if confirm else []
        process = self.program.start(*self.words(), *confirmed, env=self.environment)
        timer = None
        if kill_after is not None:
            timer = threading.Timer(kill_after, process.kill)
            timer.start()
        killed = False
        for line in process.stdout:
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                continue  # cut off by the kill
            self.events.append(event)
            if kill_at and not killed and kill_at(event):
                process.kill()
                killed = True
        self.errors = process.stderr.read()
        code = process.wait(120)
        if timer:
            timer.cancel()
        for stream in (process.stdout, process.stderr):
            stream.close()
        if code == -9 and any(e.get("step") == "report" and e.get("state") == "done"
                              for e in self.events):
            return 0  # killed when all was done: whether it could still say so is chance
        return None if code == -9 else code

    def finish(self, runs=6):
        """Runs until it ends well; a fault script may end a run, never the migration."""
        codes = []
        for _ in range(runs):
            codes.append(self.run())
            if codes[-1] == 0:
                return
        raise AssertionError(f"{codes}: {self.errors}\n{json.dumps(self.events[-15:], indent=1)}")

    @property
    def percents(self):
        return [e["percent"] for e in self.events if e["type"] in ("progress", "step")]


def gone(client, bucket):
    """No longer ours: the name is free or another's."""
    try:
        client.head_bucket(Bucket=bucket, ExpectedBucketOwner=SOURCE)
    except botocore.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["HTTPStatusCode"] in (403, 404, 301)
    return False


def assert_moved(sim, before, versioned=True):
    """Source gone, destination complete and configured, and nothing of ours left anywhere."""
    assert gone(sim.admin(SOURCE), BUCKET)
    client = sim.admin(DESTINATION, region=TARGET_REGION)
    head = client.head_bucket(Bucket=BUCKET, ExpectedBucketOwner=DESTINATION)
    assert head["BucketRegion"] == TARGET_REGION
    assert contents(client) == before
    if versioned:
        assert client.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    rules = client.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"]
    assert [(r["ID"], r["Status"], r["Expiration"]) for r in rules] == [("old", "Enabled", {"Days": 30})]
    assert client.get_bucket_cors(Bucket=BUCKET)["CORSRules"] == CORS["CORSRules"]
    assert client.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == TAGS["TagSet"]
    statements = json.loads(client.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert [s.get("Sid") for s in statements] == ["Readers"], statements
    assert DESTINATION in json.dumps(statements[0]["Principal"])
    assert not client.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
    for account in (SOURCE, DESTINATION):
        names = [b["Name"] for b in sim.admin(account).list_buckets()["Buckets"]]
        assert names == ([BUCKET] if account == DESTINATION else []), names
