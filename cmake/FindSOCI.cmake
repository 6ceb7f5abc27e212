# SOCI and its backends (Debian ships no CMake configuration for it).
#
# Components  sqlite3, postgresql
# Gives       SOCI::core, and SOCI::<component> for each backend found, with what the backend's
#             header includes.

include(FindPackageHandleStandardArgs)

find_path(SOCI_INCLUDE_DIR soci/soci.h)
find_library(SOCI_CORE_LIBRARY soci_core)
mark_as_advanced(SOCI_INCLUDE_DIR SOCI_CORE_LIBRARY)

set(_soci_client_header_sqlite3 sqlite3.h)
set(_soci_client_library_sqlite3 sqlite3)
set(_soci_client_header_postgresql libpq-fe.h)
set(_soci_client_library_postgresql pq)

foreach(_backend IN LISTS SOCI_FIND_COMPONENTS)
  find_library(SOCI_${_backend}_LIBRARY soci_${_backend})
  find_path(SOCI_${_backend}_CLIENT_INCLUDE_DIR ${_soci_client_header_${_backend}}
            PATH_SUFFIXES postgresql)
  find_library(SOCI_${_backend}_CLIENT_LIBRARY ${_soci_client_library_${_backend}})
  mark_as_advanced(SOCI_${_backend}_LIBRARY SOCI_${_backend}_CLIENT_INCLUDE_DIR
                   SOCI_${_backend}_CLIENT_LIBRARY)
  if(SOCI_${_backend}_LIBRARY AND SOCI_${_backend}_CLIENT_INCLUDE_DIR
     AND SOCI_${_backend}_CLIENT_LIBRARY)
    set(SOCI_${_backend}_FOUND TRUE)
  endif()
endforeach()

find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_CORE_LIBRARY SOCI_INCLUDE_DIR
                                  HANDLE_COMPONENTS)

if(SOCI_FOUND AND NOT TARGET SOCI::core)
  add_library(SOCI::core UNKNOWN IMPORTED)
  set_target_properties(SOCI::core PROPERTIES IMPORTED_LOCATION ${SOCI_CORE_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${SOCI_INCLUDE_DIR})
  foreach(_backend IN LISTS SOCI_FIND_COMPONENTS)
    if(SOCI_${_backend}_FOUND)
      add_library(SOCI::${_backend} UNKNOWN IMPORTED)
      set_target_properties(SOCI::${_backend} PROPERTIES
        IMPORTED_LOCATION ${SOCI_${_backend}_LIBRARY}
        INTERFACE_INCLUDE_DIRECTORIES ${SOCI_${_backend}_CLIENT_INCLUDE_DIR}
        INTERFACE_LINK_LIBRARIES "SOCI::core;${SOCI_${_backend}_CLIENT_LIBRARY}")
    endif()
  endforeach()
endif()
