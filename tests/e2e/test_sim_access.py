"""Who may do what in the simulator, judged by boto3: policies, roles, sessions, keys, locks."""

import datetime
import hashlib
import json
import time
import uuid

import pytest

from sim_fixture import DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE, SOURCE_ROLE
from sim_peer import (ClientError, allow, arns, bucket, destination, other, policy, refused,
                      running, sim, source)


def test_the_articles_flow(sim, source, destination, bucket, other):
    """Source role signs; without the grant it is refused, with it the copy works."""
    source.put_object(Bucket=bucket, Key="k", Body=b"data", Tagging="t=1")
    signer = sim.role(SOURCE_ROLE)
    copy = lambda: signer.copy_object(Bucket=other, Key="k", CopySource=f"{bucket}/k")
    assert refused(copy) == (403, "AccessDenied")
    owner = sim.role(DESTINATION_ROLE)
    grant = allow({"AWS": f"arn:aws:iam::{SOURCE}:root"}, ["s3:PutObject"], arns(other)[1],
                  Condition={"ArnEquals": {"aws:PrincipalArn": SOURCE_ROLE}})
    owner.put_bucket_policy(Bucket=other, Policy=policy(grant))
    assert refused(copy) == (403, "AccessDenied")  # the tags need a right of their own
    grant["Action"] = ["s3:PutObject", "s3:PutObjectTagging"]
    owner.put_bucket_policy(Bucket=other, Policy=policy(grant))
    copy()
    assert json.loads(owner.get_bucket_policy(Bucket=other)["Policy"])["Statement"] == [grant]
    # Another role of that account is not meant.
    assert refused(source.put_object, Bucket=other, Key="k", Body=b"") == (403, "AccessDenied")
    owner.delete_bucket_policy(Bucket=other)
    assert refused(copy) == (403, "AccessDenied")
    assert destination.head_object(Bucket=other, Key="k")["ContentLength"] == 4


def test_policies_belong_to_the_owners_account(sim, source, destination, bucket, other):
    everything = allow({"AWS": [SOURCE]}, "s3:*", *arns(other))
    destination.put_bucket_policy(Bucket=other, Policy=policy(everything))
    for operation in ("get_bucket_policy", "delete_bucket_policy"):
        assert refused(getattr(source, operation), Bucket=other) == (405, "MethodNotAllowed")
    assert refused(source.get_bucket_policy, Bucket="nowhere-at-all") == (404, "NoSuchBucket")
    for wrong in ("nonsense", policy(allow({"AWS": f"arn:aws:iam::{SOURCE}:role/none"}, "s3:*",
                                           *arns(other))),
                  policy(allow({"AWS": SOURCE}, "s3:*", "arn:aws:s3:::another/*")),
                  policy(allow({"AWS": SOURCE}, "s3:GetObject", arns(other)[0]))):
        assert refused(destination.put_bucket_policy, Bucket=other, Policy=wrong) == (
            400, "MalformedPolicy")
    assert refused(destination.put_bucket_policy, Bucket=other,
                   Policy=policy(allow("*", "s3:GetObject", arns(other)[1]))) == (
        403, "AccessDenied")  # public, which a new bucket blocks
    large = policy(allow({"AWS": SOURCE}, "s3:*", *arns(other), Condition={
        "StringLike": {"aws:UserAgent": ["x" * 21000]}}))
    status, code = refused(destination.put_bucket_policy, Bucket=other, Policy=large)
    assert status == 400 and "Policy" in code


