# Run by S3Version.cmake: fills TEMPLATE into OUTPUT. A tree without git gives commit "unknown"; a
# tree with changed files gives the commit with a plus sign.
set(COMMIT unknown)
if(GIT AND EXISTS ${SOURCE_DIR}/.git)
  execute_process(COMMAND ${GIT} --no-optional-locks rev-parse --short=12 HEAD
                  WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE _hash RESULT_VARIABLE _failed
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT _failed)
    execute_process(COMMAND ${GIT} --no-optional-locks status --porcelain --untracked-files=no
                    WORKING_DIRECTORY ${SOURCE_DIR} OUTPUT_VARIABLE _changes ERROR_QUIET)
    set(COMMIT ${_hash})
    if(_changes)
      string(APPEND COMMIT "+")
    endif()
  endif()
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
