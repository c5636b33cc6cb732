/* The loops that are worth a vector, in one version for each kind of processor, chosen when the program runs.
 *
 * All versions of a loop give the same results; they differ in how many bytes they look at together. `plain` is C for any
 * machine, of which compilers make the vectors that it has (NEON, say); `sse2` is there on every x86-64, the others where the
 * processor says so.
 */
#ifndef SOLON_SIMD_H
#define SOLON_SIMD_H

#include "dfa.h"
#include "words.h"

enum { SL_SIMD_PLAIN = 0, SL_SIMD_SSE2 = 1, SL_SIMD_AVX2 = 2, SL_SIMD_AVX512 = 3, SL_SIMD_PATHS = 4 };

enum { SL_WALK_END = 0, SL_WALK_GOES_ON = 1, SL_WALK_SPACES = 2, SL_PLACES_FULL = 32, SL_PLACES_MOST = SL_PLACES_FULL + 64 };

/* A walk over the word starts of a text, some bytes at a time. INVARIANT: 64 zeros may be read after its end. */
typedef struct {
    const sl_words_table *table;
    const uint8_t *bytes;
    uint32_t length, at; /* `at`: the next block */
    int every_start;     /* the usual keys are not all keys of the table: report each start */
    int spaces_matter;   /* stop at white space that is not a single blank */
    uint64_t word_before, space_before; /* of the bytes: what was the byte before `at`? */
    const uint64_t *starts, *goes_on; /* of other text: as in words_text.h */
    uint32_t count; /* places where a term of the table may begin */
    uint32_t places[SL_PLACES_MOST];
} sl_walk;

/* What 64 bytes of ASCII are, a bit for each. */
typedef struct {
    uint64_t word, blank, other_space; /* [A-Za-z0-9_]; U+0020; U+0009 to U+000D */
} sl_kinds;

/* A walk of a stream through a chunk of the gate; it stops where there is no room for one more hit. */
typedef struct {
    const sl_dfa_gate *gate;
    const sl_stream *stream;
    uint32_t at, room, count;
    sl_gate_hit *hits; /* the `count` of this part of the walk */
    uint64_t bits[SL_GATE_WORDS], seen[SL_GATE_WORDS];
} sl_gate_walk;

typedef struct {
    const char *name;
    /* Copy `n` characters, the first `upper` letters of the alphabet (26 or 0) in lower case; 0 where a byte is not ASCII or is a
     * control that folding drops. Writes up to 63 bytes more. */
    int (*lower_ascii)(uint8_t *to, const uint8_t *from, size_t n, uint8_t upper);
    sl_kinds (*kinds_of_64)(const uint8_t *bytes);
    /* The next places where a term of the table may begin: SL_WALK_END where these are the last ones, SL_WALK_SPACES where `at` has white
     * space that matters. */
    int (*walk_ascii)(sl_walk *walk);
    int (*walk_bits)(sl_walk *walk);
    /* 0 where the text has ended, and what comes after it is looked at too. */
    int (*gate_narrow)(sl_gate_walk *walk);
    int (*gate_wide)(sl_gate_walk *walk);
} sl_simd;

/* The best version that this processor has, or the one that was forced. */
const sl_simd *sl_simd_chosen(void);

/* For tests and for figures: take version `path` from now on, SL_SIMD_PATHS for the best; its name, or NULL (and nothing is changed) where
 * this processor does not have it. Decisions that run meanwhile take the one or the other, which say the same. */
const char *sl_simd_force(int path);

#endif
