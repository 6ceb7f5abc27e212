# base/version.hpp: the version of project() and the commit that is being built. Written anew at
# each build, but only touched when it says something else. Include it in one source file only.

set(S3M_GENERATED_DIR ${CMAKE_BINARY_DIR}/generated)
find_package(Git QUIET)

set(_s3m_write_version
    ${CMAKE_COMMAND} -DGIT=${GIT_EXECUTABLE} -DVERSION=${PROJECT_VERSION}
    -DSOURCE_DIR=${CMAKE_SOURCE_DIR} -DTEMPLATE=${CMAKE_SOURCE_DIR}/cmake/version.hpp.in
    -DOUTPUT=${S3M_GENERATED_DIR}/base/version.hpp -P ${CMAKE_SOURCE_DIR}/cmake/WriteVersion.cmake)
execute_process(COMMAND ${_s3m_write_version} COMMAND_ERROR_IS_FATAL ANY)
add_custom_target(s3m_version COMMAND ${_s3m_write_version}
                  BYPRODUCTS ${S3M_GENERATED_DIR}/base/version.hpp VERBATIM
                  COMMENT "Writing base/version.hpp")
