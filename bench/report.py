"""Writes docs/benchmarks.md from the results."""

import textwrap

from bench.workloads import article, growth, listing, small_copies, terabyte, tls

# In the order of the page: the name of the workload is also the command's word.
WORKLOADS = {"copy": small_copies, "list": listing, "article": article, "terabyte": terabyte,
             "tls": tls, "growth": growth}

HEAD = """\
# Benchmarks

Written by `tools/bench`; do not edit. It installs what it can of the tools people use today, runs
everyone in turn against [s3sim](simulator.md) on the same machine in the same run, and compares.
`tools/bench` measures all of it again in about half an hour; one section is made by its own word:
`{workloads}`.
`--quick` only shows that it works.

The server runs beside the client, so its work competes for the same cores, and there is no network:
these are the costs of the clients, not of AWS. CPU is user and system time that the kernel accounts
to the finished client process; requests are what the server counted; the best of the rounds is
shown, because on a shared machine noise only ever adds. Each section tells its machine, its commit
and its own ratios; figures of different sections are not to be compared.
"""

INTRODUCTIONS = {
    "copy": "{objects:,} objects of 4 KiB from one bucket to another, each by a CopyObject of the "
            "server's. wrk sends the same requests, assembled beforehand and unsigned: what the "
            "wire alone costs. boto3 and aws copy {objects of boto3 and aws:,} of them.",
    "list": "Two equal buckets of {keys a side:,} keys are listed and compared, and nothing is left "
            "to do. The tree has {folders of a tree} folders. The rivals look at {of rclone and "
            "s5cmd:,} keys (aws: {of aws:,}): their rates hardly depend on it.",
    "article": article.__doc__.split("\n\n", 1)[1].replace("\n", " ").strip() +
               " Each runs a share of the {objects:,} objects (auto {share run by auto:.1%}, the "
               "others {share run by the others:.1%}); the time for all is extrapolated.",
    "terabyte": "One object of 10^12 bytes, {ms a part} ms a part. A tool without a figure cannot "
                "copy it: CopyObject ends at 5 GiB.",
    "tls": "{objects:,} objects of 4 KiB, plain and with TLS 1.3 in turns, {requests a connection} "
           "requests a connection as on S3.",
    "growth": "The same on ever more keys: a copy with its verifying walk, then the same command "
              "again with nothing to do.",
}


def _number(value, digits=0):
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    return f"{value:,.{digits}f}"


def _each(row):
    return _number(row["requests"] / row["count"], 3) if row.get("requests") else "-"


# For each workload: heading and what stands below it.
CLIENT = ("client", lambda r: f"{r['client']}, {r['setting']}" if r["setting"] else r["client"])
COST = [("CPU us each", lambda r: _number(r["cpu_us"], 1 if (r["cpu_us"] or 0) >= 10 else 2)),
        ("each second", lambda r: _number(r["rate"])),
        ("peak MB", lambda r: _number(r["rss_mb"])),
        ("requests each", _each)]
LATENCY = ("ms", lambda r: _number(r["latency_ms"]))
COLUMNS = {
    "copy": [CLIENT, LATENCY, *COST],
    "list": [CLIENT, ("shape", lambda r: r["shape"]), LATENCY, ("keys", lambda r: _number(r["count"])),
             *COST],
    "article": [CLIENT, ("objects run", lambda r: _number(r["count"])),
                ("seconds for all", lambda r: _number(r["seconds_for_all"])),
                ("CPU us each", lambda r: _number(r["cpu_us"], 1)),
                ("throttled", lambda r: f"{r['throttled_share']:.2%}")],
    "terabyte": [CLIENT, ("seconds", lambda r: _number(r["wall_seconds"], 1)),
                 ("CPU seconds", lambda r: _number(r["cpu_us"] and r["cpu_us"] / 1e6, 2)),
                 ("peak MB", lambda r: _number(r["rss_mb"])),
                 ("requests", lambda r: _number(r["requests"]))],
    "tls": [CLIENT, *COST],
    "growth": [("keys", lambda r: _number(r["count"])), ("work", lambda r: r["setting"]), *COST,
               ("simulator MB", lambda r: _number(r.get("simulator_mb")))],
}


def table(rows, columns):
    lines = ["| " + " | ".join(name for name, _ in columns) + " |",
             "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(show(row) for _, show in columns) + " |" for row in rows]
    return "\n".join(lines)


def claim_line(claim):
    sign = "at most" if claim["at_most"] else "at least"
    unit = "" if claim["unit"] == "times" else " " + claim["unit"]
    times = " times" if claim["unit"] == "times" else ""
    verdict = "PASS" if claim["passed"] else "FAIL"
    return (f"{verdict}: {claim['name']}: {claim['figure']:.3g}{unit}{times} "
            f"({sign} {claim['limit']:g}{unit})")


def _section(name, section, figures):
    module = WORKLOADS[name]
    introduction = INTRODUCTIONS[name].format_map(section["parameters"])
    versions = ", ".join(f"{tool} {version}" for tool, version in section["versions"].items()
                         if version and tool != "s3migrator")
    parts = [f"## {module.TITLE}", textwrap.fill(introduction, 100),
             table(section["rows"], COLUMNS[name])]
    if name == "article":
        parts.append(_article_beside(section))
    parts += [f"![{title}]({path})" for title, path in figures]
    if section["claims"]:
        parts.append("\n".join("- " + claim_line(c) for c in section["claims"]))
    parts.append(f"`tools/bench {name}`, {section['date']}, commit {section['commit']}, "
                 f"{section['machine']}, {section['seconds']} s" +
                 (f"; {versions}." if versions else "."))
    return "\n\n".join(parts)


def _article_beside(section):
    lines = ["| threads | the article | its fit, 1226 + 9887/n | boto3 here | s3migrator, as many "
             "in flight |", "| --- | --- | --- | --- | --- |"]
    seconds = {(r["client"].split()[0], r["setting"].split()[0]): r["seconds_for_all"]
               for r in section["rows"]}
    for threads, measured in article.ARTICLE_SECONDS.items():
        lines.append(f"| {threads} | {measured:,} s | {article.model_seconds(threads):,.0f} s | "
                     f"{_number(seconds.get(('boto3', str(threads))))} s | "
                     f"{_number(seconds.get(('s3migrator', str(threads))))} s |")
    return "\n".join(lines)


def document(sections, figures=None, appendix=""):
    """The page. `figures`: for a workload, (title, path) of its plots."""
    figures = figures or {}
    parts = [HEAD.format(workloads="`, `".join([*WORKLOADS, "governor"])).rstrip()]
    for name in WORKLOADS:
        if name in sections:
            parts.append(_section(name, sections[name], figures.get(name, [])))
    if appendix:
        parts.append(appendix.strip())
    return "\n\n".join(parts) + "\n"
