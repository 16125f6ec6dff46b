#ifndef CVECTOR_H
#define CVECTOR_H

/* What Swift's vectors lack: which lane of a comparison is the first that holds. Each function reads
   sixteen bytes, and is inlined into the Swift code that calls it. */

#include <stdint.h>

#if defined(__SSE2__)
#include <emmintrin.h>

typedef __m128i cvector_bytes;

static inline cvector_bytes cvector_load(const uint8_t *bytes) {
  return _mm_loadu_si128((const __m128i *)bytes);
}

static inline cvector_bytes cvector_equal(cvector_bytes bytes, uint8_t byte) {
  return _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)byte));
}

static inline cvector_bytes cvector_or(cvector_bytes one, cvector_bytes other) {
  return _mm_or_si128(one, other);
}

/* Below 0x20 or, as signed numbers are, above 0x7F. */
static inline cvector_bytes cvector_not_plain(cvector_bytes bytes) {
  return _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
}

static inline int cvector_first(cvector_bytes found) {
  return __builtin_ctz((unsigned)_mm_movemask_epi8(found) | 0x10000u);
}

#elif defined(__ARM_NEON)
#include <arm_neon.h>

typedef uint8x16_t cvector_bytes;

static inline cvector_bytes cvector_load(const uint8_t *bytes) { return vld1q_u8(bytes); }

static inline cvector_bytes cvector_equal(cvector_bytes bytes, uint8_t byte) {
  return vceqq_u8(bytes, vdupq_n_u8(byte));
}

static inline cvector_bytes cvector_or(cvector_bytes one, cvector_bytes other) {
  return vorrq_u8(one, other);
}

static inline cvector_bytes cvector_not_plain(cvector_bytes bytes) {
  return vcltq_s8(vreinterpretq_s8_u8(bytes), vdupq_n_s8(0x20));
}

/* Four bits of each lane, side by side. */
static inline int cvector_first(cvector_bytes found) {
  uint64_t lanes =
      vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(found), 4)), 0);
  return lanes ? __builtin_ctzll(lanes) >> 2 : 16;
}

#else
#error "sixteen bytes at once: SSE2 or NEON is needed"
#endif

/* The place of the first of sixteen bytes that a scan of a JSON string must look at: a quote, a
   backslash, a control character or what is not ASCII; 16 if there is none. */
static inline int cvector_string_stop(const uint8_t *bytes) {
  cvector_bytes all = cvector_load(bytes);
  cvector_bytes marks = cvector_or(cvector_equal(all, '"'), cvector_equal(all, '\\'));
  return cvector_first(cvector_or(marks, cvector_not_plain(all)));
}

/* The place of the first of sixteen bytes that ends a cell of CSV: `delimiter`, a line feed or a
   carriage return; 16 if there is none. */
static inline int cvector_cell_stop(const uint8_t *bytes, uint8_t delimiter) {
  cvector_bytes all = cvector_load(bytes);
  cvector_bytes ends = cvector_or(cvector_equal(all, '\n'), cvector_equal(all, '\r'));
  return cvector_first(cvector_or(ends, cvector_equal(all, delimiter)));
}

#endif
