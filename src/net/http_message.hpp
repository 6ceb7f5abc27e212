// http_message.hpp: what both ends of HTTP/1.1 exchange (RFC 9112).
//
// Layer  net.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace s3m::net {

// Header fields in the order received. Names and values are slices of one block of text that
// this object owns, so a message costs two allocations whatever the number of fields.
class Headers {
 public:
  // The first field of that name (ASCII case-insensitive); empty when absent.
  std::string_view get(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept;

  template <class Visit>  // visit(std::string_view name, std::string_view value)
  void for_each(Visit&& visit) const {
    for (const auto& field : fields_)
      visit(slice(field.name), slice(field.value));
  }
  std::size_t size() const noexcept { return fields_.size(); }

  // For parsers: takes the block; add() gives slices of it.
  void reset(std::string block);
  void add(std::string_view name, std::string_view value);  // both slices of block()
  std::string_view block() const noexcept { return block_; }

 private:
  struct Slice {
    std::uint32_t offset, length;
  };
  struct Field {
    Slice name, value;
  };
  std::string_view slice(Slice s) const noexcept {
    return std::string_view(block_).substr(s.offset, s.length);
  }
  std::string block_;
  std::vector<Field> fields_;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
  std::string body;  // whole, de-chunked
};

// A request as the server sees it. `target` is the raw request target, byte for byte: signatures
// are checked over it.
struct HttpRequest {
  std::string method;
  std::string target;
  Headers headers;
  std::string body;
};

}  // namespace s3m::net
