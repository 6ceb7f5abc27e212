# Precompiled headers for the whole tree: base (standard library and fmt), net (with Asio's
# coroutines), and both again with GoogleTest. Off in the dev preset, so that a file that leans on
# another's includes is found there. base and store must not see Asio: its headers alone need its
# implementation, which is net's.

function(s3m_pch_kind KIND)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES" ${ARGN})
  file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/pch/${KIND}.cpp CONTENT "")
  add_library(s3m_pch_${KIND} OBJECT ${CMAKE_BINARY_DIR}/pch/${KIND}.cpp)
  target_link_libraries(s3m_pch_${KIND} PRIVATE s3m_warnings ${ARG_LIBRARIES})
  target_compile_options(s3m_pch_${KIND} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  if(KIND MATCHES "_tests$")
    s3m_compile_quickly(s3m_pch_${KIND})
  endif()
  target_precompile_headers(s3m_pch_${KIND} PRIVATE ${ARG_HEADERS})
endfunction()

# Lets TARGET use the precompiled header of KIND, when they are on.
function(s3m_use_pch TARGET KIND)
  if(S3M_PCH)
    target_compile_options(${TARGET} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
    target_precompile_headers(${TARGET} REUSE_FROM s3m_pch_${KIND})
  endif()
endfunction()

if(S3M_PCH)
  set(_base_headers <algorithm> <array> <atomic> <chrono> <cstdint> <expected> <functional> <map>
      <memory> <optional> <span> <string> <string_view> <unordered_map> <utility> <variant>
      <vector> <fmt/format.h>)
  set(_net_headers ${_base_headers} <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
      <boost/asio/io_context.hpp> <boost/asio/ip/tcp.hpp> <boost/asio/steady_timer.hpp>
      <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>)
  s3m_pch_kind(base HEADERS ${_base_headers} LIBRARIES fmt::fmt)
  s3m_pch_kind(net HEADERS ${_net_headers} LIBRARIES fmt::fmt Boost::headers Threads::Threads)
  if(S3M_TESTS)
    set(_test_headers <gmock/gmock.h> <gtest/gtest.h>)
    s3m_pch_kind(base_tests HEADERS ${_base_headers} ${_test_headers}
                 LIBRARIES fmt::fmt GTest::gmock GTest::gtest)
    s3m_pch_kind(net_tests HEADERS ${_net_headers} ${_test_headers}
                 LIBRARIES fmt::fmt Boost::headers Threads::Threads GTest::gmock GTest::gtest)
  endif()
endif()
