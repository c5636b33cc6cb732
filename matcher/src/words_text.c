/* Makes texts for words: see words_text.h. */
#include "words_text.h"

#include "simd.h"

enum { GROUP = 8, SHORT = 4096 };

/* ── Narrow streams: single white space ──────────────────────────────────────────────────────────── */

/* The 64 bytes at `from` without those of `removed`, other white space as blanks. Returns where the next ones go; may write 64 bytes more. */
static uint8_t *without(uint8_t *to, const uint8_t *from, sl_kinds kinds, uint64_t removed) {
    uint8_t block[128];
    memcpy(block, from, 64);
    for (uint64_t bits = kinds.other_space; bits; bits &= bits - 1) block[__builtin_ctzll(bits)] = ' ';
    uint32_t begin = 0;
    for (; removed; removed &= removed - 1) {
        uint32_t end = (uint32_t)__builtin_ctzll(removed);
        memcpy(to, block + begin, 64); /* more than is wanted: a length that is known takes no call */
        to += end - begin;
        begin = end + 1;
    }
    memcpy(to, block + begin, 64);
    return to + 64 - begin;
}

sl_status sl_words_text_single(sl_words_text *t, const sl_stream *s, sl_arena *arena) {
    uint32_t n = s->length, blocks = n / 64 + 1;
    uint8_t *bytes = sl_arena_take(arena, (size_t)n + 192), *to = bytes;
    t->removed = sl_arena_take(arena, (size_t)blocks * sizeof *t->removed);
    t->from = sl_arena_take(arena, (size_t)blocks * sizeof *t->from);
    if (!bytes || !t->removed || !t->from) return SL_NO_MEMORY;
    const sl_simd *simd = sl_simd_chosen();
    uint64_t space_before = 0;
    for (uint32_t block = 0; block < blocks; block++) {
        const uint8_t *from = s->narrow + (size_t)block * 64;
        sl_kinds kinds = simd->kinds_of_64(from); /* beyond the end stand zeros */
        uint64_t space = kinds.blank | kinds.other_space;
        t->removed[block] = space & (space << 1 | space_before);
        t->from[block] = (uint32_t)(to - bytes);
        space_before = space >> 63;
        to = without(to, from, kinds, t->removed[block]);
    }
    uint32_t length = (uint32_t)(to - bytes) - (blocks * 64 - n);
    memset(bytes + length, 0, 64);
    t->view = (sl_view){bytes, length, NULL};
    t->stream_length = n;
    t->starts = t->goes_on = NULL;
    return SL_OK;
}

uint32_t sl_words_text_find(const sl_words_text *t, uint32_t at) {
    if (at >= t->view.length) return t->stream_length;
    uint32_t low = at / 64, high = t->stream_length / 64; /* nothing was added: its block does not lie before */
    while (low < high) {
        uint32_t middle = high - (high - low) / 2;
        if (t->from[middle] <= at) low = middle;
        else high = middle - 1;
    }
    uint64_t kept = ~t->removed[low];
    for (uint32_t k = at - t->from[low]; k > 0; k--) kept &= kept - 1;
    return low * 64 + (uint32_t)__builtin_ctzll(kept);
}

/* ── Wide streams ────────────────────────────────────────────────────────────────────────────────── */

/* What grows while a wide stream is read. `unspaced`: was the last character one of a script without spaces? */
typedef struct {
    const sl_props *props;
    const uint32_t *from;
    uint8_t *to;
    uint32_t *map, out;
    uint64_t *word, *edge; /* bytes of word characters outside ASCII; bytes before which there is an edge all the same */
    int blanks_matter, space, unspaced;
} reading;

static inline void set_bits(uint64_t *bits, uint32_t at, uint64_t few) {
    bits[at >> 6] |= few << (at & 63);
    if (at & 63) bits[(at >> 6) + 1] |= few >> (64 - (at & 63));
}

