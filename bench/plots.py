"""The plots of docs/benchmarks.md, as SVG."""

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams.update({"svg.hashsalt": "s3migrator", "svg.fonttype": "none",
                            "font.size": 9, "axes.grid": True, "grid.alpha": 0.3,
                            "axes.spines.top": False, "axes.spines.right": False})

import matplotlib.pyplot as plt  # noqa: E402  after the backend is chosen

from bench.workloads import article  # noqa: E402

OURS, OTHERS, LIMIT = "#1f77b4", "#999999", "#2ca02c"


def _save(figure, directory, name):
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.svg"
    figure.savefig(path, metadata={"Date": None, "Creator": None}, bbox_inches="tight")
    plt.close(figure)
    return path


def _colour(client):
    return OURS if client.startswith("s3migrator") else LIMIT if client.startswith("wrk") else OTHERS


def _bars(rows, value, label, title):
    figure, axes = plt.subplots(figsize=(7, 0.32 * len(rows) + 0.9))
    names = [f"{r['client']}, {r['setting']}".rstrip(", ") for r in rows]
    values = [value(r) for r in rows]
    bars = axes.barh(range(len(rows)), values, color=[_colour(r["client"]) for r in rows])
    axes.bar_label(bars, [f"{v:,.3g}" if v < 1000 else f"{v:,.0f}" for v in values], padding=3)
    axes.set_yticks(range(len(rows)), names)
    axes.set_xscale("log")
    axes.set_xlim(right=max(values) * 4)
    axes.invert_yaxis()
    axes.set_xlabel(label)
    axes.set_title(title, loc="left")
    return figure


def plot_copy(section, directory):
    rows = section["rows"]
    fast = sorted((r for r in rows if r["latency_ms"] == 0), key=lambda r: r["cpu_us"])
    slow = sorted((r for r in rows if r["latency_ms"] != 0), key=lambda r: -r["rate"])
    yield "CPU an object", _save(
        _bars(fast, lambda r: r["cpu_us"], "us of CPU an object, logarithmic", "CPU an object"),
        directory, "copy-cpu")
    if slow:
        yield "Objects a second", _save(
            _bars(slow, lambda r: r["rate"], "objects a second, logarithmic",
                  f"Objects a second at {slow[0]['latency_ms']} ms"), directory, "copy-rate")


def plot_list(section, directory):
    slow = sorted((r for r in section["rows"] if r["latency_ms"] and r["shape"] == "flat"),
                  key=lambda r: -r["rate"])
    if slow:
        yield "Keys a second", _save(
            _bars(slow, lambda r: r["rate"], "keys a second, both sides compared, logarithmic",
                  f"The no-op sync at {slow[0]['latency_ms']} ms a page"), directory, "list-rate")


def plot_article(section, directory):
    figure, axes = plt.subplots(figsize=(7, 3.6))
    threads = [n / 2 for n in range(8, 50)]
    axes.plot(threads, [article.model_seconds(n) for n in threads], color=OTHERS, linestyle=":",
              label="1226 + 9887 / n")
    axes.plot(*zip(*article.ARTICLE_SECONDS.items()), "o", color=OTHERS, label="the article")
    for client, colour in (("boto3", "#d62728"), ("s3migrator", OURS)):
        points = sorted((int(r["setting"].split()[0]), r["seconds_for_all"])
                        for r in section["rows"]
                        if r["client"].startswith(client) and r["setting"] != "auto")
        if points:
            axes.plot(*zip(*points), "o-", color=colour, label=f"{client} here")
    for r in section["rows"]:
        if r["setting"] == "auto":
            axes.axhline(r["seconds_for_all"], color=OURS, linestyle="--",
                         label=f"s3migrator, auto: {r['seconds_for_all']:,.0f} s")
    axes.set_yscale("log")
    axes.set_xlabel("threads, or requests in flight")
    axes.set_ylabel("seconds for 490,000 objects")
    axes.legend()
    yield "Seconds for the article's 100 GB", _save(figure, directory, "article")


def plot_growth(section, directory):
    figure, axes = plt.subplots(1, 3, figsize=(9, 2.8))
    panels = (("CPU us an object", lambda r: r["cpu_us"]),
              ("wall us an object", lambda r: 1e6 / r["rate"]), ("peak MB", lambda r: r["rss_mb"]))
    for one, (label, value) in zip(axes, panels):
        for work, colour in (("copy and verify", OURS), ("nothing to do", "#ff7f0e")):
            points = sorted((r["count"], value(r)) for r in section["rows"] if r["setting"] == work)
            if points:
                one.plot(*zip(*points), "o-", color=colour, label=work)
        one.set_xscale("log")
        one.set_ylim(bottom=0)
        one.set_title(label, loc="left")
        one.set_xlabel("keys")
    axes[0].legend()
    figure.tight_layout()
    yield "Growth", _save(figure, directory, "growth")


PLOTS = {"copy": plot_copy, "list": plot_list, "article": plot_article, "growth": plot_growth}


def plot(sections, directory, relative_to):
    """Draws what there is; gives (title, path) for each workload."""
    return {name: [(title, path.relative_to(relative_to).as_posix())
                   for title, path in draw(sections[name], directory)]
            for name, draw in PLOTS.items() if name in sections and sections[name]["rows"]}
