-- CopyObject requests for wrk: formatted once, then sent in turn, so that wrk measures the wire.
local requests, next_request = {}, 0

function init(arguments)
  local bucket = arguments[1]
  for n = 0, 999 do
    local key = string.format("key/%06d", n)
    requests[n] = wrk.format("PUT", "/" .. bucket .. "/" .. key,
                             { ["x-amz-copy-source"] = "/bench-source/" .. key,
                               ["Content-Length"] = "0" })
  end
end

function request()
  next_request = (next_request + 1) % 1000
  return requests[next_request]
end