def test_a_freeze_spares_one_session(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    job, stranger = sim.role(SOURCE_ROLE, session="job-1"), sim.role(SOURCE_ROLE, session="other")
    role_id = job._request_signer  # the id stands in GetCallerIdentity
    sts = sim.role(SOURCE_ROLE, session="job-1", service="sts")
    role_id = sts.get_caller_identity()["UserId"].split(":")[0]
    freeze = {"Sid": "Freeze", "Effect": "Deny", "Principal": "*",
              "Action": ["s3:PutObject", "s3:DeleteObject"], "Resource": arns(bucket)[1],
              "Condition": {"StringNotLike": {"aws:userId": [f"{role_id}:job-1"]}}}
    source.put_bucket_policy(Bucket=bucket, Policy=policy(freeze))
    probe = dict(Bucket=bucket, Key="k", Body=b"", IfMatch='"bogus"')
    assert refused(stranger.put_object, **probe) == (403, "AccessDenied")
    assert refused(source.put_object, **probe) == (403, "AccessDenied")
    assert refused(job.put_object, **probe) == (412, "PreconditionFailed")
    sim.switch(deny_hits_everyone=True)
    assert refused(job.put_object, **probe) == (403, "AccessDenied")
    sim.switch(deny_hits_everyone=False)
    chain = {"Sid": "Freeze", "Effect": "Deny", "Action": "s3:PutObject",
             "Resource": arns(bucket)[1], "NotPrincipal": {"AWS": [
                 SOURCE, SOURCE_ROLE, f"arn:aws:sts::{SOURCE}:assumed-role/s3m-source/job-1"]}}
    source.put_bucket_policy(Bucket=bucket, Policy=policy(chain))
    assert refused(job.put_object, **probe) == (412, "PreconditionFailed")
    assert refused(stranger.put_object, **probe) == (403, "AccessDenied")


def test_a_policy_takes_its_time(sim, source, destination, bucket):
    sim.switch(policy_effective_after_ms=300)
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, "s3:*", *arns(bucket))))
    assert source.get_bucket_policy(Bucket=bucket)["Policy"]
    assert refused(destination.list_objects_v2, Bucket=bucket) == (403, "AccessDenied")
    deadline = time.monotonic() + 10
    while True:
        try:
            destination.list_objects_v2(Bucket=bucket)
            break
        except ClientError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_missing_key_is_hidden_from_those_who_may_not_list(source, destination, bucket):
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, "s3:GetObject", arns(bucket)[1])))
    assert refused(destination.get_object, Bucket=bucket, Key="none") == (403, "AccessDenied")
    assert refused(destination.head_object, Bucket=bucket, Key="none") == (403, "403")
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, ["s3:GetObject", "s3:ListBucket"], *arns(bucket))))
    assert refused(destination.get_object, Bucket=bucket, Key="none") == (404, "NoSuchKey")


def test_assuming_roles(sim):
    user = sim.client("sts", sim.keys[MIGRATOR, "migrator"])
    assert user.get_caller_identity()["Arn"] == f"arn:aws:iam::{MIGRATOR}:user/migrator"
    assert refused(sim.assume, user, SOURCE_ROLE) == (403, "AccessDenied")
    migrator = sim.of(sim.assume(user, MIGRATOR_ROLE), "sts")
    assert refused(migrator.assume_role, RoleArn=SOURCE_ROLE, RoleSessionName="xy") == (
        403, "AccessDenied")
    assert refused(migrator.assume_role, RoleArn=SOURCE_ROLE, RoleSessionName="xy",
                   ExternalId="wrong") == (403, "AccessDenied")
    assert refused(sim.assume, migrator, SOURCE_ROLE, DurationSeconds=7200) == (
        400, "ValidationError")
    assert refused(sim.assume, user, MIGRATOR_ROLE, DurationSeconds=7200) == (
        400, "ValidationError")  # longer than the role's own limit
    identity = sim.role(SOURCE_ROLE, "job", service="sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{SOURCE}:assumed-role/s3m-source/job"
    sim.switch(sts_errors_unwrapped=True)
    with pytest.raises(ClientError) as raised:  # a code that botocore cannot find
        sim.assume(user, SOURCE_ROLE)
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert "Error" not in raised.value.response


def test_a_session_policy_narrows(sim, source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"")
    user = sim.client("sts", sim.keys[MIGRATOR, "migrator"])
    migrator = sim.of(sim.assume(user, MIGRATOR_ROLE), "sts")
    narrow = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": arns(bucket)[0]}]})
    client = sim.of(sim.assume(migrator, SOURCE_ROLE, Policy=narrow))
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    assert refused(client.get_object, Bucket=bucket, Key="k") == (403, "AccessDenied")
    assert refused(sim.assume, migrator, SOURCE_ROLE, Policy="{}") == (
        400, "MalformedPolicyDocument")


def test_sessions_end(sim, bucket):
    client = sim.role(SOURCE_ROLE)
    client.list_objects_v2(Bucket=bucket)
    sim.call("POST", "expire", {"role": SOURCE_ROLE})
    assert refused(client.list_objects_v2, Bucket=bucket) == (400, "ExpiredToken")
    sim.switch(expired_token_is_unknown_key=True)
    assert refused(client.list_objects_v2, Bucket=bucket) == (403, "InvalidAccessKeyId")
    sim.switch(expired_token_is_unknown_key=False)
    client = sim.role(SOURCE_ROLE)
    sim.fault(operation="ListObjectsV2", signer="*s3m-source*", effect="expire_session")
    assert refused(client.list_objects_v2, Bucket=bucket) == (400, "ExpiredToken")
    assert refused(client.list_objects_v2, Bucket=bucket) == (400, "ExpiredToken")


def test_kms(sim, source, destination, bucket, other):
    key = f"arn:aws:kms:us-east-1:{SOURCE}:key/shared"
    put = source.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms",
                            SSEKMSKeyId=key)
    assert put["SSEKMSKeyId"] == key and put["ETag"] != '"%s"' % hashlib.md5(b"x").hexdigest()
    source.put_object(Bucket=bucket, Key="own", Body=b"x", ServerSideEncryption="aws:kms")
    source.put_bucket_policy(Bucket=bucket, Policy=policy(
        allow({"AWS": DESTINATION}, "s3:*", *arns(bucket))))
    reader = sim.role(DESTINATION_ROLE)
    assert reader.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    assert refused(reader.get_object, Bucket=bucket, Key="own") == (403, "AccessDenied")
    assert refused(destination.get_object, Bucket=bucket, Key="k") == (403, "AccessDenied")
    copied = reader.copy_object(Bucket=other, Key="k", CopySource=f"{bucket}/k")
    assert copied["ServerSideEncryption"] == "AES256"


