"""The service that everyone is measured against: s3sim with a scenario, and what it counted."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.request

SOURCE, DESTINATION, MIGRATOR = "111111111111", "222222222222", "333333333333"


def bucket(name, owner, *generators):
    """A bucket that everyone may use, also without a signature."""
    arn = f"arn:aws:s3:::{name}"
    policy = {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": [arn, arn + "/*"]}]}
    return {"name": name, "owner": owner, "policy": policy, "block_public_access": False,
            "generators": list(generators)}


def objects(count, size=4096, folders=0, age_seconds=0):
    """`count` objects below key/: flat, or spread over `folders`."""
    return {"prefix": "key/", "count": count, "size": size, "folders": folders,
            "age_seconds": age_seconds, "derived_digests": True}


class Simulator:
    """An s3sim of the article's three accounts; ends with the `with` block."""

    def __init__(self, program, directory, buckets, latencies=(), throttles=(), certificate=None):
        scenario = pathlib.Path(directory) / "scenario.json"
        scenario.write_text(json.dumps({
            "extends": "article", "requests_per_connection": 100, "buckets": list(buckets),
            "latencies": list(latencies), "throttles": list(throttles)}))
        command = [program, "--listen", "127.0.0.1:0", "--scenario", scenario]
        if certificate:
            command += ["--tls-certificate", certificate[0], "--tls-key", certificate[1]]
        self.ca_bundle = certificate and str(certificate[0])
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"s3sim ended with {self.process.wait()}")
        self.ready = json.loads(line)
        self.endpoint = self.ready["endpoint"]
        self.made = 0

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()

    def _open(self, path, body=None):
        request = urllib.request.Request(
            self.endpoint + "/_sim/" + path, None if body is None else json.dumps(body).encode())
        context = None
        if self.ca_bundle:
            import ssl
            context = ssl.create_default_context(cafile=self.ca_bundle)
        with urllib.request.urlopen(request, context=context) as answer:
            return json.load(answer)

    def new_bucket(self, *generators):
        """An open bucket of the destination account; gives its name."""
        self.made += 1
        name = f"bench-{self.made}"
        self._open("bucket", bucket(name, DESTINATION, *generators))
        return name

    def latency(self, *latencies):
        self._open("latency", {"latencies": list(latencies)})

    def throttle(self, *throttles):
        self._open("throttle", {"throttles": list(throttles)})

    def fault(self, **rule):
        self._open("fault", rule)

    def stats(self):
        return self._open("stats")

    def cpu_seconds(self):
        """What the simulator itself has used so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self):
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def key_of(self, account, user="admin"):
        """Environment variables with that user's access key."""
        key = next(key for key in self.ready["keys"]
                   if key["account"] == account and key["user"] == user)
        return {"AWS_ACCESS_KEY_ID": key["access_key_id"],
                "AWS_SECRET_ACCESS_KEY": key["secret_access_key"], "AWS_REGION": "us-east-1",
                "AWS_DEFAULT_REGION": "us-east-1"}

    def role_of(self, account):
        return next(role for role in self.ready["roles"] if role["arn"].split(":")[4] == account)
