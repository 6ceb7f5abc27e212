"""s3sim as a server of its own: started with a scenario, driven through its admin paths."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import urllib.request

import boto3
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("S3SIM", ROOT / "build/release/bin/s3sim"))

SOURCE, DESTINATION, MIGRATOR = "111111111111", "222222222222", "333333333333"
SOURCE_ROLE = f"arn:aws:iam::{SOURCE}:role/s3m-source"
DESTINATION_ROLE = f"arn:aws:iam::{DESTINATION}:role/s3m-destination"
MIGRATOR_ROLE = f"arn:aws:iam::{MIGRATOR}:role/s3m-migrator"


class Simulator:
    def __init__(self, process, ready):
        self.process = process
        self.endpoint = ready["endpoint"]
        self.ready = ready
        self.keys = {(key["account"], key["user"]): (key["access_key_id"], key["secret_access_key"])
                     for key in ready["keys"]}
        self.external_ids = {role["arn"]: role.get("external_id") for role in ready["roles"]}

    # Clients ---------------------------------------------------------------------------------

    def client(self, service, keys, token=None, region="us-east-1", **config):
        return boto3.client(
            service, endpoint_url=self.endpoint, region_name=region, aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1], aws_session_token=token,
            config=botocore.config.Config(retries={"total_max_attempts": 1},
                                          max_pool_connections=32, **config))

    def admin(self, account, service="s3", **options):
        return self.client(service, self.keys[account, "admin"], **options)

    def assume(self, client, role, session="test", **options):
        external = self.external_ids.get(role)
        if external:
            options.setdefault("ExternalId", external)
        return client.assume_role(RoleArn=role, RoleSessionName=session, **options)["Credentials"]

    def of(self, credentials, service="s3", **options):
        return self.client(service, (credentials["AccessKeyId"], credentials["SecretAccessKey"]),
                           token=credentials["SessionToken"], **options)

    def role(self, arn, session="test", service="s3", **options):
        """A client of the source or destination role, assumed along the article's chain."""
        user = self.client("sts", self.keys[MIGRATOR, "migrator"])
        migrator = self.of(self.assume(user, MIGRATOR_ROLE), "sts")
        return self.of(self.assume(migrator, arn, session), service, **options)

    # Admin paths -----------------------------------------------------------------------------

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.endpoint}/_sim/{path}", method=method,
            data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def fault(self, **rule):
        return self.call("POST", "fault", rule)["number"]

    def switch(self, **switches):
        self.call("POST", "switches", switches)

    def stats(self):
        return self.call("GET", "stats")

    def calm(self):
        """No faults, AWS's own behaviour, counters at nought."""
        self.call("DELETE", "fault")
        self.call("POST", "switches", {"dialect": "aws"})
        self.call("POST", "throttle", {})
        self.call("POST", "latency", {})
        self.call("POST", "reset")


@contextlib.contextmanager
def simulator(scenario=None, directory=None, program=PROGRAM):
    """Runs s3sim until the block ends. `scenario` is the JSON object of --scenario."""
    arguments = [program, "--listen", "127.0.0.1:0"]
    if scenario is not None:
        file = pathlib.Path(directory) / "scenario.json"
        file.write_text(json.dumps(scenario))
        arguments += ["--scenario", file]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"s3sim ended with {process.wait()}")
        yield Simulator(process, json.loads(line))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        code = process.wait(30)
        process.stdout.close()
        assert code == 0, f"s3sim ended with {code}"
