#!/usr/bin/env python3
"""That layers.py finds what it is there to find."""

import unittest

import layers

CMAKE = """
s3m_module(NAME base DEPENDS
           LIBRARIES fmt::fmt)
s3m_module(NAME net DEPENDS base)
s3m_module(NAME store DEPENDS base)
s3m_module(NAME aws DEPENDS net PRIVATE_LIBRARIES pugixml::pugixml)
s3m_module(NAME sim DIRECTORY sim DEPENDS base net)
s3m_module(NAME app DEPENDS aws sim)
"""
ORDER = layers.read_order(CMAKE)


def problems(path, text):
    module = path.split("/")[1] if path.startswith("src/") else path.split("/")[0]
    if module in layers.UNBOUND:
        return layers.problems_of_file(path, text, None, set(), set(ORDER))
    return layers.problems_of_file(path, text, module, ORDER[module][1], set(ORDER))


class Layers(unittest.TestCase):
    def test_the_order_is_read_through_others(self):
        self.assertEqual(ORDER["aws"], ("src/aws", {"aws", "net", "base"}))
        self.assertEqual(ORDER["sim"][0], "sim")
        self.assertEqual(ORDER["app"][1], {"app", "aws", "sim", "net", "base"})

    def test_downward_is_allowed(self):
        self.assertEqual(problems("src/aws/s3.cpp", '#include "base/error.hpp"\n'), [])
        self.assertEqual(problems("src/app/demo.cpp", '#include "sim/cloud.hpp"\n'), [])
        self.assertEqual(problems("tests/copy/a_test.cpp", '#include "sim/cloud.hpp"\n'), [])
        self.assertEqual(problems("tests/copy/a.cpp", '#include "tests/support/x.hpp"\n'), [])

    def test_upward_and_sideways_are_not(self):
        self.assertTrue(problems("src/base/a.hpp", '#include "net/task.hpp"\n'))
        self.assertTrue(problems("sim/cloud.cpp", '  #  include "aws/sigv4.hpp"\n'))
        self.assertTrue(problems("src/aws/s3_test.cpp", '#include "sim/cloud.hpp"\n'))

    def test_names_start_at_the_root(self):
        self.assertTrue(problems("src/aws/s3.cpp", '#include "sigv4.hpp"\n'))
        self.assertTrue(problems("src/aws/s3.cpp", '#include "aws/../net/task.hpp"\n'))

    def test_heavy_libraries_stay_behind_sources(self):
        self.assertEqual(problems("src/store/sql.cpp", "#include <soci/soci.h>\n"), [])
        self.assertTrue(problems("src/store/sql.hpp", "#include <soci/soci.h>\n"))
        self.assertTrue(problems("src/app/sql.cpp", "#include <soci/soci.h>\n"))
        self.assertEqual(problems("src/aws/xml.hpp", "#include <pugixml.hpp>\n"), [])
        self.assertTrue(problems("src/net/xml.cpp", "#include <pugixml.hpp>\n"))
        self.assertTrue(problems("src/app/x.cpp", "#include <boost/beast/http.hpp>\n"))


if __name__ == "__main__":
    unittest.main()
