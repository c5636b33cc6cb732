/* Chooses among the versions of the loops, and makes them: see simd.h. */
#include "simd.h"

#include <stdatomic.h>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(SOLON_PORTABLE)
#define ON_X86
#include <immintrin.h>
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* One character of lower_ascii, and into `odd` whether the fast path may not take it. */
ALWAYS_INLINE uint8_t lower_one(uint8_t c, uint8_t upper, uint8_t *odd) {
    *odd |= (uint8_t)((c > 0x7E) | ((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r')));
    return (uint8_t)(c + ((uint8_t)(c - 'A') < upper ? 32 : 0));
}

/* Four words of the gate side by side; what the processor has no register for, the compiler does in parts. */
typedef uint64_t quad __attribute__((vector_size(32)));

enum { SL_STRIDE = 56 };
#define SL_STRIDE_BITS (~0ull >> (64 - SL_STRIDE))

/* The first bytes of a word of eight, one more than the index says. */
static const uint64_t first_bytes[8] = {0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF, ~0ull >> 24, ~0ull >> 16, ~0ull >> 8, ~0ull};

/* 64 bits of a row of bits, from bit `at` on. */
ALWAYS_INLINE uint64_t bits_from(const uint64_t *bits, uint32_t at) {
    uint32_t shift = at & 63;
    return bits[at >> 6] >> shift | bits[(at >> 6) + 1] << 1 << (63 - shift);
}

/* ── Plain C ─────────────────────────────────────────────────────────────────────────────────────── */

#define VERSION(x) x##_plain
#define TARGET

static int lower_ascii_plain(uint8_t *restrict to, const uint8_t *restrict from, size_t n, uint8_t upper) {
    uint8_t odd = 0;
    for (size_t i = 0; i < n; i++) to[i] = lower_one(from[i], upper, &odd);
    return !odd;
}

static sl_kinds kinds_of_64_plain(const uint8_t *p) {
    sl_kinds k = {0, 0, 0};
    for (int i = 0; i < 64; i++) {
        uint8_t c = p[i], lower = c | 0x20;
        uint64_t word = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
        k.word |= word << i;
        k.blank |= (uint64_t)(c == ' ') << i;
        k.other_space |= (uint64_t)(c >= 9 && c <= 13) << i;
    }
    return k;
}
#include "simd_impl.h"

#ifdef ON_X86

/* ── SSE2 ────────────────────────────────────────────────────────────────────────────────────────── */

#define VERSION(x) x##_sse2
#define TARGET
#define VECTOR __m128i
#define WIDTH 16
#define LOAD(p) _mm_loadu_si128((const __m128i *)(const void *)(p))
#define STORE(p, v) _mm_storeu_si128((__m128i *)(void *)(p), v)
#define ALL(c) _mm_set1_epi8(c)
#define ADD _mm_add_epi8
#define SUB _mm_sub_epi8
#define AND _mm_and_si128
#define OR _mm_or_si128
#define LEAST _mm_min_epu8
#define SAME _mm_cmpeq_epi8
#define BITS(v) ((uint64_t)(uint32_t)_mm_movemask_epi8(v))
#include "simd_bytes.h"
#include "simd_impl.h"

/* ── AVX2 ────────────────────────────────────────────────────────────────────────────────────────── */

#define VERSION(x) x##_avx2
#define TARGET __attribute__((target("avx2,bmi,bmi2")))
#define VECTOR __m256i
#define WIDTH 32
#define LOAD(p) _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define STORE(p, v) _mm256_storeu_si256((__m256i *)(void *)(p), v)
#define ALL(c) _mm256_set1_epi8(c)
#define ADD _mm256_add_epi8
#define SUB _mm256_sub_epi8
#define AND _mm256_and_si256
#define OR _mm256_or_si256
#define LEAST _mm256_min_epu8
#define SAME _mm256_cmpeq_epi8
#define BITS(v) ((uint64_t)(uint32_t)_mm256_movemask_epi8(v))
#include "simd_bytes.h"
#include "simd_impl.h"

/* ── AVX-512 ─────────────────────────────────────────────────────────────────────────────────────── */

#define VERSION(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx2,bmi,bmi2")))

/* PERF: masked loads: a message of at most 64 characters is one step, whatever its length. */
TARGET static int lower_ascii_avx512(uint8_t *restrict to, const uint8_t *restrict from, size_t n, uint8_t upper) {
    uint64_t odd = 0;
    for (size_t i = 0; i < n; i += 64) {
        __mmask64 here = n - i < 64 ? (1ull << (n - i)) - 1 : ~0ull;
        __m512i c = _mm512_mask_loadu_epi8(_mm512_set1_epi8(' '), here, from + i);
        uint64_t low = _mm512_cmplt_epu8_mask(c, _mm512_set1_epi8(0x20)) & ~_mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8('\t'))
                       & ~_mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8('\n')) & ~_mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8('\r'));
        odd |= low | _mm512_cmpgt_epu8_mask(c, _mm512_set1_epi8(0x7E));
        __mmask64 capital = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(c, _mm512_set1_epi8('A')), _mm512_set1_epi8(upper ? 26 : 0));
        _mm512_storeu_si512(to + i, _mm512_mask_add_epi8(c, capital, c, _mm512_set1_epi8(32)));
    }
    return !odd;
}

TARGET static sl_kinds kinds_of_64_avx512(const uint8_t *p) {
    __m512i c = _mm512_loadu_si512(p), lower = _mm512_or_si512(c, _mm512_set1_epi8(0x20));
    uint64_t letter = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
    uint64_t digit = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(c, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
    return (sl_kinds){letter | digit | _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8('_')), _mm512_cmpeq_epi8_mask(c, _mm512_set1_epi8(' ')),
                      _mm512_cmplt_epu8_mask(_mm512_sub_epi8(c, _mm512_set1_epi8(9)), _mm512_set1_epi8(5))};
}
#include "simd_impl.h"
#endif

/* ── The choice ──────────────────────────────────────────────────────────────────────────────────── */

#define KERNELS(of, what) {what, lower_ascii_##of, kinds_of_64_##of, walk_ascii_##of, walk_bits_##of, gate_narrow_##of, gate_wide_##of}
static const sl_simd versions[] = {
    KERNELS(plain, "plain"),
#ifdef ON_X86
    KERNELS(sse2, "sse2"),
    KERNELS(avx2, "avx2"),
    KERNELS(avx512, "avx512"),
#endif
};

static int has_path(int path) {
    switch (path) {
    case SL_SIMD_PLAIN: return 1;
#ifdef ON_X86
    case SL_SIMD_SSE2: return 1;
    case SL_SIMD_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    case SL_SIMD_AVX512: return has_path(SL_SIMD_AVX2) && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    default: return 0;
    }
}

static _Atomic(const sl_simd *) chosen;

const char *sl_simd_force(int path) {
    if (path == SL_SIMD_PATHS) do path--; while (!has_path(path));
    if (!has_path(path)) return NULL;
    atomic_store_explicit(&chosen, &versions[path], memory_order_relaxed);
    return versions[path].name;
}

const sl_simd *sl_simd_chosen(void) {
    const sl_simd *simd = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (simd) return simd;
    sl_simd_force(SL_SIMD_PATHS);
    return atomic_load_explicit(&chosen, memory_order_relaxed);
}
