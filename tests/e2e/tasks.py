"""What surrounds a job in a task of ECS, played by moto and by small servers on loopback: the cluster, the log that
its lines are shipped to, what a container is told of itself and where it gets its credentials."""

import contextlib
import http.server
import json
import pathlib
import sqlite3
import threading
import time
import urllib.request
import uuid

import boto3

GROUP = "s3migrator"


def boto(moto, service):
    return boto3.client(service, endpoint_url=moto.endpoint, region_name=moto.region,
                        aws_access_key_id="AKIAMIGRATOR", aws_secret_access_key="secret")


class Store:
    """What the tests change in a store behind the program's back."""

    def __init__(self, path):
        self.path = path

    @contextlib.contextmanager
    def open(self):
        connection = sqlite3.connect(self.path)
        with connection:
            yield connection
        connection.close()

    def set_fact(self, job, name, value):
        with self.open() as db:
            db.execute("INSERT OR REPLACE INTO job_facts VALUES (?, ?, ?)", (job, name, value.encode().hex()))

    def fact(self, job, name):
        with self.open() as db:
            row = db.execute("SELECT value_hex FROM job_facts WHERE job_id = ? AND name = ?",
                             (job, name)).fetchone()
        return json.loads(bytes.fromhex(row[0])) if row and row[0] else None

    def set_state(self, job, state):
        with self.open() as db:
            db.execute("UPDATE jobs SET state = ?, exit_code = NULL WHERE id = ?", (state, job))

    def forget_progress(self, job):
        with self.open() as db:
            db.execute("DELETE FROM job_steps WHERE job_id = ?", (job,))
            db.execute("DELETE FROM job_facts WHERE job_id = ? AND name = 'percent'", (job,))

    def state(self, job):
        with self.open() as db:
            return db.execute("SELECT state, exit_code FROM jobs WHERE id = ?", (job,)).fetchone()


class Cluster:
    """moto's ECS and its logs."""

    def __init__(self, moto):
        self.ecs, self.logs, self.ec2 = boto(moto, "ecs"), boto(moto, "logs"), boto(moto, "ec2")
        self.name = "c-" + uuid.uuid4().hex[:8]
        self.arn = self.ecs.create_cluster(clusterName=self.name)["cluster"]["clusterArn"]
        self.ecs.register_task_definition(
            family="s3migrator", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
            memory="512", containerDefinitions=[
                {"name": "job", "image": "s3migrator", "cpu": 256, "memory": 512}])
        with contextlib.suppress(self.logs.exceptions.ResourceAlreadyExistsException):
            self.logs.create_log_group(logGroupName=GROUP)

    def run(self):
        subnet = self.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        group = self.ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        return self.ecs.run_task(cluster=self.name, taskDefinition="s3migrator", launchType="FARGATE",
                                 networkConfiguration={"awsvpcConfiguration": {
                                     "subnets": [subnet], "securityGroups": [group]}})["tasks"][0]["taskArn"]

    def place(self, arn):
        stream = f"job/job/{arn.rsplit('/', 1)[1]}"
        with contextlib.suppress(self.logs.exceptions.ResourceAlreadyExistsException):
            self.logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        return {"cluster": self.arn, "arn": arn, "log_group": GROUP, "log_stream": stream,
                "since": "2026-01-01T00:00:00Z"}

    def ship(self, place, lines, at=None):
        """Lines as a log driver sends them, all with the time `at`, in ms."""
        now = at or int(time.time() * 1000) - 1000
        for start in range(0, len(lines), 1000):
            self.logs.put_log_events(logGroupName=GROUP, logStreamName=place["log_stream"], logEvents=[
                {"timestamp": now, "message": line} for line in lines[start:start + 1000]])

    def stop(self, arn):
        self.ecs.stop_task(cluster=self.name, task=arn, reason="Your Spot Task was interrupted.")
        for _ in range(12):  # each look advances moto's task by one state
            if self.ecs.describe_tasks(cluster=self.name, tasks=[arn])["tasks"][0]["lastStatus"] == "STOPPED":
                return
        raise AssertionError("moto does not stop it")


class Metadata(http.server.BaseHTTPRequestHandler):
    """What a container of a task is told of itself (task metadata endpoint, version 4)."""

    document = {}

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = json.dumps(self.document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextlib.contextmanager
def metadata_of(place):
    labels = {"com.amazonaws.ecs.cluster": place["cluster"], "com.amazonaws.ecs.task-arn": place["arn"]}
    document = {"Labels": labels, "LogDriver": "awslogs", "LogOptions": {
        "awslogs-group": place["log_group"], "awslogs-stream": place["log_stream"]}}
    handler = type("Handler", (Metadata,), {"document": document})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v4/container"
    finally:
        server.shutdown()
        server.server_close()


class Credentials(http.server.ThreadingHTTPServer):
    """A container's credentials endpoint: hands on what the simulator gives for a role, to whoever shows the token that
    stands in `token_file` now. Each answer changes the token, as EKS does from time to time."""

    def __init__(self, sim, role, token_file=None, address=("127.0.0.1", 0)):
        super().__init__(address, CredentialsHandler)
        self.source = f"{sim.endpoint}/credentials/{role}"
        self.token_file, self.answers, self.refused = token_file, 0, 0
        self.lock = threading.Lock()
        self.change_token()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def change_token(self):
        self.token = uuid.uuid4().hex
        if self.token_file:
            pathlib.Path(self.token_file).write_text(self.token)

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.server_address[1]}/role"

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class CredentialsHandler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        with self.server.lock:
            known = not self.server.token_file or self.headers.get("Authorization") == self.server.token
            if known:
                self.server.answers += 1
                self.server.change_token()
            else:
                self.server.refused += 1
        body = b"{}"
        if known:
            with urllib.request.urlopen(self.server.source, timeout=10) as answer:
                body = answer.read()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
