#include "store/file_system.hpp"

#include <algorithm>
#include <array>
#include <sys/vfs.h>

namespace s3m::store {
namespace {

// linux/magic.h, and for those that are not in the kernel their own headers. FUSE is in doubt:
// sshfs and the mounts of virtual machines come by it.
constexpr std::array network_kinds = std::to_array<long>({
    0x6969,      // NFS
    0x517B,      // SMB
    0xFE534D42,  // SMB 2
    0xFF534D42,  // CIFS
    0x01021997,  // 9P
    0x65735546,  // FUSE
    0x5346414F,  // AFS
    0x73757245,  // Coda
    0x00C36400,  // Ceph
    0x0BD00BD0,  // Lustre
    0x01161970,  // GFS2
    0x7461636F,  // OCFS2
    0x47504653,  // GPFS
    0x19830326,  // BeeGFS
    0x786F4256,  // VirtualBox's shared folders
});

}  // namespace

bool is_network_kind(long kind) noexcept {
  // f_type is signed on some machines: the upper half is not to be looked at.
  const auto low = static_cast<long>(static_cast<unsigned long>(kind) & 0xFFFF'FFFFUL);
  return std::ranges::find(network_kinds, low) != network_kinds.end();
}

bool on_network(const std::filesystem::path& path) {
  std::error_code failed;
  auto place = std::filesystem::absolute(path, failed);
  while (!failed && !place.empty()) {
    struct statfs found{};
    if (::statfs(place.c_str(), &found) == 0) return is_network_kind(found.f_type);
    if (place == place.root_path()) return false;
    place = place.parent_path();
  }
  return false;
}

}  // namespace s3m::store
