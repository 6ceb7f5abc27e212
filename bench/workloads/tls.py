"""(e) TLS: the same small objects, encrypted and plain, in turns."""

import subprocess

from bench.results import best, merge_rounds
from bench.simulator import SOURCE, Simulator, bucket, objects
from bench.workloads import claim, present, ratio

TITLE = "TLS"
OBJECTS = 50_000


def make_certificate(directory):
    """A self-signed certificate of 127.0.0.1, which is its own root."""
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", "/CN=s3sim", "-addext",
                    "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    return certificate, key


def run(bench):
    count = bench.size(OBJECTS)
    source = [bucket("bench-source", SOURCE, objects(count))]
    certificate = make_certificate(bench.directory)
    rows = []
    with (Simulator(bench.installed.s3sim, bench.directory, source) as plain,
          Simulator(bench.installed.s3sim, bench.directory, source, certificate=certificate) as tls):
        for n in range(bench.rounds):
            for scheme, sim in (("plain", plain), ("TLS", tls)):
                contender = bench.installed.ours("--verify", "none", setting=scheme)
                destination = sim.new_bucket()
                rows.append(bench.measured(sim, f"TLS, round {n + 1}", contender,
                                           lambda: contender.copy(sim, destination, count), count))
    return merge_rounds([r for r in rows if r], "client", "setting"), {
        "objects": count, "bytes each": 4096, "rounds": bench.rounds,
        "requests a connection": 100}


def claims(rows):
    plain, tls = best(rows, setting="plain"), best(rows, setting="TLS")
    if not plain or not tls:
        return []
    return present([claim("CPU an object with TLS, beside plain",
                          ratio(tls["cpu_us"], plain["cpu_us"]), 2.2, "times")])
