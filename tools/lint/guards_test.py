#!/usr/bin/env python3
"""That guards.py finds what it is there to find."""

import unittest

import guards

FILES = {
    "src/a.cpp": "",
    "src/a_test.cpp": "TEST(Suite, Name) {\nTEST_F(Suite, Other) {\n",
    "tests/e2e/test_a.py": "def test_it(program):\n",
}
HEAD = "| guard | rule | kept in | fails without it |\n| --- | --- | --- | --- |\n"
GOOD = "| {} | rule | `src/a.cpp` | `src/a_test.cpp`: `Suite.Name`; `tests/e2e/test_a.py`: `test_it` |\n"
ALL = HEAD + "".join(GOOD.format(guard) for guard in guards.GUARDS)


def problems(text):
    return guards.problems_of_guards(text, FILES.get)


class Guards(unittest.TestCase):
    def test_what_is_there_is_fine(self):
        self.assertEqual(problems(ALL), [])

    def test_each_guard_has_one_row(self):
        self.assertEqual(problems(ALL.replace("| G7 |", "| G8 |")),
                         ["G7: no row", "G8: more than one row"])

    def test_files_and_tests_exist(self):
        self.assertTrue(problems(ALL.replace("`src/a.cpp`", "`src/b.cpp`")))
        self.assertTrue(problems(ALL.replace("`src/a_test.cpp`", "`src/b_test.cpp`")))
        self.assertTrue(problems(ALL.replace("Suite.Name", "Suite.Nam")))
        self.assertTrue(problems(ALL.replace("`test_it`", "`test_i`")))

    def test_a_row_names_a_test(self):
        row = GOOD.format("G1")
        self.assertEqual(problems(ALL.replace(row, "| G1 | rule | `src/a.cpp` | none |\n")),
                         ["G1: no test"])


class Refusals(unittest.TestCase):
    SOURCE = ('refuse(out, "one", text, way); whole("the option", "two");\n'
              'refuse(\n        out, "three",\n out.push_back(\n      {"four",\n')
    TEST = 'refused("one"); refused("two"); refused("three"); refused("four");'
    TABLE = "| code | what |\n| --- | --- |\n| `one`, `two` | . |\n| `three` | . |\n| `four` | . |\n"

    def found(self, source=SOURCE, test=TEST, table=TABLE):
        return guards.problems_of_refusals(table, [source], test)

    def test_told_and_tested_is_fine(self):
        self.assertEqual(self.found(), [])

    def test_each_has_a_case_and_a_row(self):
        self.assertTrue(self.found(test=self.TEST.replace("two", "too")))
        self.assertTrue(self.found(table=self.TABLE.replace("`three`", "`tree`")))
        self.assertEqual(self.found(source=""), ["no refusals were found"])


if __name__ == "__main__":
    unittest.main()
