/* Words and phrases: found by a hash of how they begin.
 *
 * Section `words_LEVEL`, little-endian; every part starts at a multiple of 8:
 *
 *      0  u32  bytes of the pool
 *      4  u32  count of `lists`, even
 *      8  u32  leaf limit             one more than the greatest leaf
 *     12  u32  1 where a term has a blank, else 0: then white space need not be made single
 *     16       two tables of 24 bytes: at word starts, anywhere
 *                u32 entries, u32 slot bits,
 *                u32 token lengths    bit k: terms stand under a first token of k bytes (k < 8)
 *                u32 prefix lengths of ASCII terms, u32 prefix lengths   bit k: terms stand under their first k bytes
 *                u32 zero
 *     64       first bytes            256 bits: the bytes that terms of `anywhere` begin with
 *     96       for each table that has entries:
 *                u64 filter           1 << (slot bits - 2): the first bits of the hash of a key choose the word, twice six more a bit in it;
 *                                     both are set for the keys of all terms
 *                u32 starts           (1 << slot bits) + 1, by the first bits of the hash: the entries of a bucket
 *                entries              of 16 bytes, see sl_words_entry; a bucket's are sorted by their bytes
 *                                     then zeros to a multiple of 8
 *      …  u32  lists                  count, leaves; for entries of several leaves, in the order of the entries
 *      …       pool                   the terms' bytes, UTF-8, folded, single white space
 *
 * A key is up to eight bytes, zero-padded, little-endian; its hash is key × 0x9E3779B97F4A7C15 mod 2^64.
 */
#ifndef SOLON_WORDS_H
#define SOLON_WORDS_H

#include "solon.h"

enum { SL_WORDS_CLOSED_RIGHT = 1 << 24, SL_WORDS_MANY_LEAVES = 1 << 25, SL_WORDS_LENGTH = (1 << 24) - 1 };

#define SL_WORDS_MULTIPLIER 0x9E3779B97F4A7C15u

typedef struct {
    uint32_t offset; /* in the pool */
    uint32_t length; /* and the flags above it */
    uint32_t parent; /* the longest other entry of the bucket, before this one, that this one begins with; UINT32_MAX: none */
    uint32_t leaf;   /* or a place in `lists` */
} sl_words_entry;

typedef struct {
    uint32_t count, slot_bits, token_lengths, prefix_lengths_ascii, prefix_lengths;
    const uint64_t *filter;
    const uint32_t *starts;
    const sl_words_entry *entries;
} sl_words_table;

typedef struct {
    sl_words_table at_starts, anywhere;
    const uint8_t *first_bytes;
    const uint32_t *lists;
    const uint8_t *pool;
    uint32_t leaf_limit; /* every hit's leaf is below this */
    int has_blank;
} sl_words;

sl_status sl_words_open(sl_words *words, const uint8_t *section, size_t bytes, sl_fault *fault);

/* Appends a hit for each leaf and each start where one of its terms matches: the longest (and maybe shorter ones too). Not selected. */
sl_status sl_words_find(const sl_words *words, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_hits *hits);

#endif
