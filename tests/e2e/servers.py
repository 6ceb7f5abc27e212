"""Real S3 servers for the end-to-end tests: started here on loopback, ended by pid.

Each Server tells what the tests must know of it, so that a test is written once for all of them:
who owns which side, how the program is told to reach them, and what the server itself refuses.
"""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.config
import pytest

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VERSITYGW = "github.com/versity/versitygw/cmd/versitygw@v1.8.0"


@dataclasses.dataclass
class Server:
    name: str
    endpoint: str
    region: str
    source_keys: tuple[str, str]
    destination_keys: tuple[str, str]
    environment: dict[str, str]  # what s3migrator's base credentials are
    arguments: list[str]         # how the two sides are reached
    refuses: tuple[str, ...] = ()  # names of odd keys that the server cannot store
    cannot_copy: tuple[str, ...] = ()  # ... that it stores, and misreads in a copy source
    copy_arguments: tuple[str, ...] = ()  # of copy alone
    part_arguments: tuple[str, ...] = ()  # of a copy in parts, where it needs another way
    source_acl: str = "private"
    source_readers: tuple[str, ...] = ()  # principals of a policy that lets the copy read
    honours_tags_across_accounts: bool = True
    tells_parts: bool = False            # HEAD with a part number and If-Match
    keeps_tags_of_uploads: bool = True   # those given to CreateMultipartUpload
    creator_keys: tuple[str, str] = ()  # who owns a bucket that the destination role made
    interleaves_versions: bool = True    # lists delete markers among the versions of their key
    counts_copies: int = 2000      # objects for the tests of scale: slow servers get fewer

    def client(self, keys):
        return boto3.client(
            "s3", endpoint_url=self.endpoint, region_name=self.region,
            aws_access_key_id=keys[0], aws_secret_access_key=keys[1],
            config=botocore.config.Config(
                s3={"addressing_style": "path"}, retries={"max_attempts": 3},
                max_pool_connections=32, request_checksum_calculation="when_required",
                response_checksum_validation="when_required"))

    @property
    def source(self):
        return self.client(self.source_keys)

    @property
    def destination(self):
        return self.client(self.destination_keys)

    @property
    def creator(self):
        return self.client(self.creator_keys or self.destination_keys)


def free_ports(count):
    """The first of `count` consecutive free ports."""
    for base in range(20000 + os.getpid() % 10000, 60000, count):
        with contextlib.ExitStack() as stack:
            try:
                for port in range(base, base + count):
                    s = stack.enter_context(socket.socket())
                    s.bind(("127.0.0.1", port))
                return base
            except OSError:
                continue
    raise RuntimeError("no free ports")


