// ids.hpp: identifiers that nothing else in the world has. Thread-safe.
#pragma once

#include <cstddef>
#include <string>

namespace s3m {

// `bytes` random bytes of the operating system as lower-case hexadecimal.
std::string random_hex(std::size_t bytes);

// A job's name: time first, so that jobs sort by age ("20261122t162800-3f9a1c").
std::string new_job_id();

}  // namespace s3m
