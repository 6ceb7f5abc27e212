# The compiler, its flags and the sanitizers: the same for every target of the tree, so that no two
# files can disagree about a class's layout or Asio's configuration.

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang" OR CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
  message(FATAL_ERROR
          "S3 migrator is built with clang 19 or newer, not with ${CMAKE_CXX_COMPILER_ID} "
          "${CMAKE_CXX_COMPILER_VERSION}. g++ 12 miscompiles ordinary coroutines (a co_await in a "
          "condition, aggregate temporaries and capturing lambdas in one): double frees and "
          "crashes, silently. Use a preset (cmake --preset release), or set "
          "CMAKE_CXX_COMPILER=clang++-19; ./tools/setup installs it.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LINK_DEPENDS_NO_SHARED ON)

# Assertions stay on in every build: a program that deletes buckets stops where an invariant is
# broken. Sanitizer builds are optimised lightly, else their tests are too slow.
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_CXX_FLAGS_SANITIZE "-O1 -g1 -fno-omit-frame-pointer")

add_compile_definitions(
  BOOST_ASIO_SEPARATE_COMPILATION  # src/net/asio.cpp holds the one implementation
  BOOST_ASIO_NO_DEPRECATED
  _GLIBCXX_ASSERTIONS)

# A file's name in a message or a debug entry starts at the root of the tree, wherever that is; the
# second form is how ccache hands it on from build/<preset>.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=../../=
                    -ffile-compilation-dir=. -fstack-protector-strong -fPIE)
add_link_options(-fuse-ld=lld -pie -Wl,--as-needed)
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  add_link_options(-Wl,-z,relro,-z,now -Wl,--gc-sections)
endif()

# For our own targets only; other people's headers come as SYSTEM includes.
add_library(s3m_warnings INTERFACE)
target_compile_options(s3m_warnings INTERFACE
  -Werror -Wall -Wextra -Wpedantic
  -Wshadow -Wconversion -Wsign-conversion -Wdouble-promotion -Wfloat-conversion
  -Wold-style-cast -Wcast-qual -Wcast-align -Wformat=2
  -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wimplicit-fallthrough
  -Wmissing-prototypes -Wmissing-variable-declarations -Wunreachable-code -Wunused
  -Wnull-dereference -Wcomma -Wloop-analysis -Wrange-loop-analysis -Wthread-safety
  # Options structs are filled by name and rest on their members' defaults.
  -Wno-missing-designated-field-initializers)

if(S3M_SANITIZE)
  add_compile_options(-fsanitize=${S3M_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${S3M_SANITIZE})
  if(S3M_SANITIZE MATCHES "undefined")
    # Debian's SOCI exports no type information, which this one check would need to link.
    add_compile_options(-fno-sanitize=vptr)
    add_link_options(-fno-sanitize=vptr)
  endif()
  # Asio keeps coroutine frames for reuse, and would hide a use of one that is gone.
  add_compile_definitions(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
endif()
if(S3M_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# For what only tests: they are compiled more often than run, and unoptimised that takes a third to
# a half of the time.
function(s3m_compile_quickly TARGET)
  target_compile_options(${TARGET} PRIVATE -O0 -U_FORTIFY_SOURCE)
endfunction()

# ccache shares results between build directories of one tree; the sloppiness is what precompiled
# headers need.
find_program(S3M_CCACHE ccache)
if(S3M_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${S3M_CCACHE})
endif()
