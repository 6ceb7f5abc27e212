"""The article's method: boto3's copy_object from a pool of 20 threads."""

import concurrent.futures
import sys

import boto3
import botocore.config

endpoint, source, destination, count = sys.argv[1:]
client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
                      config=botocore.config.Config(max_pool_connections=20,
                                                    s3={"addressing_style": "path"}))


def copy(n):
    key = f"key/{n:06}"
    client.copy_object(Bucket=destination, Key=key, CopySource={"Bucket": source, "Key": key})


with concurrent.futures.ThreadPoolExecutor(20) as pool:
    list(pool.map(copy, range(int(count))))
