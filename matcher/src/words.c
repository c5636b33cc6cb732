/* Opens the words of a level and finds them.
 *
 * The stream is read as UTF-8 with its white space made single (the stream itself where it is so already). At each word start
 * the first bytes are hashed, a bitmap turns most of them away (simd.h), and a bucket of few terms is left. The work at one place is bounded by the
 * longest term of the policy, whatever the message.
 */
#include "words.h"

#include "simd.h"
#include "words_text.h"

enum { HEADER_BYTES = 96, TABLE_BYTES = 24, TABLES_AT = 16, FIRST_BYTES_AT = 64, SLOT_BITS_MOST = 28, LOOK_BACK = 8 };
#define NONE UINT32_MAX

#define REFUSE(why, where) SL_REFUSE(fault, "words", why, where)

/* ── Opening ─────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const uint8_t *section;
    size_t bytes, at;
} reader;

/* `count` items of `size` bytes, or NULL where they do not fit. */
static const void *take(reader *r, uint64_t count, size_t size) {
    uint64_t wanted = count * size; /* both are far below 2^32 */
    if (wanted > r->bytes - r->at) return NULL;
    const void *taken = r->section + r->at;
    r->at += (size_t)wanted;
    return taken;
}

static sl_status open_table(sl_words_table *t, const uint32_t *head, reader *r, sl_fault *fault) {
    t->count = head[0];
    t->slot_bits = head[1];
    t->token_lengths = head[2];
    t->prefix_lengths_ascii = head[3];
    t->prefix_lengths = head[4];
    if (head[5] || t->token_lengths >> 8 || t->prefix_lengths_ascii >> 9 || t->prefix_lengths >> 9
        || ((t->token_lengths | t->prefix_lengths_ascii | t->prefix_lengths) & 1))
        REFUSE("a field of a table is out of range", r->at);
    if (!t->count) return SL_OK;
    if (t->slot_bits < 3 || t->slot_bits > SLOT_BITS_MOST) REFUSE("slot bits out of range", t->slot_bits);
    uint64_t slots = 1ull << t->slot_bits;
    t->filter = take(r, slots / 4, sizeof *t->filter);
    t->starts = take(r, slots + 1, sizeof *t->starts);
    t->entries = take(r, t->count, sizeof *t->entries);
    if (!t->filter || !t->starts || !t->entries || !take(r, (8 - r->at % 8) % 8, 1)) REFUSE("a table reaches past the end", r->at);
    if (t->starts[0] != 0 || t->starts[slots] != t->count) REFUSE("the buckets do not tile", 0);
    for (uint64_t i = 0; i < slots; i++)
        if (t->starts[i] > t->starts[i + 1]) REFUSE("the buckets do not tile", i);
    return SL_OK;
}

/* `next_list` is where the next entry of several leaves must have its list: they tile. */
static sl_status verify_entries(const sl_words *w, const sl_words_table *t, uint32_t pool_bytes, uint32_t list_count, uint32_t *next_list,
                                sl_fault *fault) {
    for (uint32_t i = 0; i < t->count; i++) {
        const sl_words_entry *e = &t->entries[i];
        uint32_t length = e->length & SL_WORDS_LENGTH;
        if (length == 0 || (uint64_t)e->offset + length > pool_bytes || e->length >> 26) REFUSE("a term is out of range", i);
        if (e->parent != NONE && (e->parent >= i || (t->entries[e->parent].length & SL_WORDS_LENGTH) > length))
            REFUSE("a parent does not come before its term", i);
        if (!(e->length & SL_WORDS_MANY_LEAVES)) {
            if (e->leaf >= w->leaf_limit) REFUSE("a leaf that is not there", i);
            continue;
        }
        uint32_t at = e->leaf;
        if (at != *next_list || at >= list_count || w->lists[at] == 0 || w->lists[at] >= list_count - at) REFUSE("the lists do not tile", i);
        for (uint32_t k = 1; k <= w->lists[at]; k++)
            if (w->lists[at + k] >= w->leaf_limit) REFUSE("a leaf that is not there", at + k);
        *next_list = at + 1 + w->lists[at];
    }
    return SL_OK;
}

