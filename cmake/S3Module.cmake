# One function for each kind of target. Sources are found, never listed: a new file is built by
# being there.

# What a target of ours compiles with.
function(s3m_target_defaults TARGET)
  target_link_libraries(${TARGET} PRIVATE s3m_warnings)
  target_include_directories(${TARGET} PUBLIC ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}
                             ${S3M_GENERATED_DIR})
endfunction()

# A program of GoogleTest cases, each a ctest of its own with the label LABEL. PCH is the kind of
# precompiled header for it.
function(s3m_test_program)
  cmake_parse_arguments(ARG "" "NAME;LABEL;PCH;FIXTURE" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  s3m_target_defaults(${ARG_NAME})
  s3m_compile_quickly(${ARG_NAME})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_LIBRARIES} GTest::gmock GTest::gtest
                        GTest::gmock_main)
  s3m_use_pch(${ARG_NAME} ${ARG_PCH})
  gtest_discover_tests(${ARG_NAME} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${ARG_LABEL} FIXTURES_REQUIRED "${ARG_FIXTURE}")
endfunction()

# The PostgreSQL server that ctest starts before the tests with the fixture `postgres`, and ends
# after them. Its URL is in the file S3M_POSTGRES_URL_FILE.
function(s3m_postgres_fixture)
  if(NOT S3M_TESTS)
    return()
  endif()
  set(server ${CMAKE_SOURCE_DIR}/tests/tools/postgres.py)
  set(directory ${CMAKE_BINARY_DIR}/postgres)
  add_test(NAME postgres_up COMMAND ${Python3_EXECUTABLE} ${server} up ${directory})
  add_test(NAME postgres_down COMMAND ${Python3_EXECUTABLE} ${server} down ${directory})
  set_tests_properties(postgres_up PROPERTIES FIXTURES_SETUP postgres LABELS unit)
  set_tests_properties(postgres_down PROPERTIES FIXTURES_CLEANUP postgres LABELS unit)
  target_compile_definitions(store_test PRIVATE S3M_POSTGRES_URL_FILE="${directory}/url")
endfunction()

# A module: DIRECTORY (src/NAME unless given) and its folders become the static library s3m::NAME,
# their *_test.cpp the program NAME_test. DEPENDS are modules, LIBRARIES others' libraries that our
# headers show, PRIVATE_LIBRARIES those behind our sources. main.cpp is left for s3m_program. A
# module without sources is allowed: it only passes on what it depends on. TEST_FIXTURE is a fixture
# of ctest that its tests need.
function(s3m_module)
  cmake_parse_arguments(ARG "" "NAME;DIRECTORY;TEST_FIXTURE"
                        "DEPENDS;LIBRARIES;PRIVATE_LIBRARIES" ${ARGN})
  if(NOT ARG_DIRECTORY)
    set(ARG_DIRECTORY src/${ARG_NAME})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${ARG_DIRECTORY}/*.cpp ${ARG_DIRECTORY}/*/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cpp$")
  list(TRANSFORM ARG_DEPENDS PREPEND s3m::)

  file(GLOB headers CONFIGURE_DEPENDS ${ARG_DIRECTORY}/*.hpp ${ARG_DIRECTORY}/*/*.hpp)
  cmake_path(GET ARG_DIRECTORY PARENT_PATH include_root)

  set(target s3m_${ARG_NAME})
  set(pch net)
  if(ARG_NAME MATCHES "^(base|store)$")
    set(pch base)
  endif()
  if(sources)
    add_library(${target} STATIC ${sources})
    s3m_target_defaults(${target})
    target_link_libraries(${target} PUBLIC ${ARG_DEPENDS} ${ARG_LIBRARIES}
                          PRIVATE ${ARG_PRIVATE_LIBRARIES})
    target_sources(${target} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_SOURCE_DIR}/${include_root}
                   FILES ${headers})
    add_dependencies(${target} s3m_version)
    s3m_use_pch(${target} ${pch})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${ARG_DEPENDS} ${ARG_LIBRARIES})
    target_sources(${target} INTERFACE FILE_SET HEADERS
                   BASE_DIRS ${CMAKE_SOURCE_DIR}/${include_root} FILES ${headers})
  endif()
  add_library(s3m::${ARG_NAME} ALIAS ${target})
  set_property(GLOBAL APPEND PROPERTY S3M_MODULES s3m::${ARG_NAME})

  if(tests AND S3M_TESTS)
    s3m_test_program(NAME ${ARG_NAME}_test LABEL unit PCH ${pch}_tests SOURCES ${tests}
                     FIXTURE "${ARG_TEST_FIXTURE}"
                     LIBRARIES s3m::${ARG_NAME} ${ARG_PRIVATE_LIBRARIES})
  endif()
