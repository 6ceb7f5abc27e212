#!/usr/bin/env python3
"""That no failure is read as anything else."""

import io
import unittest

import results

CTEST = """<testsuite>
 <testcase name="A.Passes" classname="A.Passes" status="run"/>
 <testcase name="A.Fails" classname="A.Fails" status="fail"><failure message=""/>
  <system-out>1 is not 2</system-out></testcase>
 <testcase name="A.Skips" classname="A.Skips" status="notrun">
  <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
  <system-out>a_test.cpp:5: Skipped\nno network here\n\n</system-out></testcase>
 <testcase name="b_test_NOT_BUILT" classname="x" status="notrun">
  <skipped message="Unable to find executable"/></testcase>
</testsuite>"""

PYTEST = """<testsuites><testsuite>
 <testcase classname="e2e.test_copy" name="test_resume"/>
 <testcase classname="e2e.test_copy" name="test_setup"><error message="no server">trace</error>
 </testcase>
 <testcase classname="e2e.test_copy" name="test_minio"><skipped message="no Go here"/></testcase>
</testsuite></testsuites>"""


class Results(unittest.TestCase):
    def test_ctest(self):
        cases = results.from_junit(io.StringIO(CTEST), "dev")
        self.assertEqual([case.outcome for case in cases],
                         ["passed", "failed", "skipped", "failed"])
        self.assertEqual(cases[0].name, "dev: A.Passes")
        self.assertEqual(cases[1].detail, "1 is not 2")
        self.assertEqual(cases[2].detail, "no network here")

    def test_pytest(self):
        cases = results.from_junit(io.StringIO(PYTEST), "e2e")
        self.assertEqual([case.outcome for case in cases], ["passed", "failed", "skipped"])
        self.assertEqual(cases[1].name, "e2e: e2e.test_copy.test_setup")
        self.assertEqual(cases[2].detail, "no Go here")

    def test_closing_line(self):
        cases = results.from_junit(io.StringIO(CTEST), "dev")
        self.assertEqual(results.summary(cases), "1 passed, 2 failed, 1 skipped")
        self.assertEqual(results.summary([]), "0 passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    unittest.main()
