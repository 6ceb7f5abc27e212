"""The article's method: boto3's copy_object from a pool of threads."""

import concurrent.futures
import sys

import boto3
import botocore.config

endpoint, source, destination, count, threads = sys.argv[1:]
threads = int(threads)
client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1",
                      config=botocore.config.Config(max_pool_connections=threads,
                                                    s3={"addressing_style": "path"}))


def copy(n):
    key = f"key/{n:06}"
    client.copy_object(Bucket=destination, Key=key, CopySource={"Bucket": source, "Key": key})


with concurrent.futures.ThreadPoolExecutor(threads) as pool:
    list(pool.map(copy, range(int(count))))