sl_status sl_words_open(sl_words *w, const uint8_t *section, size_t bytes, sl_fault *fault) {
    memset(w, 0, sizeof *w);
    if (bytes < HEADER_BYTES || ((uintptr_t)section & 7)) REFUSE("too short or not aligned", bytes);
    const uint32_t *h = (const uint32_t *)section;
    uint32_t pool_bytes = h[0], list_count = h[1], next_list = 0;
    w->leaf_limit = h[2];
    w->has_blank = (int)h[3];
    if (h[3] > 1 || list_count % 2 || pool_bytes % 8) REFUSE("a field of the header is out of range", 0);
    w->first_bytes = section + FIRST_BYTES_AT;
    reader r = {section, bytes, HEADER_BYTES};
    sl_status status = open_table(&w->at_starts, h + TABLES_AT / 4, &r, fault);
    if (!status) status = open_table(&w->anywhere, h + (TABLES_AT + TABLE_BYTES) / 4, &r, fault);
    if (status) return status;
    w->lists = take(&r, list_count, sizeof *w->lists);
    w->pool = w->lists ? take(&r, pool_bytes, 1) : NULL;
    if (!w->pool || r.at != bytes) REFUSE("the counts do not fit the length", bytes);
    status = verify_entries(w, &w->at_starts, pool_bytes, list_count, &next_list, fault);
    if (!status) status = verify_entries(w, &w->anywhere, pool_bytes, list_count, &next_list, fault);
    return status;
}

/* ── Looking up ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const sl_words *words;
    const sl_props *props;
    const sl_stream *stream;
    sl_arena *arena;
    sl_hits *hits;
    sl_words_text text;
} search;

/* Is there a hit of this leaf from the same start among the last ones? It was longer then, for longer terms come first. */
static int has_longer(const sl_hits *hits, uint32_t leaf, uint32_t start, uint32_t end) {
    for (uint32_t k = hits->count, few = LOOK_BACK; k > 0 && few > 0; k--, few--) {
        sl_hit *hit = &hits->items[k - 1];
        if (hit->start != start) return 0;
        if (hit->leaf != leaf) continue;
        if (hit->end < end) hit->end = end;
        return 1;
    }
    return 0;
}

static sl_status report(search *f, const sl_words_entry *e, uint32_t first, uint32_t last) {
    uint32_t start = sl_origin(f->stream, first), end = sl_reach(f->stream, last), one = 1;
    const uint32_t *leaves = &e->leaf, *many = &one;
    if (e->length & SL_WORDS_MANY_LEAVES) {
        many = &f->words->lists[e->leaf];
        leaves = many + 1;
    }
    for (uint32_t k = 0; k < *many; k++) {
        if (has_longer(f->hits, leaves[k], start, end)) continue;
        sl_status status = sl_hits_push(f->hits, f->arena, leaves[k], start, end);
        if (status) return status;
    }
    return SL_OK;
}

static uint32_t common_bytes(const uint8_t *a, const uint8_t *b, uint32_t most) {
    uint32_t k = 0;
    while (k < most && a[k] == b[k]) k++;
    return k;
}

/* All terms of a bucket that the text at `at` begins with. The last entry that sorts before the text, or the same, begins with every
 * other one that does: they are its chain of parents. */
static sl_status look_in_bucket(search *f, const sl_words_table *t, uint32_t low, uint32_t high, uint32_t at) {
    const uint8_t *pool = f->words->pool, *bytes = f->text.view.bytes + at;
    uint32_t rest = f->text.view.length - at, bottom = low;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, length = t->entries[middle].length & SL_WORDS_LENGTH;
        int order = memcmp(pool + t->entries[middle].offset, bytes, length < rest ? length : rest);
        if (order < 0 || (order == 0 && length <= rest)) low = middle + 1;
        else high = middle;
    }
    if (low == bottom) return SL_OK;
    uint32_t index = low - 1, length = t->entries[index].length & SL_WORDS_LENGTH;
    uint32_t common = common_bytes(pool + t->entries[index].offset, bytes, length < rest ? length : rest);
    uint32_t first = sl_words_text_char(&f->text, at);
    for (; index != NONE; index = t->entries[index].parent) {
        const sl_words_entry *e = &t->entries[index];
        length = e->length & SL_WORDS_LENGTH;
        if (length > common) continue;
        uint32_t end = sl_words_text_char(&f->text, at + length);
        if (end <= first) continue; /* half a character: the terms of a damaged section */
        if ((e->length & SL_WORDS_CLOSED_RIGHT) && !sl_edge(f->props, f->stream, end)) continue;
        sl_status status = report(f, e, first, end - 1);
        if (status) return status;
    }
    return SL_OK;
}

static uint64_t eight_bytes(const uint8_t *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}

static inline uint64_t may_have(const sl_words_table *t, uint64_t hash) {
    uint32_t bits = t->slot_bits - 2;
    uint64_t word = t->filter[hash >> (64 - bits)];
    return word >> (hash >> (58 - bits) & 63) & word >> (hash >> (52 - bits) & 63) & 1;
}

