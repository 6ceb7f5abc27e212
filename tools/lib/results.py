"""What tests came to, read from the JUnit files that ctest and pytest write."""

import dataclasses
import re
import xml.etree.ElementTree as xml_tree


@dataclasses.dataclass
class Case:
    """One test. `detail` says why it failed or was skipped."""
    name: str
    outcome: str  # passed, failed or skipped
    detail: str = ""


def from_junit(path, stage):
    """Gives the cases of a JUnit file, each named stage: class.test."""
    return [_case(element, stage) for element in xml_tree.parse(path).getroot().iter("testcase")]


def _case(element, stage):
    name = f"{stage}: {_name(element)}"
    output = element.findtext("system-out") or ""
    for tag in ("failure", "error"):
        found = element.find(tag)
        if found is not None:
            return Case(name, "failed", found.text or output or found.get("message", ""))
    skipped = element.find("skipped")
    if skipped is not None:
        message = skipped.get("message", "")
        # ctest also calls a test skipped whose program is missing or would not start.
        if element.get("status") == "notrun" and not message.startswith("SKIP_"):
            return Case(name, "failed", message)
        return Case(name, "skipped", _gtest_reason(output) or message)
    if element.get("status") == "disabled":
        return Case(name, "skipped", "disabled in the source")
    return Case(name, "passed")


def _name(element):
    test, group = element.get("name", "?"), element.get("classname", "")
    return test if group in ("", test) else f"{group}.{test}"


def _gtest_reason(output):
    """Gives the sentence that a test gave to GTEST_SKIP()."""
    match = re.search(r": Skipped\n(.*)", output)
    return match.group(1).strip() if match else ""


def summary(cases):
    """Gives the closing line."""
    count = {outcome: 0 for outcome in ("passed", "failed", "skipped")}
    for case in cases:
        count[case.outcome] += 1
    return ", ".join(f"{number} {outcome}" for outcome, number in count.items())
