"""A migration against the simulator, judged by boto3: what is moved, how it is run, and what must
be true when it has ended."""

import hashlib
import json
import signal
import threading

import botocore.exceptions

import kills
from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE, SOURCE_ROLE

BUCKET, REGION, TARGET_REGION = "moving-house", "us-east-1", "eu-central-1"
LONGEST_RUN = 120  # seconds; one that takes longer hangs

LIFECYCLE = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"},
                        "Expiration": {"Days": 30}}]}
CORS = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.org"]}]}
TAGS = {"TagSet": [{"Key": "team", "Value": "photos"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{
    "Sid": "Readers", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{SOURCE}:root"},
    "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}
QUEUES = {"QueueConfigurations": [{"Id": "new", "Events": ["s3:ObjectCreated:*"],
                                   "QueueArn": f"arn:aws:sqs:{REGION}:{SOURCE}:new"}]}


def scenario(name_release_ms=300, **more):
    return {"extends": "article", "switches": {"name_release_ms": name_release_ms},
            "buckets": [{"name": BUCKET, "owner": SOURCE, "region": REGION}], **more}


def furnish(sim, objects=40, versioned=True, configured=True):
    """Fills the source, and sets what a bucket can have beside its objects."""
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
    if configured:
        configure(client)


def configure(client):
    client.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration=LIFECYCLE)
    client.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=CORS)
    client.put_bucket_tagging(Bucket=BUCKET, Tagging=TAGS)
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
    client.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration=QUEUES)


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

    def run(self, kill_at=None, kill_after=None, confirm=True, kill=None):
        """One run. `kill_at(event)` true: SIGKILL right then; `kill_after`: so many seconds;
        `kill`: as kills.py says. Gives the exit code, None when it was killed."""
        if kill_at:
            kill = kills.AtEvent(kill_at)
        if kill_after is not None:
            kill = kills.AtTime(kill_after)
        confirmed = ["--confirm-delete", BUCKET] if confirm else []
        code = self._drive([*self.words(), *confirmed], self.events, kill)
        if code == -9 and any(e.get("step") == "report" and e.get("state") == "done"
                              for e in self.events):
            return 0  # killed when all was done: whether it could still say so is chance
        return None if code == -9 else code

    def undo(self, kill=None):
        """One run of undo; gives what run() gives. Its events are in `undone`."""
        self.undone = []
        code = self._drive(["undo", self.job, "--json"], self.undone, kill)
        done = any(e["type"] == "summary" and e["outcome"] == "undone" for e in self.undone)
        return 0 if done else None if code == -9 else code

    @property
    def job(self):
        """The id of the job; none before its first event."""
        return next((event["job"] for event in self.events), None)

    def _drive(self, words, events, kill):
        process = self.program.start(*words, env=self.environment)
        kill = kill or kills.Kill()
        kill.begin(process)
        longest = LONGEST_RUN + kill.longer
        hangs = threading.Timer(longest, process.send_signal, [signal.SIGABRT])
        hangs.start()
        for line in process.stdout:
            try:
                event = json.loads(line)
            except json.JSONDecodeError:
                continue  # cut off by the kill
            events.append(event)
            kill.saw(event)
        self.errors = process.stderr.read()
        code = process.wait(LONGEST_RUN)
        hangs.cancel()
        kill.end()
        for stream in (process.stdout, process.stderr):
            stream.close()
        assert code != -signal.SIGABRT, f"no end after {longest} s: {self.errors}"
        return code

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


def configuration_of(client, bucket=BUCKET):
    """What configure() sets, as the service tells it; None for what is not there."""

    def read(method, member):
        try:
            return getattr(client, method)(Bucket=bucket).get(member)
        except botocore.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            return None

    rules = read("get_bucket_lifecycle_configuration", "Rules") or []
    policy = read("get_bucket_policy", "Policy")
    queues = read("get_bucket_notification_configuration", "QueueConfigurations") or []
    return {"lifecycle": [(r["ID"], r["Status"], r["Expiration"]) for r in rules],
            "cors": read("get_bucket_cors", "CORSRules"), "tags": read("get_bucket_tagging", "TagSet"),
            "versioning": client.get_bucket_versioning(Bucket=bucket).get("Status"),
            "policy": policy and json.loads(policy)["Statement"],
            "queues": [(q["Id"], q["QueueArn"]) for q in queues]}


def furnished(versioned=True):
    """What configuration_of() tells of a source that furnish() made."""
    return {"lifecycle": [("old", "Enabled", {"Days": 30})], "cors": CORS["CORSRules"],
            "tags": TAGS["TagSet"], "versioning": "Enabled" if versioned else None,
            "policy": POLICY["Statement"],
            "queues": [("new", QUEUES["QueueConfigurations"][0]["QueueArn"])]}


def moved_configuration(before):
    """What becomes of it in the new account and region."""
    text = json.dumps(before).replace(SOURCE, DESTINATION).replace(REGION, TARGET_REGION)
    return json.loads(text)


def assert_moved(sim, before, versioned=True, configuration=None):
    """Source gone, destination complete and configured, and nothing of ours left anywhere.
    `before` and `configuration`: of the source, by contents() and configuration_of()."""
    assert gone(sim.admin(SOURCE), BUCKET)
    client = sim.admin(DESTINATION, region=TARGET_REGION)
    head = client.head_bucket(Bucket=BUCKET, ExpectedBucketOwner=DESTINATION)
    assert head["BucketRegion"] == TARGET_REGION
    assert contents(client) == before
    now = json.loads(json.dumps(configuration_of(client)))
    assert now == moved_configuration(configuration or furnished(versioned))
    assert not client.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
    assert buckets_of(sim, SOURCE) == []
    assert buckets_of(sim, DESTINATION) == [BUCKET]


def assert_untouched(sim, before, configuration=None):
    """The source is as it was and takes writes again; nothing of ours is left anywhere."""
    client = sim.admin(SOURCE)
    assert contents(client) == before
    assert configuration_of(client) == (configuration or furnished())
    assert not client.list_multipart_uploads(Bucket=BUCKET).get("Uploads")
    assert buckets_of(sim, SOURCE) == [BUCKET]
    assert buckets_of(sim, DESTINATION) == []
    client.put_object(Bucket=BUCKET, Key="late", Body=b"late")
    for version in client.list_object_versions(Bucket=BUCKET, Prefix="late")["Versions"]:
        client.delete_object(Bucket=BUCKET, Key="late", VersionId=version["VersionId"])


def buckets_of(sim, account):
    return [bucket["Name"] for bucket in sim.admin(account).list_buckets()["Buckets"]]
