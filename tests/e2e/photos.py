"""A bucket `photos` in the article's accounts, and the program as the migrator's user: the fixtures
of those tests that look at the command line. A module has them by importing them."""

import pytest

from sim_fixture import (DESTINATION, DESTINATION_ROLE, MIGRATOR, MIGRATOR_ROLE, SOURCE,
                         SOURCE_ROLE, simulator)

OBJECTS = 300


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    scenario = {"extends": "article", "buckets": [
        {"name": "photos", "owner": SOURCE,
         "generators": [{"prefix": "p/", "count": OBJECTS, "max_size": 65536}]}]}
    with simulator(scenario, tmp_path_factory.mktemp("sim")) as running:
        yield running


@pytest.fixture
def cli(cloud, program):
    """Runs the program as the migrator's user."""
    cloud.calm()
    access_key, secret = cloud.keys[MIGRATOR, "migrator"]
    program.base.update(AWS_ACCESS_KEY_ID=access_key, AWS_SECRET_ACCESS_KEY=secret,
                        AWS_REGION="us-east-1", AWS_ENDPOINT_URL=cloud.endpoint)
    program.roles = ["--migrator-role-arn", MIGRATOR_ROLE,
                     "--source-role-arn", SOURCE_ROLE,
                     "--source-external-id", cloud.external_ids[SOURCE_ROLE],
                     "--destination-role-arn", DESTINATION_ROLE,
                     "--destination-external-id", cloud.external_ids[DESTINATION_ROLE]]
    return program


@pytest.fixture
def bucket(cloud, names):
    cloud.admin(DESTINATION).create_bucket(Bucket=names[1])
    return names[1]