def test_ownership_and_acls(sim, source, destination, bucket, other):
    assert refused(source.put_object, Bucket=bucket, Key="k", Body=b"", ACL="public-read") == (
        400, "AccessControlListNotSupported")
    source.put_object(Bucket=bucket, Key="k", Body=b"x", ACL="bucket-owner-full-control")
    destination.put_bucket_ownership_controls(Bucket=other, OwnershipControls={
        "Rules": [{"ObjectOwnership": "ObjectWriter"}]})
    destination.put_bucket_policy(Bucket=other, Policy=policy(
        allow({"AWS": SOURCE}, ["s3:PutObject", "s3:PutObjectAcl"], arns(other)[1])))
    source.put_object(Bucket=other, Key="theirs", Body=b"x")
    assert refused(destination.get_object, Bucket=other, Key="theirs") == (403, "AccessDenied")
    source.put_object(Bucket=other, Key="ours", Body=b"x", ACL="bucket-owner-full-control")
    assert destination.get_object(Bucket=other, Key="ours")["Body"].read() == b"x"
    grants = destination.get_object_acl(Bucket=other, Key="ours")["Grants"]
    assert [g["Permission"] for g in grants] == ["FULL_CONTROL", "FULL_CONTROL"]


def test_archived_objects_must_be_restored(source, bucket):
    source.put_object(Bucket=bucket, Key="k", Body=b"x", StorageClass="GLACIER")
    assert refused(source.get_object, Bucket=bucket, Key="k") == (403, "InvalidObjectState")
    copy = lambda: source.copy_object(Bucket=bucket, Key="d", CopySource=f"{bucket}/k")
    assert refused(copy)[0] == 403
    source.restore_object(Bucket=bucket, Key="k", RestoreRequest={"Days": 1})
    copy()


def test_object_lock(sim, source):
    name = f"l-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    until = datetime.datetime.utcnow() + datetime.timedelta(days=1)
    version = source.put_object(Bucket=name, Key="k", Body=b"x", ObjectLockMode="COMPLIANCE",
                                ObjectLockRetainUntilDate=until, ChecksumAlgorithm="CRC32")[
        "VersionId"]
    assert refused(source.delete_object, Bucket=name, Key="k", VersionId=version) == (
        403, "AccessDenied")
    assert source.get_object_retention(Bucket=name, Key="k")["Retention"]["Mode"] == "COMPLIANCE"
    source.put_object_legal_hold(Bucket=name, Key="k", LegalHold={"Status": "ON"})
    assert source.head_object(Bucket=name, Key="k")["ObjectLockLegalHoldStatus"] == "ON"