endfunction()

# bin/NAME from the main.cpp beside MODULE's sources.
function(s3m_program)
  cmake_parse_arguments(ARG "" "NAME;MODULE" "" ${ARGN})
  file(GLOB main CONFIGURE_DEPENDS src/${ARG_MODULE}/main.cpp ${ARG_MODULE}/main.cpp)
  if(main)
    add_executable(${ARG_NAME} ${main})
    s3m_target_defaults(${ARG_NAME})
    target_link_libraries(${ARG_NAME} PRIVATE s3m::${ARG_MODULE})
  endif()
endfunction()

# tests/AREA/*.cpp becomes the program tests_AREA, which may use every module. tests/support/ is
# a library for all of them.
function(s3m_integration_tests)
  if(NOT S3M_TESTS)
    return()
  endif()
  get_property(modules GLOBAL PROPERTY S3M_MODULES)
  file(GLOB support CONFIGURE_DEPENDS tests/support/*.cpp)
  if(support)
    add_library(s3m_test_support STATIC ${support})
    s3m_target_defaults(s3m_test_support)
    s3m_compile_quickly(s3m_test_support)
    target_link_libraries(s3m_test_support PUBLIC ${modules} GTest::gmock GTest::gtest)
    s3m_use_pch(s3m_test_support net_tests)
    list(APPEND modules s3m_test_support)
  endif()
  file(GLOB test_files CONFIGURE_DEPENDS tests/*/*_test.cpp)
  set(areas ${test_files})
  list(TRANSFORM areas REPLACE ".*/tests/([^/]+)/[^/]+$" "\\1")
  list(REMOVE_DUPLICATES areas)
  foreach(area IN LISTS areas)
    file(GLOB sources CONFIGURE_DEPENDS tests/${area}/*.cpp)
    s3m_test_program(NAME tests_${area} LABEL integration PCH net_tests SOURCES ${sources}
                     LIBRARIES ${modules})
  endforeach()
endfunction()

# tests/tools/NAME.cpp becomes the program NAME, which end-to-end tests drive beside s3migrator.
function(s3m_test_tools)
  if(NOT S3M_TESTS)
    return()
  endif()
  file(GLOB tools CONFIGURE_DEPENDS tests/tools/*.cpp)
  foreach(source IN LISTS tools)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    s3m_target_defaults(${name})
    target_link_libraries(${name} PRIVATE s3m::app)
    s3m_use_pch(${name} net)
  endforeach()
endfunction()

# fuzz/NAME_fuzz.cpp becomes the fuzzer NAME_fuzz.
function(s3m_fuzzers)
  if(NOT S3M_FUZZ)
    return()
  endif()
  get_property(modules GLOBAL PROPERTY S3M_MODULES)
  file(GLOB fuzzers CONFIGURE_DEPENDS fuzz/*_fuzz.cpp)
  foreach(source IN LISTS fuzzers)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    s3m_target_defaults(${name})
    # libFuzzer's entry point has no header that would declare it.
    set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS -Wno-missing-prototypes)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    target_link_libraries(${name} PRIVATE ${modules})
    s3m_use_pch(${name} net)
  endforeach()
endfunction()

# bench/NAME_bench.cpp becomes the program NAME_bench of google-benchmark cases.
function(s3m_benchmarks)
  if(NOT S3M_BENCH)
    return()
  endif()
  get_property(modules GLOBAL PROPERTY S3M_MODULES)
  file(GLOB benchmarks CONFIGURE_DEPENDS bench/*_bench.cpp)
  foreach(source IN LISTS benchmarks)
    cmake_path(GET source STEM name)
    add_executable(${name} ${source})
    s3m_target_defaults(${name})
    target_link_libraries(${name} PRIVATE ${modules} benchmark::benchmark
                          benchmark::benchmark_main)
    s3m_use_pch(${name} net)
  endforeach()
endfunction()

# Every tools/lint/NAME.py, and every tools/lib/NAME_test.py, is a test lint_NAME that passes when
# the script exits with 0.
function(s3m_lint_tests)
  if(NOT S3M_TESTS)
    return()
  endif()
  file(GLOB checks CONFIGURE_DEPENDS tools/lint/*.py tools/lib/*_test.py)
  list(FILTER checks EXCLUDE REGEX "/tree\\.py$")  # what they share
  foreach(check IN LISTS checks)
    cmake_path(GET check STEM name)
    add_test(NAME lint_${name} COMMAND ${Python3_EXECUTABLE} ${check}
             WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(lint_${name} PROPERTIES LABELS lint)
  endforeach()
endfunction()

if(S3M_TESTS)
  include(GoogleTest)
endif()