static void read_one(reading *r, uint32_t i) {
    uint32_t c = r->from[i], out = r->out;
    uint8_t kind = sl_props_of(r->props, c);
    if (r->blanks_matter && (kind & SL_SPACE)) {
        if (r->space) return;
        c = ' ';
    }
    r->space = (kind & SL_SPACE) != 0;
    uint32_t size = sl_utf8_put(r->to + out, c);
    for (uint32_t k = 0; k < size; k++) r->map[out + k] = i;
    if (c >= 0x80 && (kind & SL_WORD)) set_bits(r->word, out, (1ull << size) - 1);
    if (r->unspaced | (kind & SL_UNSPACED)) set_bits(r->edge, out, 1);
    r->unspaced = (kind & SL_UNSPACED) != 0;
    r->out = out + size;
}

static inline uint32_t is_space(uint32_t c) { return (c == ' ') | (c - 9 < 5); } /* of ASCII, folded */

/* Are the next characters ASCII, and no two of white space side by side where that matters? Then they are taken together. */
static int read_group(reading *r, uint32_t i) {
    const uint32_t *from = r->from + i;
    uint32_t all = 0, spaces = 0;
    for (uint32_t k = 0; k < GROUP; k++) all |= from[k];
    if (all >= 0x80) return 0;
    if (r->blanks_matter) {
        for (uint32_t k = 1; k < GROUP; k++) spaces |= is_space(from[k]) & is_space(from[k - 1]);
        if (spaces | ((uint32_t)r->space & is_space(from[0]))) return 0;
        r->space = (int)is_space(from[GROUP - 1]);
    }
    uint8_t *to = r->to + r->out;
    uint32_t *map = r->map + r->out;
    uint32_t blanks = r->blanks_matter ? 5 : 0;
    for (uint32_t k = 0; k < GROUP; k++) to[k] = (uint8_t)(from[k] - 9 < blanks ? ' ' : from[k]);
    for (uint32_t k = 0; k < GROUP; k++) map[k] = i + k;
    if (r->unspaced) set_bits(r->edge, r->out, 1);
    r->unspaced = 0;
    r->out += GROUP;
    return 1;
}

/* The words of the bytes are told by the bytes where they are ASCII, by the bits that were set where they are not. */
static void find_starts(reading *r, uint32_t words) {
    const sl_simd *simd = sl_simd_chosen();
    uint64_t before = 0;
    for (uint32_t k = 0; k < words; k++) {
        uint64_t word = r->word[k] | simd->kinds_of_64(r->to + (size_t)k * 64).word;
        uint64_t starts = word & (~(word << 1 | before) | r->edge[k]);
        r->word[k] = word & ~starts; /* what goes on */
        r->edge[k] = starts;
        before = word >> 63;
    }
}

sl_status sl_words_text_wide(sl_words_text *t, const sl_props *props, const sl_stream *s, int blanks_matter, sl_arena *arena) {
    uint32_t n = s->length, room = n <= SHORT ? 4 * n : sl_utf8_length(s);
    if (!room && n) return SL_NO_MEMORY;
    uint32_t words = room / 64 + 2;
    reading r = {.props = props, .from = s->wide, .blanks_matter = blanks_matter};
    r.to = sl_arena_take(arena, (size_t)room + 192);
    r.map = sl_arena_take(arena, ((size_t)room + 1) * sizeof *r.map);
    r.word = sl_arena_take(arena, (size_t)words * 16);
    if (!r.to || !r.map || !r.word) return SL_NO_MEMORY;
    r.edge = r.word + words;
    memset(r.word, 0, (size_t)words * 16);
    for (uint32_t i = 0; i < n;) {
        if (n - i >= GROUP && read_group(&r, i)) i += GROUP;
        else for (uint32_t end = n - i < GROUP ? n : i + GROUP; i < end; i++) read_one(&r, i);
    }
    r.map[r.out] = n;
    memset(r.to + r.out, 0, 192);
    find_starts(&r, r.out / 64 + 2);
    *t = (sl_words_text){{r.to, r.out, r.map}, n, r.edge, r.word, NULL, NULL};
    return SL_OK;
}