def wait_for_http(url, process, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")


def end(process):
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def role_arguments(source_role, destination_role, endpoint):
    return ["--source-role-arn", source_role, "--destination-role-arn", destination_role,
            "--source-endpoint-url", endpoint, "--destination-endpoint-url", endpoint]


def profile_arguments(endpoint):
    return ["--source-profile", "source", "--destination-profile", "destination",
            "--source-endpoint-url", endpoint, "--destination-endpoint-url", endpoint]


def write_profiles(directory, keys):
    path = directory / "credentials"
    path.write_text("".join(
        f"[{name}]\naws_access_key_id = {access}\naws_secret_access_key = {secret}\n"
        for name, (access, secret) in keys.items()))
    return str(path)


@contextlib.contextmanager
def radosgw(directory):
    if not shutil.which("radosgw"):
        pytest.skip("radosgw is not installed")
    port = free_ports(12)
    subprocess.run([HERE / "radosgw/up.sh", directory / "rgw", str(port)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=120)
    endpoint = f"http://127.0.0.1:{port}"
    keys = {"source": ("SRCACCESSKEY00000000", "srcsecret000000000000000000000000000000a"),
            "destination": ("DSTACCESSKEY00000000", "dstsecret000000000000000000000000000000a")}
    try:
        yield Server(
            name="radosgw", endpoint=endpoint, region="default",
            source_keys=keys["source"], destination_keys=keys["destination"],
            environment={"AWS_SHARED_CREDENTIALS_FILE": write_profiles(directory, keys),
                         "AWS_ACCESS_KEY_ID": "MIGACCESSKEY00000000",
                         "AWS_SECRET_ACCESS_KEY": "migsecret000000000000000000000000000000a",
                         "AWS_REGION": "default"},
            arguments=role_arguments("arn:aws:iam:::role/source-role",
                                     "arn:aws:iam:::role/destination-role", endpoint),
            # Whether UploadPartCopy may read its source it decides by the ACL alone, and never for a
            # role's session; so parts are copied by its users, out of a bucket all may read.
            source_readers=("arn:aws:iam:::user/dst",), source_acl="public-read",
            keeps_tags_of_uploads=False,
            part_arguments=(*profile_arguments(endpoint), "--grant", "none"),
            # A bucket made by a role belongs to the user behind the role.
            creator_keys=("MIGACCESSKEY00000000", "migsecret000000000000000000000000000000a"))
    finally:
        subprocess.run([HERE / "radosgw/down.sh", directory / "rgw"], check=False)


@contextlib.contextmanager
def moto(directory):
    port = free_ports(1)
    log = open(directory / "moto.log", "w")
    process = subprocess.Popen(
        [pathlib.Path(sys.executable).parent / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_for_http(endpoint + "/moto-api/", process)
        keys = {}
        for account in ("111111111111", "222222222222"):
            sts = boto3.client("sts", endpoint_url=endpoint, region_name="us-east-1",
                               aws_access_key_id="x", aws_secret_access_key="x")
            role = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/owner",
                                   RoleSessionName="owner")["Credentials"]
            keys[account] = (role["AccessKeyId"], role["SecretAccessKey"])
        yield Server(
            name="moto", endpoint=endpoint, region="us-east-1",
            source_keys=keys["111111111111"], destination_keys=keys["222222222222"],
            environment={"AWS_ACCESS_KEY_ID": "AKIAMIGRATOR", "AWS_SECRET_ACCESS_KEY": "secret",
                         "AWS_REGION": "us-east-1"},
            arguments=role_arguments("arn:aws:iam::111111111111:role/source",
                                     "arn:aws:iam::222222222222:role/destination", endpoint),
            refuses=("newline",), honours_tags_across_accounts=False, interleaves_versions=False,
            counts_copies=120)
    finally:
        end(process)
        log.close()


def versitygw_program():
    """The gateway, built once from its Go module; skipped where there is no Go."""
    directory = ROOT / "build/peers"
    program = directory / "versitygw"
    if not program.exists():
        go = shutil.which("go") or next(
            (p for p in ("/usr/local/go/bin/go", "/usr/lib/go-1.23/bin/go") if os.path.exists(p)), None)
        if not go:
            pytest.skip("versitygw needs Go to be built, and there is none")
        directory.mkdir(parents=True, exist_ok=True)
        built = subprocess.run([go, "install", "-p", "2", VERSITYGW], timeout=900, check=False,
                               capture_output=True, text=True,
                               env={**os.environ, "GOBIN": str(directory)})
        if built.returncode != 0:
            pytest.skip(f"versitygw could not be built: {built.stderr[-300:]}")
    return program


@contextlib.contextmanager
def versitygw(directory):
    program = versitygw_program()
    for part in ("data", "iam", "sidecar", "versions"):
        (directory / part).mkdir()
    port = free_ports(1)
    log = open(directory / "versitygw.log", "w")
    process = subprocess.Popen(
        [program, "--quiet", "--keep-alive", "--access", "rootaccess", "--secret", "rootsecret",
         "--port", f"127.0.0.1:{port}", "--iam-dir", directory / "iam", "posix",
         "--sidecar", directory / "sidecar", "--versioning-dir", directory / "versions",
         directory / "data"], stdout=log, stderr=log)
    endpoint = f"http://127.0.0.1:{port}"
    try:
        wait_for_http(endpoint, process)
        for user in ("source", "destination"):
            subprocess.run(
                [program, "admin", "--access", "rootaccess", "--secret", "rootsecret",
                 "--endpoint-url", endpoint, "create-user", "--access", user + "access",
                 "--secret", user + "secret", "--role", "userplus"], check=True,
                stdout=subprocess.DEVNULL)
        keys = {user: (user + "access", user + "secret") for user in ("source", "destination")}
        yield Server(
            name="versitygw", endpoint=endpoint, region="us-east-1",
            source_keys=keys["source"], destination_keys=keys["destination"],
            environment={"AWS_SHARED_CREDENTIALS_FILE": write_profiles(directory, keys),
                         "AWS_REGION": "us-east-1"},
            arguments=profile_arguments(endpoint),
            copy_arguments=("--grant", "none"),
            # No roles there: the destination's user reads the source. A policy shuts out the owner.
            source_readers=("sourceaccess", "destinationaccess"),
            # It decodes the whole copy source before it looks for ?versionId=.
            cannot_copy=("version in the key",), tells_parts=True, interleaves_versions=False,
            # A POSIX file system under it: no empty path segments, no ".." and names to 255 bytes.
            refuses=("leading slash", "double slash", "only slashes", "dot segments", "single dot",
                     "dots", "trailing slash", "1024 bytes", "1024 bytes of utf-8",
                     "control character"))
    finally:
        end(process)
        log.close()


SERVERS = {"radosgw": radosgw, "moto": moto, "versitygw": versitygw}
