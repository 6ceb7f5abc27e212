// open_files.hpp: how many connections the system lets this process have.
//
// Layer  app.
#pragma once

#include <cstdint>

namespace s3m::app {

// Raises the limit of open files as far as it goes without rights, and gives how many of them are
// left for connections, files and databases of the program's own put aside.
std::uint32_t connections_allowed() noexcept;

}  // namespace s3m::app
