// The bytes that an operation cannot avoid, moved with streaming stores and nothing computed.
// Pointers are 16-byte aligned, pixels are a multiple of 16.
//
// Masked transfer: image and mask read twice (once for the
// statistics, once for the result), one image written with streaming stores.
// 11 bytes a pixel. Table: an image is read and one written; where there is a mask, it is read.
// Score: two images and a mask are read.
#include <emmintrin.h>
#include <stdint.h>

uint64_t masked_transfer_floor(const __m128i* image, const __m128i* mask, __m128i* out,
                               int64_t pixels) {
  __m128i sum = _mm_setzero_si128();
  const int64_t groups = pixels / 16;
  for (int64_t i = 0; i < groups; ++i) {
    const __m128i changed = _mm_or_si128(_mm_or_si128(image[3 * i], image[3 * i + 1]), image[3 * i + 2]);
    sum = _mm_xor_si128(sum, _mm_xor_si128(changed, mask[i]));
  }
  for (int64_t i = 0; i < groups; ++i) {
    for (int k = 0; k < 3; ++k) _mm_stream_si128(out + 3 * i + k, image[3 * i + k]);
    sum = _mm_xor_si128(sum, mask[i]);
  }
  _mm_sfence();
  return (uint64_t)_mm_cvtsi128_si64(_mm_xor_si128(sum, _mm_unpackhi_epi64(sum, sum)));
}

uint64_t table_floor(const __m128i* image, const __m128i* mask, __m128i* out, int64_t image_bytes,
                     int64_t mask_bytes) {
  __m128i sum = _mm_setzero_si128();
  for (int64_t i = 0; i < image_bytes / 16; ++i) _mm_stream_si128(out + i, image[i]);
  for (int64_t i = 0; i < mask_bytes / 16; ++i) sum = _mm_xor_si128(sum, mask[i]);
  _mm_sfence();
  return (uint64_t)_mm_cvtsi128_si64(_mm_xor_si128(sum, _mm_unpackhi_epi64(sum, sum)));
}

uint64_t reading_floor(const __m128i* output, const __m128i* target, const __m128i* mask,
                       int64_t pixels) {
  __m128i sum = _mm_setzero_si128(), other = sum;
  for (int64_t i = 0; i < 3 * pixels / 16; ++i) {
    sum = _mm_xor_si128(sum, output[i]);
    other = _mm_xor_si128(other, target[i]);
  }
  for (int64_t i = 0; i < pixels / 16; ++i) sum = _mm_xor_si128(sum, mask[i]);
  sum = _mm_xor_si128(sum, other);
  return (uint64_t)_mm_cvtsi128_si64(_mm_xor_si128(sum, _mm_unpackhi_epi64(sum, sum)));
}
