// asio.cpp: Asio's implementation, compiled once for the whole tree.
#include <boost/asio/impl/src.hpp>
