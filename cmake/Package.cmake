# What `cmake --install` and the Debian package (cpack -G DEB) hold.

include(GNUInstallDirs)

foreach(program IN ITEMS s3migrator s3sim)
  if(TARGET ${program})
    install(TARGETS ${program} RUNTIME)
  endif()
endforeach()
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
# The console's page, where `npm run build` in web/ has made it.
install(DIRECTORY web/dist/ DESTINATION ${CMAKE_INSTALL_DATADIR}/s3migrator/web OPTIONAL)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME s3migrator)
set(CPACK_PACKAGE_CONTACT "S3 migrator developers <s3migrator@localhost>")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
include(CPack)
