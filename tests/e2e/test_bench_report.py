"""tools/bench's arithmetic: which figure is compared with which, and what the page says of it."""

import json
import re
import sys

import pytest

import servers

sys.path.insert(0, str(servers.ROOT))
from bench import measure, report, results  # noqa: E402
from bench.workloads import article, claim, growth, listing, small_copies, tls  # noqa: E402


def row(client, setting="", count=1000, cpu_us=10.0, rate=1000.0, **more):
    return {"client": client, "setting": setting, "count": count, "cpu_us": cpu_us, "rate": rate,
            "wall_seconds": count / rate, "rss_mb": 20.0, "requests": count, "operations": {},
            "throttled": 0, **more}


def verdicts(claims):
    return [c["passed"] for c in claims]


def test_rounds_merge_to_the_least_cpu_and_the_least_time():
    merged = results.merge_rounds(
        [row("a", cpu_us=9, rate=10), row("b", cpu_us=1, rate=1), row("a", cpu_us=7, rate=20),
         row("a", cpu_us=8, rate=30)], "client")
    assert [(r["client"], r["cpu_us"], r["rate"], r["rounds"]) for r in merged] == [
        ("a", 7, 30, 3), ("b", 1, 1, 1)]


def test_small_copies_are_held_against_the_limit_and_the_best_rival():
    rows = [row("wrk, unsigned (the limit)", cpu_us=8, latency_ms=0),
            row("s3migrator", "--verify none", cpu_us=15, latency_ms=0),
            row("s5cmd", cpu_us=400, latency_ms=0), row("rclone", cpu_us=140, latency_ms=0),
            row("s3migrator", "--verify none", rate=17000, latency_ms=30),
            row("s5cmd", rate=3400, latency_ms=30), row("rclone", rate=300, latency_ms=30)]
    claims = small_copies.claims(rows)
    assert verdicts(claims) == [True, False, True]
    assert claims[1]["figure"] == pytest.approx(140 / 15)


def test_without_rivals_or_limit_nothing_is_claimed_of_them():
    rows = [row("s3migrator", "--verify none", latency_ms=0),
            row("s3migrator", "--verify none", latency_ms=30)]
    assert small_copies.claims(rows) == []


def test_listing_is_held_against_one_page_after_the_other():
    ours = {"shape": "flat", "operations": {"ListObjectsV2": 2200}}
    rows = [row("s3migrator", count=1_000_000, rate=300_000, cpu_us=2, latency_ms=50, **ours),
            row("s3migrator", count=1_000_000, rate=500_000, cpu_us=1.5, latency_ms=0, **ours),
            row("rclone", count=1000, rate=18_600, latency_ms=50, shape="flat")]
    claims = listing.claims(rows)
    assert verdicts(claims) == [True, True, True, True]
    assert claims[0]["figure"] == pytest.approx(30)  # 2,000 pages of 50 ms in 3.33 s
    assert claims[3]["figure"] == pytest.approx(1.1)


def test_the_article_is_beaten_on_all_its_objects():
    auto = row("s3migrator", "auto", seconds_for_all=172.1, throttled_share=0.01)
    assert verdicts(article.claims([auto])) == [False, True]
    assert [round(article.model_seconds(n)) for n in (5, 10, 20)] == [3203, 2215, 1720]


def test_growth_compares_the_largest_with_the_second_size():
    rows = [row("s3migrator", work, n, cpu_us=cpu, rate=100)
            for work in ("copy and verify", "nothing to do")
            for n, cpu in ((10, 99), (100, 10), (1000, 11), (10_000, 13))]
    assert verdicts(growth.claims(rows)) == [False, True, True] * 2


def test_tls_is_held_against_plain():
    assert verdicts(tls.claims([row("s3migrator", "plain", cpu_us=10),
                                row("s3migrator", "TLS", cpu_us=23)])) == [False]


def test_the_page_says_everything_that_was_measured():
    rows = [row("s3migrator", "--verify none", cpu_us=15.04, latency_ms=0),
            row("wrk, unsigned (the limit)", "64 connections", cpu_us=8, latency_ms=0),
            row("s3migrator", "--verify none", latency_ms=30)]
    section = {"machine": "2 cores, a model", "commit": "abc", "date": "2026-01-01", "seconds": 9,
               "parameters": {"objects": 1000, "objects of boto3 and aws": 100, "rounds": 3},
               "versions": {"wrk": "4.1.0", "s5cmd": None}, "rows": rows,
               "claims": small_copies.claims(rows)}
    page = report.document({"copy": json.loads(json.dumps(section))},
                           {"copy": [("CPU", "benchmarks/copy-cpu.svg")]}, "## Appendix\n")
    assert "| s3migrator, --verify none | 0 | 15.0 | 1,000 | 20 | 1.000 |" in page
    assert "- PASS: CPU an object, beside wrk's unsigned request: 1.88 times (at most 2)" in page
    assert "![CPU](benchmarks/copy-cpu.svg)" in page
    assert "commit abc, 2 cores, a model, 9 s; wrk 4.1.0." in page
    assert page.endswith("## Appendix\n")
    assert all(len(line) <= 100 or line.startswith(("|", "- ", "`tools/bench copy`"))
               for line in page.splitlines())


def test_a_claim_says_what_it_is_held_to():
    assert re.fullmatch(r"FAIL: speed: 4\.5 times \(at least 5\)",
                        report.claim_line(claim("speed", 4.5, 5, "times", at_most=False)))
    assert report.claim_line(claim("CPU", 3, 3.0, "us")) == "PASS: CPU: 3 us (at most 3 us)"


def test_a_child_is_measured_alone(tmp_path):
    ballast = bytearray(64 << 20)  # of the parent: not the child's
    cost = measure.run([sys.executable, "-c", "print(sum(range(3_000_000)))"], {})
    assert cost.output == "4499998500000\n"
    assert 0 < cost.cpu_seconds < 60
    assert 0 < cost.peak_rss_bytes < len(ballast)
    with pytest.raises(measure.Failed, match="ended with 3: wrong"):
        measure.run([sys.executable, "-c", "import sys; print('wrong'); sys.exit(3)"], {})
