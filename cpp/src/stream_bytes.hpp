// Copies that leave the cache alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace harmonia {

// Written past the cache in whole lines, the ends as usual: a line that is written whole need not
// be read first, which makes the copy of a large picture twice as fast.
inline void stream_bytes(const std::uint8_t* from, std::size_t bytes, std::uint8_t* to) {
#if defined(__SSE2__)
  constexpr std::size_t kLine = 64;
  const std::size_t ahead = (kLine - reinterpret_cast<std::uintptr_t>(to) % kLine) % kLine;
  if (bytes >= ahead + kLine) {
    std::memcpy(to, from, ahead);
    from += ahead, to += ahead, bytes -= ahead;
    for (; bytes >= kLine; from += kLine, to += kLine, bytes -= kLine) {
      const auto* const source = reinterpret_cast<const __m128i*>(from);
      auto* const line = reinterpret_cast<__m128i*>(to);
      const __m128i a = _mm_loadu_si128(source), b = _mm_loadu_si128(source + 1),
                    c = _mm_loadu_si128(source + 2), d = _mm_loadu_si128(source + 3);
      _mm_stream_si128(line, a);
      _mm_stream_si128(line + 1, b);
      _mm_stream_si128(line + 2, c);
      _mm_stream_si128(line + 3, d);
    }
  }
#endif
  std::memcpy(to, from, bytes);
}

// Before another thread may read what this one has streamed.
inline void end_streams() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

}  // namespace harmonia
