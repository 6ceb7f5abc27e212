"""Our signer against botocore's: thousands of random requests must get the same path, the same
query and the same signature, byte for byte."""

import base64
import datetime
import json
import os
import pathlib
import random
import subprocess
import unittest.mock
import urllib.parse

import pytest

botocore_auth = pytest.importorskip("botocore.auth")
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROBE = pathlib.Path(os.environ.get("SIGV4_PROBE", ROOT / "build/release/bin/sigv4_probe"))
REQUESTS = 5000

# What a key may hold: every byte, and more often what makes trouble.
PIECES = [b"/", b"//", b"..", b"/../", b"/./", b".", b" ", b"  ", b"+", b"%", b"%2F", b"%25", b"?", b"&",
          b"=", b"#", b"~", b"*", b"(", b")", b"'", b"!", b"$", b":", b"@", b",", b";", b"\\", b"\"", b"<",
          b"\n", b"\r", b"\x00", b"\x7f", "ü".encode(), "日本".encode(), "\U0001f600".encode(),
          b"a", b"Z", b"0", b"-", b"_", b"photo", b"versionId=x"]
# botocore folds more kinds of white space than a header can carry, so only these two are here.
VALUES = list("abcXYZ0189-._~!#$%&'()*+,/:;=?@[]{}\"\\<>|^`") + [" ", "  ", "\t", "ü", "日", "=?UTF-8?Q?=C3=BC?="]
# Without Date, in whose presence botocore sends no x-amz-date.
HEADERS = ["x-amz-copy-source", "x-amz-meta-a", "x-amz-meta-a-b", "x-amz-meta-ab", "x-amz-meta-z_1",
           "x-amz-storage-class", "x-amz-acl", "x-amz-expected-bucket-owner", "if-match",
           "if-none-match", "content-type", "content-md5", "range", "cache-control", "expires",
           "x-amz-copy-source-if-match", "x-amz-tagging", "zz-last", "a-first"]
PARAMETERS = ["acl", "policy", "uploads", "uploadId", "partNumber", "list-type", "prefix", "marker",
              "start-after", "continuation-token", "encoding-type", "versionId", "max-keys", "X-Upper"]


def encode(raw):
    return base64.b64encode(raw).decode()


def random_key(rng):
    pieces = [rng.choice(PIECES) if rng.random() < 0.8 else bytes([rng.randrange(256)])
              for _ in range(rng.randrange(1, 20))]
    return b"".join(pieces)


def random_value(rng):
    return "".join(rng.choice(VALUES) for _ in range(rng.randrange(0, 30)))


def random_request(rng):
    s3 = rng.random() < 0.85
    in_host = s3 and rng.random() < 0.5
    names = ["bucket", "my.dotted-bucket"] if in_host else ["bucket", "my.dotted-bucket", "UPPER_case"]
    bucket = rng.choice(names) if s3 else ""
    host = rng.choice(["s3.eu-central-1.amazonaws.com", "127.0.0.1:9000", "[::1]:81"])
    if in_host:
        host = f"{bucket}.s3.amazonaws.com"
    # Other services have no keys: their paths are plain.
    key = random_key(rng) if s3 else rng.choice([b"", b"a/b", b"a//b/", b"x/../y", b"./z", b"p q"])
    if s3 and rng.random() < 0.1:
        key = b""
    return {
        "service": "s3" if s3 else rng.choice(["sts", "logs"]),
        "method": rng.choice(["GET", "HEAD", "PUT", "POST", "DELETE"]),
        "region": rng.choice(["us-east-1", "eu-central-1", "us-gov-west-1"]),
        "host": host,
        "base_path": rng.choice(["", "", "", "/base"]) if not in_host else "",
        "bucket_in_host": in_host,
        "bucket": bucket,
        "key": key,
        "query": [(name, random_value(rng) if rng.random() < 0.7 else "")
                  for name in rng.sample(PARAMETERS, rng.randrange(0, 5))],
        "headers": [(name, random_value(rng)) for name in rng.sample(HEADERS, rng.randrange(0, 9))],
        "body": rng.randbytes(rng.choice([0, 0, 1, 100, 5000])),
        "access_key": rng.choice(["AKIDEXAMPLE", "ASIAEXAMPLE"]),
        "secret": rng.choice(["wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "short", "x" * 100]),
        "token": rng.choice(["", "", "IQoJb3JpZ2luX2VjE//+=" * 20]),
        "time": rng.choice(["20130524T000000Z", "20241231T235959Z", "20250101T000000Z"]),
    }


def wire_form(request):
    return json.dumps({**request, "key": encode(request["key"]), "body": encode(request["body"]),
                       "query": [(n, encode(v.encode())) for n, v in request["query"]],
                       "headers": [(n, encode(v.encode())) for n, v in request["headers"]]})


def our_heads(requests):
    done = subprocess.run([PROBE], input="\n".join(map(wire_form, requests)), text=True,
                          capture_output=True, check=True, timeout=120)
    heads = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(heads) == len(requests)
    return heads


def expected_path(request):
    path = request["base_path"]
    if request["bucket"] and not request["bucket_in_host"]:
        path += "/" + request["bucket"]
        if not request["key"]:
            return path
    return path + "/" + urllib.parse.quote(request["key"], safe="/-_.~")


def botocore_signature(request):
    auth_class = botocore_auth.S3SigV4Auth if request["service"] == "s3" else botocore_auth.SigV4Auth
    credentials = Credentials(request["access_key"], request["secret"], request["token"] or None)
    signed = AWSRequest(method=request["method"], data=request["body"], params=request["query"],
                        url="http://" + request["host"] + expected_path(request),
                        headers=dict(request["headers"]))
    auth = auth_class(credentials, request["service"], request["region"])
    if request["service"] != "s3":
        signed.headers["X-Amz-Content-SHA256"] = auth.payload(signed)
    now = datetime.datetime.strptime(request["time"], "%Y%m%dT%H%M%SZ")
    with unittest.mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: now):
        auth.add_auth(signed)
    return signed.headers["Authorization"]


def header_of(head, name):
    values = [line.partition(": ")[2] for line in head.split("\r\n") if line.startswith(name + ": ")]
    assert len(values) == 1, head
    return values[0]


@pytest.mark.skipif(not PROBE.exists(), reason=f"{PROBE} is not built")
def test_signatures_of_random_requests():
    rng = random.Random(20261122)
    requests = [random_request(rng) for _ in range(REQUESTS)]
    for request, head in zip(requests, our_heads(requests), strict=True):
        target = head.split(" ")[1]
        assert target.partition("?")[0] == expected_path(request), request
        assert sorted(urllib.parse.parse_qsl(target.partition("?")[2], keep_blank_values=True)) == sorted(
            request["query"]), request
        assert header_of(head, "authorization") == botocore_signature(request), request
