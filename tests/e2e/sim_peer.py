"""The simulator beside an independent client: what the tests of it share. boto3 judges: what it
sends is accepted, and what it is answered it understands; botocore's signer proves the signature
check, its parsers prove the XML."""

import http.client
import json
import urllib.parse
import uuid

import boto3
import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import sim_fixture
from sim_fixture import DESTINATION, DESTINATION_ROLE, SOURCE

MIB = 1 << 20
ClientError = boto3.client("s3", region_name="us-east-1").exceptions.ClientError


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    scenario = {"extends": "article",
                "kms_keys": [{"arn": f"arn:aws:kms:us-east-1:{SOURCE}:key/shared",
                              "users": [f"arn:aws:iam::{SOURCE}:*", DESTINATION_ROLE]}]}
    with sim_fixture.simulator(scenario, tmp_path_factory.mktemp("sim")) as sim:
        yield sim


@pytest.fixture
def sim(running):
    running.calm()
    return running


@pytest.fixture
def source(sim):
    return sim.admin(SOURCE)


@pytest.fixture
def destination(sim):
    return sim.admin(DESTINATION)


@pytest.fixture
def bucket(source):
    name = f"b-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name)
    return name


@pytest.fixture
def other(destination):
    name = f"o-{uuid.uuid4().hex[:12]}"
    destination.create_bucket(Bucket=name)
    return name


def error(raised):
    response = raised.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def refused(call, *arguments, **options):
    with pytest.raises(ClientError) as raised:
        call(*arguments, **options)
    return error(raised)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal, actions, *resources, **more):
    return {"Sid": "Grant", "Effect": "Allow", "Principal": principal, "Action": actions,
            "Resource": list(resources), **more}


def arns(name):
    return f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"


def put_multipart(client, bucket, key, parts, **options):
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, **options)["UploadId"]
    tags = []
    for number, body in enumerate(parts, 1):
        part = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number,
                                  Body=body)
        tags.append({"PartNumber": number, "ETag": part["ETag"],
                     **{k: v for k, v in part.items() if k.startswith("Checksum")}})
    return client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload,
                                            MultipartUpload={"Parts": tags})


def raw(sim, method, path, body=b"", headers=None, unsigned_headers=None, host=None, payload=None):
    """A request by hand, signed by botocore: status and body."""
    url = urllib.parse.urlsplit(sim.endpoint)

    class Signer(S3SigV4Auth):
        def payload(self, request):
            return payload or super().payload(request)
    netloc = host or url.netloc
    request = AWSRequest(method, f"http://{netloc}{path}", data=body,
                         headers={"Host": netloc, **(headers or {})})
    Signer(Credentials(*sim.keys[SOURCE, "admin"]), "s3", "us-east-1").add_auth(request)
    connection = http.client.HTTPConnection(url.hostname, url.port)
    connection.request(method, path, body=body,
                       headers={**dict(request.headers), **(unsigned_headers or {})})
    answer = connection.getresponse()
    return answer.status, answer.read()