/* Tries the keys of the given lengths (bit k: k bytes) at one place. */
static sl_status look_at(search *f, const sl_words_table *t, uint32_t lengths, uint32_t at) {
    uint64_t bytes = eight_bytes(f->text.view.bytes + at);
    for (; lengths; lengths &= lengths - 1) {
        uint32_t length = (uint32_t)__builtin_ctz(lengths);
        uint64_t hash = (length == 8 ? bytes : bytes & ((1ull << 8 * length) - 1)) * SL_WORDS_MULTIPLIER;
        if (!may_have(t, hash)) continue;
        uint64_t slot = hash >> (64 - t->slot_bits);
        sl_status status = look_in_bucket(f, t, t->starts[slot], t->starts[slot + 1], at);
        if (status) return status;
    }
    return SL_OK;
}

static int is_word_byte(uint8_t c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

/* The bytes of the token that starts at `at`; 31 where there are eight or more. */
static uint32_t token_length(const sl_words_text *t, uint32_t at) {
    for (uint32_t k = 1; k < 8; k++) {
        uint32_t next = at + k;
        if (!(t->goes_on ? t->goes_on[next >> 6] >> (next & 63) & 1 : (uint64_t)is_word_byte(t->view.bytes[next]))) return k;
    }
    return 31;
}

/* The hits of one text at word starts. 0 in `*whole`: it has white space that must be made single first. */
static sl_status walk(search *f, const sl_words_table *t, int spaces_matter, int *whole) {
    uint32_t prefixes = f->stream->narrow ? t->prefix_lengths_ascii : t->prefix_lengths, tokens = t->token_lengths;
    const sl_simd *simd = sl_simd_chosen();
    sl_walk w;
    w.table = t;
    w.bytes = f->text.view.bytes;
    w.length = f->text.view.length;
    w.every_start = (prefixes & 0xFF) != 0;
    w.spaces_matter = spaces_matter;
    w.starts = f->text.starts;
    w.goes_on = f->text.goes_on;
    w.word_before = w.space_before = w.at = 0;
    int (*step)(sl_walk *) = f->text.starts ? simd->walk_bits : simd->walk_ascii;
    for (int more = SL_WALK_GOES_ON; more == SL_WALK_GOES_ON;) {
        more = step(&w);
        *whole = more != SL_WALK_SPACES;
        for (uint32_t k = 0; k < w.count && *whole; k++) {
            uint32_t at = w.places[k], lengths = prefixes | (tokens & 1u << token_length(&f->text, at));
            if (!lengths || !sl_starts(f->stream, sl_words_text_char(&f->text, at))) continue;
            sl_status status = look_at(f, t, lengths, at);
            if (status) return status;
        }
    }
    return SL_OK;
}

static sl_status find_anywhere(search *f, const sl_words_table *t) {
    uint32_t lengths = f->stream->narrow ? t->prefix_lengths_ascii : t->prefix_lengths;
    const uint8_t *bytes = f->text.view.bytes, *first = f->words->first_bytes;
    for (uint32_t at = 0; at < f->text.view.length; at++) {
        if (!(first[bytes[at] >> 3] >> (bytes[at] & 7) & 1) || !sl_starts(f->stream, sl_words_text_char(&f->text, at))) continue;
        sl_status status = look_at(f, t, lengths, at);
        if (status) return status;
    }
    return SL_OK;
}

static int has_spaces(const uint8_t *bytes, uint32_t length) { /* other than single blanks */
    const sl_simd *simd = sl_simd_chosen();
    uint64_t before = 0;
    for (uint32_t at = 0; at < length; at = length - at > 64 ? at + 64 : length) {
        sl_kinds kinds = simd->kinds_of_64(bytes + at);
        uint64_t space = kinds.blank | kinds.other_space;
        if (kinds.other_space | (space & (space << 1 | before))) return 1;
        before = space >> 63;
    }
    return 0;
}

sl_status sl_words_find(const sl_words *w, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_hits *hits) {
    if (!stream->length) return SL_OK;
    search f = {.words = w, .props = props, .stream = stream, .arena = arena, .hits = hits};
    uint32_t before = hits->count;
    int whole = 1;
    f.text.view = (sl_view){stream->narrow, stream->length, NULL};
    if (!stream->narrow) {
        sl_status status = sl_words_text_wide(&f.text, props, stream, w->has_blank, arena);
        if (status) return status;
    } else if (w->has_blank && w->anywhere.count) {
        whole = !has_spaces(stream->narrow, stream->length);
    }
    sl_status status = SL_OK;
    if (whole && w->at_starts.count) status = walk(&f, &w->at_starts, stream->narrow && w->has_blank, &whole);
    if (!whole && !status) { /* begin again */
        hits->count = before;
        status = sl_words_text_single(&f.text, stream, arena);
        if (!status && w->at_starts.count) status = walk(&f, &w->at_starts, 0, &whole);
    }
    if (!status && w->anywhere.count) status = find_anywhere(&f, &w->anywhere);
    return status;
}
