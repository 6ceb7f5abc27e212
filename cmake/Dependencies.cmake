# What the tree stands on; ./tools/setup installs all of it.

# Shared, as Debian means its programs to be: security updates of a library reach us.
set(Boost_USE_STATIC_LIBS OFF)
set(SPDLOG_FMT_EXTERNAL ON)

find_package(Threads REQUIRED)
find_package(Boost 1.81.0 EXACT CONFIG REQUIRED COMPONENTS headers json url)
find_package(OpenSSL 3 REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)
find_package(spdlog CONFIG REQUIRED)
find_package(pugixml CONFIG REQUIRED)
find_package(zstd CONFIG REQUIRED)
find_package(CLI11 CONFIG REQUIRED)
find_package(SOCI REQUIRED COMPONENTS sqlite3 postgresql)
set(Python3_ROOT_DIR /usr)  # the system's, not one that a version manager puts in front
find_package(Python3 REQUIRED COMPONENTS Interpreter)
if(S3M_TESTS)
  find_package(GTest CONFIG REQUIRED)
endif()
if(S3M_BENCH)
  find_package(benchmark CONFIG REQUIRED)
endif()
