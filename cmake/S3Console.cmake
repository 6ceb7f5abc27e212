# src/console/openapi.json as a source of s3m_console, so that the program serves the description
# that it was built with.

set_property(DIRECTORY ${CMAKE_SOURCE_DIR} APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${CMAKE_SOURCE_DIR}/src/console/openapi.json)
file(READ ${CMAKE_SOURCE_DIR}/src/console/openapi.json S3M_OPENAPI)
configure_file(${CMAKE_SOURCE_DIR}/cmake/openapi.cpp.in ${S3M_GENERATED_DIR}/console/openapi.cpp
               @ONLY)
target_sources(s3m_console PRIVATE ${S3M_GENERATED_DIR}/console/openapi.cpp)
