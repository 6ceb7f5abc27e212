"""The templates of deploy/: valid, small enough, and no permission too few or too many.

What the roles allow is read from the templates and held against what the program itself says that it needs, and
against what it really sends; the stacks are deployed into three accounts of moto.
"""

import dataclasses
import fnmatch
import json
import os
import pathlib
import shutil
import subprocess
import sys

import boto3
import pytest
import yaml

import migration
import real_migration
import servers
from photos import bucket, cli, cloud  # noqa: F401 (fixtures)
from sim_fixture import simulator
from tasks import Credentials

ROOT = servers.ROOT
TEMPLATES = ROOT / "deploy/cloudformation"
ACCOUNTS = {"source": "111111111111", "destination": "222222222222", "migrator": "333333333333"}
EXTERNAL_ID = "a-long-external-id"


class Loader(yaml.SafeLoader):
    """Templates with the short forms of their functions."""


def function(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", function)


def template(side):
    return yaml.load((TEMPLATES / f"{side}-account.yaml").read_text(), Loader)  # noqa: S506 (ours)


def as_list(value):
    return value if isinstance(value, list) else [value]


def resolve(value, names):
    """A resource of a statement, with the parameters put in."""
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return names.get(value["Ref"], value["Ref"])
    if "GetAtt" in value:
        return names.get(value["GetAtt"], value["GetAtt"])
    text = value["Sub"]
    for name, put in names.items():
        text = text.replace("${" + name + "}", put)
    return text


def resolved(value, names):
    """A document of a template, with the parameters put in."""
    if isinstance(value, list):
        return [resolved(element, names) for element in value]
    if isinstance(value, dict) and not set(value) & {"Ref", "Sub", "GetAtt"}:
        return {name: resolved(member, names) for name, member in value.items()}
    return resolve(value, names)


def documents(side, names, without=()):
    """The policies of the side's role; not those of the conditions `without`."""
    found = []
    for resource in template(side)["Resources"].values():
        if resource["Type"] in ("AWS::IAM::Role", "AWS::IAM::RolePolicy") and resource.get("Condition") not in without:
            properties = resource["Properties"]
            found += [resolved(p["PolicyDocument"], names) for p in properties.get("Policies", []) or [properties]]
    return found


def allowed(side, names):
    """(action, resource pattern) of every statement of the side's role."""
    found = []
    for document in documents(side, names):
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            found += [(action, target) for action in as_list(statement["Action"])
                      for target in as_list(statement["Resource"])]
    return found


def names_for(bucket_name, destination="s3m-none"):
    return {"AWS::Partition": "aws", "Bucket": bucket_name, "DestinationBucket": destination}


def missing(side, permissions, names):
    """Of what the program needs, what the role does not allow."""
    grants = allowed(side, names)
    return [(p["action"], p["resource"]) for p in permissions if p["side"] == side and not any(
        p["action"] == action and fnmatch.fnmatchcase(p["resource"], pattern) for action, pattern in grants)]


def permissions_of(run):
    found = [e for e in run.events if e["type"] in ("access", "migration-plan")]
    assert found, run
    return found[-1]["permissions"]


def test_the_templates_are_valid():
    checked = subprocess.run([sys.executable, ROOT / "tools/deploy", "validate"], capture_output=True,
                             text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("side", ["source", "destination"])
def test_the_policies_of_a_role_fit_into_it(side):
    """10,240 characters without white space are what all inline policies of a role may have together."""
    documents = [p["PolicyDocument"] for r in template(side)["Resources"].values()
                 for p in (r["Properties"].get("Policies") or
                           ([r["Properties"]] if "PolicyDocument" in r["Properties"] else []))]
    whole = json.dumps(documents, separators=(",", ":")).replace("${AWS::Partition}", "aws-us-gov")
    for name in ("${Bucket}", "${DestinationBucket}"):
        whole = whole.replace(name, "b" * 63)
    assert len(whole) < 10240


@pytest.mark.parametrize("options", [[], ["--grant", "source-policy"]])
def test_a_migration_lacks_no_permission(cli, options):  # noqa: F811
    run = cli.run("migrate", "s3://photos", "--destination-region", "eu-central-1", *cli.roles,
                  "--dry-run", "--json", *options)
    permissions = permissions_of(run)
    assert len(permissions) > 50
    for side in ("source", "destination"):
        if side == "destination" and "source-policy" in options:
            continue  # the templates are for the other direction: the source role copies
        assert missing(side, permissions, names_for("photos")) == []


@pytest.mark.parametrize("options", [[], ["--versions", "all"], ["--delete"]])
def test_a_copy_lacks_no_permission(cli, bucket, options):  # noqa: F811
    run = cli.run("copy", "s3://photos", f"s3://{bucket}", "--dry-run", *cli.roles, "--json", *options)
    permissions = permissions_of(run)
    assert missing("source", permissions, names_for("photos", bucket)) == []
    assert missing("destination", permissions, names_for(bucket)) == []


# What no run below sends, and where it is needed.
NEEDED_WHERE = {
    "keys": "Decrypt DescribeKey GenerateDataKey",
    "versions": "GetObjectVersion GetObjectVersionTagging DeleteObjectVersion",  # no record tells of a version id
    "large objects": "AbortMultipartUpload ListMultipartUploadParts GetObjectAttributes",
    "annotations, and tags with a copy": "GetObjectAnnotation PutObjectAnnotation PutObjectTagging",
    "locks and ACLs": "GetObjectAcl PutObjectAcl GetObjectRetention PutObjectRetention GetObjectLegalHold PutObjectLegalHold",
    "archives": "RestoreObject",
    "no policy before, replication": "DeleteBucketPolicy PutReplicationConfiguration",
    "settings of the source": """GetAccelerateConfiguration PutAccelerateConfiguration GetAnalyticsConfiguration
        PutAnalyticsConfiguration GetBucketAbac PutBucketAbac PutBucketAcl GetBucketLogging PutBucketLogging
        GetBucketMetadataTableConfiguration PutBucketObjectLockConfiguration PutBucketOwnershipControls
        PutBucketPublicAccessBlock GetBucketRequestPayment PutBucketRequestPayment PutBucketWebsite PutEncryptionConfiguration
        PutIntelligentTieringConfiguration GetInventoryConfiguration PutInventoryConfiguration GetMetricsConfiguration
        PutMetricsConfiguration GetReplicationConfiguration PutReplicationConfiguration""",
}
EVERYWHERE = {"keys", "versions", "large objects", "annotations, and tags with a copy", "locks and ACLs"}
NOT_SENT = {"source": EVERYWHERE | {"archives", "no policy before, replication"},
            "destination": EVERYWHERE | {"settings of the source"}}


def test_no_permission_is_there_for_nothing(cli, bucket):  # noqa: F811
    demanded = "versions", "locks and ACLs", "archives"
    needed = {"s3:ListBucketVersions", "iam:SimulatePrincipalPolicy",
              *(f"s3:{name}" for where in demanded for name in NEEDED_WHERE[where].split()),
              *(f"kms:{name}" for name in NEEDED_WHERE["keys"].split())}
    for words in (["migrate", "s3://photos", "--destination-region", "eu-central-1", "--dry-run"],
                  ["copy", "s3://photos", f"s3://{bucket}", "--versions", "all", "--dry-run"],
                  ["copy", "s3://photos", f"s3://{bucket}", "--delete", "--dry-run"]):
        needed |= {p["action"] for p in permissions_of(cli.run(*words, *cli.roles, "--json"))}
    for side in ("source", "destination"):
        extra = {action for action, _ in allowed(side, names_for("photos"))} - needed
        assert extra == set(), f"{side}: nobody needs {extra}"


ROLES = {side: f"arn:aws:iam::{ACCOUNTS[side]}:role/s3migrator-{side}" for side in ("source", "destination")}


def world(versioned, copies_to="s3m-none", without=("HasKey",)):
    """Three accounts of the simulator, whose roles have the templates' trusts and policies and nothing else."""
    admin = {"name": "admin", "policies": [{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]}
    accounts = []
    for side, arn in ROLES.items():
        names = {**names_for(migration.BUCKET, copies_to), "Role.Arn": arn, "MigratorAccount": ACCOUNTS["migrator"],
                 "MigratorRoleName": "s3migrator-task", "MonitorRoleName": "s3migrator-monitor", "ExternalId": EXTERNAL_ID}
        if side == "destination" and copies_to != "s3m-none":
            names["Bucket"] = copies_to
        trust = template(side)["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]
        accounts.append({"id": ACCOUNTS[side], "name": side, "users": [admin], "roles": [
            {"name": f"s3migrator-{side}", "trust": resolved(trust, names),
             "policies": documents(side, names, without)}]})
    accounts.append({"id": ACCOUNTS["migrator"], "name": "migrator", "users": [admin], "roles": [
        {"name": "s3migrator-task", "trusted": [ACCOUNTS["migrator"]], "policies": [
            {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": list(ROLES.values())}}]}]})
    return {"accounts": accounts, "record": True, "switches": {"name_release_ms": 200}, "buckets": [
        {"name": migration.BUCKET, "owner": ACCOUNTS["source"], "region": migration.REGION,
         "versioning": "Enabled" if versioned else ""}]}


SIDES = [f"--{side}-{what}={value}" for side in ROLES
         for what, value in (("role-arn", ROLES[side]), ("external-id", EXTERNAL_ID))]


def in_a_task(program, sim, *words):
    """What `tools/deploy run` has a container do, with the credentials of the container's endpoint."""
    with Credentials(sim, "s3migrator-task") as endpoint:
        return program.run("task", "--json", env={
            "AWS_ENDPOINT_URL": sim.endpoint, "AWS_REGION": migration.REGION, "S3MIGRATOR_JOB": json.dumps(words),
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": endpoint.uri})


def sent(sim, side):
    """What the side's role sent."""
    return [r for r in sim.call("GET", "records") if f":assumed-role/s3migrator-{side}/" in r["signer"]]


def refused(records):
    return {(r["operation"], r["code"]) for r in records if r["status"] == 403}


# The permissions of operations that are not called as they are.
ACTIONS = {
    "CopyObject": "PutObject GetObject", "CreateBucket": "CreateBucket TagResource", "DeleteObjects": "DeleteObject",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration", "GetBucketCors": "GetBucketCORS",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration", "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetadataConfiguration": "GetBucketMetadataTableConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration", "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration", "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock", "HeadBucket": "ListBucket", "HeadObject": "GetObject",
    "ListMultipartUploads": "ListBucketMultipartUploads", "ListObjectVersions": "ListBucketVersions",
    "ListObjectsV2": "ListBucket", "PutBucketCors": "PutBucketCORS",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
}


def used(records):
    actions = set()
    for record in records:
        service = "iam" if record["operation"] == "SimulatePrincipalPolicy" else "s3"
        actions |= {f"{service}:{name}" for name in ACTIONS.get(record["operation"], record["operation"]).split()}
    return actions


def test_copies_and_migrations_are_done_with_these_policies_and_no_others(program, tmp_path):
    used_by = {side: set() for side in ROLES}
    there = "photos-there"
    jobs = [(world(False, there, ("HasKey", "MayMigrate")), ["copy", f"s3://{migration.BUCKET}", f"s3://{there}"]),
            *((world(versioned), ["migrate", f"s3://{migration.BUCKET}"]) for versioned in (False, True))]
    for scenario, words in jobs:
        with simulator(scenario, tmp_path) as sim:
            migration.furnish(sim, objects=8, versioned=bool(scenario["buckets"][0]["versioning"]))
            run = in_a_task(program, sim, *words, *SIDES, "--destination-region", migration.TARGET_REGION)
            if words[0] == "migrate":
                assert run.code == 130 and run.summary["awaits_confirmation"], run
                run = in_a_task(program, sim, "jobs", "resume", run.summary["job"], "--confirm-delete", migration.BUCKET)
            assert run.code == 0, run
            for side in ROLES:
                # What closes a bucket is proven by a write that it refuses.
                probes = {("PutObject", "AccessDenied")} if words[0] == "migrate" else set()
                assert refused(sent(sim, side)) == probes, words
                used_by[side] |= used(sent(sim, side))
    for side in ROLES:
        unused = {action for action, _ in allowed(side, names_for("photos"))} - used_by[side]
        assert unused == {f"{'kms' if reason == 'keys' else 's3'}:{name}" for reason in NOT_SENT[side]
                          for name in NEEDED_WHERE[reason].split()}


def test_who_may_become_the_roles_is_named_and_shows_the_external_id():
    for side in ("source", "destination"):
        for statement in template(side)["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]:
            assert statement["Action"] == "sts:AssumeRole"
            assert statement["Condition"]["StringEquals"]["sts:ExternalId"] == {"Ref": "ExternalId"}
            assert len(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == 2


def test_stars_stand_only_where_the_service_has_no_resources():
    actions = set()
    for resource in template("migrator")["Resources"].values():
        for policy in (resource.get("Properties", {}).get("Policies") or []):
            for statement in policy["PolicyDocument"]["Statement"]:
                branches = [b for b in statement["If"][1:] if "Action" in b] if "If" in statement else [statement]
                for branch in branches:
                    assert all("*" not in action for action in as_list(branch["Action"]))
                    if branch["Resource"] == "*":
                        actions |= set(as_list(branch["Action"]))
    assert actions == {"ecr:GetAuthorizationToken", "cloudwatch:PutMetricData", "ec2:CreateNetworkInterface",
                       "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
                       "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"}


def test_nothing_in_the_network_costs_by_the_hour():
    types = {r["Type"] for r in template("migrator")["Resources"].values()}
    assert not types & {"AWS::EC2::NatGateway", "AWS::EC2::EIP", "AWS::ElasticLoadBalancingV2::LoadBalancer"}
    endpoints = [r["Properties"] for r in template("migrator")["Resources"].values()
                 if r["Type"] == "AWS::EC2::VPCEndpoint"]
    assert all(e.get("VpcEndpointType", "Gateway") == "Gateway" for e in endpoints)
    database = template("migrator")["Resources"]["Database"]["Properties"]
    assert database["ServerlessV2ScalingConfiguration"]["MinCapacity"] == 0
    assert template("migrator")["Resources"]["Schedule"]["Properties"]["State"] == "DISABLED"


def test_what_it_costs_is_printed_and_next_to_nothing_while_idle():
    for store in ("postgresql", "efs"):
        told = subprocess.run([sys.executable, ROOT / "tools/deploy", "cost", "--store", store],
                              capture_output=True, text=True, check=True).stdout
        idle = [line for line in told.splitlines() if "in all" in line][0]
        assert float(idle.split()[-1]) < 1


@pytest.fixture(scope="module")
def moto(tmp_path_factory):
    with servers.moto(tmp_path_factory.mktemp("moto")) as running:
        yield running


def keys_of(moto, side):
    sts = boto3.client("sts", endpoint_url=moto.endpoint, region_name="us-east-1",
                       aws_access_key_id="x", aws_secret_access_key="x")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNTS[side]}:role/admin", RoleSessionName="admin")["Credentials"]
    return {"region_name": "us-east-1", "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"]}


def account_environment(moto, side):
    keys = keys_of(moto, side)
    return {"AWS_ACCESS_KEY_ID": keys["aws_access_key_id"], "AWS_SECRET_ACCESS_KEY": keys["aws_secret_access_key"],
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": moto.endpoint}


NOTHING = {"Ref": "AWS::NoValue"}
# moto makes them, and cannot delete them with their stack.
ROUTES = {"AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::VPCEndpoint"}


def chosen(value, holds):
    """A template in its long form, its conditions decided. What moto's CloudFormation cannot do is not in it: lists with
    AWS::NoValue, networks with IPv6, and clusters of databases, which give their instances a version and an address."""
    if isinstance(value, list):
        return [kept for kept in (chosen(element, holds) for element in value) if kept != NOTHING]
    if not isinstance(value, dict):
        return value
    if "If" in value:
        return chosen(value["If"][1 if holds[value["If"][0]] else 2], holds)
    if "GetAtt" in value:
        return {"Fn::GetAtt": value["GetAtt"].split(".", 1)}
    if isinstance(value.get("Sub"), str):
        return {"Fn::Sub": value["Sub"].replace("${Database.Endpoint.Address}:${Database.Endpoint.Port}", "database:5432")}
    long = {"Join": "Fn::Join", "Select": "Fn::Select", "GetAZs": "Fn::GetAZs"}
    members = {long.get(name, name): chosen(member, holds) for name, member in value.items() if name != "Ipv6CidrBlock"}
    if "DBInstanceClass" in members:
        members["EngineVersion"] = "16.10"
    if "Essential" in members:  # a container: numbers, where CloudFormation takes their digits as well
        members.update(Cpu=1024, Memory=2048)
    return {name: member for name, member in members.items() if member != NOTHING}


@pytest.fixture(scope="module")
def tool(tmp_path_factory):
    """tools/deploy with its templates, the migrator's as moto can take it."""
    root = tmp_path_factory.mktemp("tree")
    (root / "tools").mkdir()
    shutil.copy(ROOT / "tools/deploy", root / "tools/deploy")
    shutil.copytree(TEMPLATES, root / "deploy/cloudformation")
    holds = {"Shared": True, "Alone": False, "Arm": False, "Counts": True}
    whole = template("migrator")
    del whole["Conditions"]
    for part in ("Resources", "Outputs"):
        whole[part] = {name: {k: v for k, v in chosen(member, holds).items() if k not in ("Condition", "DependsOn")}
                       for name, member in whole[part].items()
                       if holds[member.get("Condition", "Shared")] and member.get("Type") not in ROUTES}
    (root / "deploy/cloudformation/migrator-account.yaml").write_text(json.dumps(whole))
    return root / "tools/deploy"


def deploy(tool, moto, side, *words):
    mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run([sys.executable, tool, *words], capture_output=True, text=True,
                          env={**mine, **account_environment(moto, side)}, check=False, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_three_stacks_copy_and_move_a_bucket_and_are_taken_away(program, moto, names, tool):
    # Named although they have defaults: moto forgets those when a stack is changed.
    common = [f"MigratorAccount={ACCOUNTS['migrator']}", f"ExternalId={EXTERNAL_ID}", "MigratorRoleName=s3migrator-task",
              "MonitorRoleName=s3migrator-monitor", "KeyArn="]
    here, there = names
    source = deploy(tool, moto, "source", "up", "source", *common, f"Bucket={here}", f"DestinationBucket={there}",
                    "RoleName=s3migrator-source", "AllowMigration=no")
    destination = deploy(tool, moto, "destination", "up", "destination", *common, f"Bucket={there}")
    assert source["RoleArn"] == ROLES["source"] and destination["RoleArn"] == ROLES["destination"]
    stack = deploy(tool, moto, "migrator", "up", "migrator", "Image=333333333333.dkr.ecr.us-east-1.amazonaws.com/s3migrator:1",
                   f"ExternalId={EXTERNAL_ID}", f"SourceRoleArn={ROLES['source']}",
                   f"DestinationRoleArn={ROLES['destination']}")
    sides = [f"--{side}-{what}={value}" for side in ROLES for what, value in
             (("role-arn", ROLES[side]), ("external-id", EXTERNAL_ID), ("endpoint-url", moto.endpoint))]
    server = dataclasses.replace(moto, environment=account_environment(moto, "migrator"))
    house = dataclasses.replace(real_migration.moto(server), sides=sides)
    configured = real_migration.furnish(house, here, objects=20)
    before = real_migration.contents(house, moto.source, here)
    run = program.run("copy", f"s3://{here}", f"s3://{there}", *sides, "--json", env=server.environment)
    assert run.code == 0, run
    assert set(real_migration.contents(house, moto.destination, there)) == set(before)
    again = deploy(tool, moto, "source", "up", "source", "AllowMigration=yes")
    assert again["RoleArn"] == source["RoleArn"]
    code, shown = real_migration.confirmed_by_hand(program, house, here)
    assert code == 0, shown
    real_migration.assert_moved(house, here, before, configured)
    begun = deploy(tool, moto, "migrator", "run", "--id", "photos-1", "--", "copy", "s3://a", "s3://b")
    ecs = boto3.client("ecs", endpoint_url=moto.endpoint, **keys_of(moto, "migrator"))
    task = ecs.describe_tasks(cluster=stack["Cluster"], tasks=[begun["Task"]])["tasks"][0]
    override = task["overrides"]["containerOverrides"][0]
    assert override["command"] == ["task", "--json"] and {"name": "S3MIGRATOR_JOB_ID", "value": "photos-1"} in override["environment"]
    for side in ("source", "destination", "migrator"):
        deploy(tool, moto, side, "down", side)
        iam = boto3.client("iam", endpoint_url=moto.endpoint, **keys_of(moto, side))
        assert [r for r in iam.list_roles()["Roles"] if r["RoleName"].startswith("s3migrator")] == []
