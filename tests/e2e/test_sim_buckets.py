"""Buckets of the simulator, judged by boto3: names, regions, creation, sub-resources."""

import time
import uuid

import pytest

from sim_fixture import DESTINATION, SOURCE
from sim_peer import ClientError, bucket, destination, error, refused, running, sim, source


def test_regions_location_constraints_and_redirects(sim, source, destination):
    frankfurt = sim.admin(SOURCE, region="eu-central-1")
    name = f"r-{uuid.uuid4().hex[:12]}"
    assert refused(frankfurt.create_bucket, Bucket=name) == (
        400, "IllegalLocationConstraintException")
    assert refused(frankfurt.create_bucket, Bucket=name, CreateBucketConfiguration={
        "LocationConstraint": "eu-west-1"}) == (400, "IllegalLocationConstraintException")
    frankfurt.create_bucket(Bucket=name, CreateBucketConfiguration={
        "LocationConstraint": "eu-central-1"})
    assert frankfurt.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"
    head = frankfurt.head_bucket(Bucket=name)
    assert head["BucketRegion"] == "eu-central-1"
    # botocore follows the region that the refusal names.
    assert source.list_objects_v2(Bucket=name)["KeyCount"] == 0
    for switch in ("permanent_redirect", "temporary_redirect", "malformed"):
        sim.switch(wrong_region=switch)
        client = sim.admin(SOURCE, region="us-west-2")
        client.put_object(Bucket=name, Key=switch, Body=b"x")
    # HeadBucket tells the region even to those who may not know more.
    with pytest.raises(ClientError) as raised:
        sim.admin(DESTINATION, region="eu-central-1").head_bucket(Bucket=name)
    assert error(raised)[0] == 403
    assert raised.value.response["ResponseMetadata"]["HTTPHeaders"][
        "x-amz-bucket-region"] == "eu-central-1"
    assert refused(source.create_bucket, Bucket="x", CreateBucketConfiguration={
        "LocationConstraint": "nowhere-1"}) == (400, "InvalidLocationConstraint")


def test_names_are_global_and_come_free_late(sim, source, destination, bucket):
    assert source.create_bucket(Bucket=bucket)["Location"] == f"/{bucket}"  # us-east-1's own way
    sim.switch(own_bucket_answers_200=False)
    assert refused(source.create_bucket, Bucket=bucket) == (409, "BucketAlreadyOwnedByYou")
    assert refused(destination.create_bucket, Bucket=bucket) == (409, "BucketAlreadyExists")
    source.put_object(Bucket=bucket, Key="k", Body=b"x")
    assert refused(source.delete_bucket, Bucket=bucket) == (409, "BucketNotEmpty")
    source.delete_object(Bucket=bucket, Key="k")
    sim.switch(name_release_ms=300)
    source.delete_bucket(Bucket=bucket)
    assert refused(destination.create_bucket, Bucket=bucket) == (409, "OperationAborted")
    assert refused(source.head_bucket, Bucket=bucket) == (404, "404")
    deadline = time.monotonic() + 10
    while True:
        try:
            destination.create_bucket(Bucket=bucket)
            break
        except ClientError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert bucket in [b["Name"] for b in destination.list_buckets()["Buckets"]]
    assert bucket not in [b["Name"] for b in source.list_buckets()["Buckets"]]


def test_what_is_asked_for_at_creation(sim, source, destination):
    name = f"t-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred",
                         CreateBucketConfiguration={"Tags": [{"Key": "team", "Value": "a & b"}]})
    assert source.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "team", "Value": "a & b"}]
    assert source.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerPreferred"}]
    own = f"t-{SOURCE}-us-east-1-an"
    assert refused(destination.create_bucket, Bucket=own, BucketNamespace="account-regional") == (
        400, "InvalidBucketNamespace")
    assert refused(source.create_bucket, Bucket=own) == (400, "InvalidBucketNamespace")
    source.create_bucket(Bucket=own, BucketNamespace="account-regional")


def test_a_thief_takes_a_name_when_it_is_free(sim, source, destination, bucket):
    sim.switch(name_release_ms=0)
    sim.call("POST", "thief", {"bucket": bucket, "account": DESTINATION})
    source.delete_bucket(Bucket=bucket)
    assert refused(source.create_bucket, Bucket=bucket) == (409, "BucketAlreadyExists")
    assert bucket in [b["Name"] for b in destination.list_buckets()["Buckets"]]


def test_invalid_names(source):
    for name in ("Upper-case", "xn--punycode", "192.168.0.1", "under_score"):
        try:
            assert refused(source.create_bucket, Bucket=name) == (400, "InvalidBucketName")
        except botocore.exceptions.ParamValidationError:
            pass


def test_a_new_bucket_is_not_seen_at_once(sim, source):
    sim.switch(bucket_visible_after_ms=300)
    name = f"n-{uuid.uuid4().hex[:12]}"
    source.create_bucket(Bucket=name)
    assert refused(source.put_object, Bucket=name, Key="k", Body=b"") == (404, "NoSuchBucket")
    source.get_waiter("bucket_exists").wait(Bucket=name, WaiterConfig={"Delay": 1})


def test_sub_resources_round_trip_and_say_when_they_are_absent(source, bucket):
    absent = {
        "get_bucket_cors": "NoSuchCORSConfiguration",
        "get_bucket_lifecycle_configuration": "NoSuchLifecycleConfiguration",
        "get_bucket_policy": "NoSuchBucketPolicy", "get_bucket_tagging": "NoSuchTagSet",
        "get_bucket_website": "NoSuchWebsiteConfiguration",
        "get_bucket_replication": "ReplicationConfigurationNotFoundError",
        "get_object_lock_configuration": "ObjectLockConfigurationNotFoundError"}
    for operation, code in absent.items():
        assert refused(getattr(source, operation), Bucket=bucket) == (404, code)
    assert "LoggingEnabled" not in source.get_bucket_logging(Bucket=bucket)
    assert "TopicConfigurations" not in source.get_bucket_notification_configuration(Bucket=bucket)
    assert "Status" not in source.get_bucket_versioning(Bucket=bucket)
    assert source.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    assert all(source.get_public_access_block(Bucket=bucket)[
        "PublicAccessBlockConfiguration"].values())
    assert source.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}]
    rules = source.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"

    cors = [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]
    source.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": cors})
    assert source.get_bucket_cors(Bucket=bucket)["CORSRules"] == cors
    source.delete_bucket_cors(Bucket=bucket)
    tags = [{"Key": "team", "Value": "a & b"}]
    source.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert source.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    lifecycle = {"Rules": [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "x/"},
                            "Expiration": {"Days": 3}}]}
    source.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=lifecycle)
    assert source.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == lifecycle["Rules"]
    source.put_bucket_inventory_configuration(Bucket=bucket, Id="weekly", InventoryConfiguration={
        "Id": "weekly", "IsEnabled": True, "IncludedObjectVersions": "All",
        "Schedule": {"Frequency": "Weekly"},
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::x", "Format": "CSV"}}})
    assert [c["Id"] for c in source.list_bucket_inventory_configurations(Bucket=bucket)[
        "InventoryConfigurationList"]] == ["weekly"]
