/* Opens the words of a level and finds them.
 *
 * The stream is read as UTF-8 with its white space made single (a view; the stream itself where it is so already). At each word start
 * the first bytes are hashed, a bitmap turns most of them away, and a bucket of few terms is left. The work at one place is bounded by the
 * longest term of the policy, whatever the message.
 */
#include "words.h"

#include "utf8_view.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { HEADER_BYTES = 96, TABLE_BYTES = 24, TABLES_AT = 16, FIRST_BYTES_AT = 64, SLOT_BITS_MOST = 28, LOOK_BACK = 8 };
#define MULTIPLIER 0x9E3779B97F4A7C15u
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
    if (h[3] || list_count % 2 || pool_bytes % 8) REFUSE("a field of the header is out of range", 0);
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

/* ── The view: single white space, word starts ───────────────────────────────────────────────────── */

/* One bit for each byte of the view, and a word more. A word starts at the bits of `starts`; the bytes of `goes_on` belong to the same
 * token as the byte before them. */
typedef struct {
    sl_view view;
    uint64_t *starts, *goes_on;
    uint32_t words; /* of 64 bits */
} text;

static sl_status bits_room(text *t, sl_arena *arena, uint32_t length) {
    t->words = length / 64 + 2;
    t->starts = sl_arena_take(arena, (size_t)t->words * 16);
    if (!t->starts) return SL_NO_MEMORY;
    t->goes_on = t->starts + t->words;
    return SL_OK;
}

typedef struct {
    uint64_t word, blank, other_space; /* [A-Za-z0-9_]; U+0020; U+0009 to U+000D */
} kinds;

static inline kinds kinds_of_64(const uint8_t *p) {
    kinds k = {0, 0, 0};
#ifdef __SSE2__
    for (int part = 0; part < 4; part++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(p + 16 * part));
        __m128i lower = _mm_or_si128(c, _mm_set1_epi8(0x20));
        __m128i letter = _mm_and_si128(_mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)), _mm_cmplt_epi8(lower, _mm_set1_epi8('z' + 1)));
        __m128i digit = _mm_and_si128(_mm_cmpgt_epi8(c, _mm_set1_epi8('0' - 1)), _mm_cmplt_epi8(c, _mm_set1_epi8('9' + 1)));
        __m128i word = _mm_or_si128(_mm_or_si128(letter, digit), _mm_cmpeq_epi8(c, _mm_set1_epi8('_')));
        __m128i blank = _mm_cmpeq_epi8(c, _mm_set1_epi8(' '));
        __m128i other = _mm_and_si128(_mm_cmpgt_epi8(c, _mm_set1_epi8(8)), _mm_cmplt_epi8(c, _mm_set1_epi8(14)));
        k.word |= (uint64_t)(uint32_t)_mm_movemask_epi8(word) << (16 * part);
        k.blank |= (uint64_t)(uint32_t)_mm_movemask_epi8(blank) << (16 * part);
        k.other_space |= (uint64_t)(uint32_t)_mm_movemask_epi8(other) << (16 * part);
    }
#else
    for (int i = 0; i < 64; i++) {
        uint8_t c = p[i], lower = c | 0x20;
        uint64_t word = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
        k.word |= word << i;
        k.blank |= (uint64_t)(c == ' ') << i;
        k.other_space |= (uint64_t)(c >= 9 && c <= 13) << i;
    }
#endif
    return k;
}

/* Fills the bits of an ASCII view; returns whether all white space in it is single blanks. */
static int ascii_bits(text *t) {
    uint64_t word_before = 0, blank_before = 0, trouble = 0;
    uint32_t n = t->view.length;
    for (uint32_t k = 0; k < t->words; k++) {
        uint64_t at = (uint64_t)k * 64;
        kinds kind = {0, 0, 0};
        if (at + 64 <= n) {
            kind = kinds_of_64(t->view.bytes + at);
        } else if (at < n) {
            uint8_t tail[64] = {0};
            memcpy(tail, t->view.bytes + at, n - at);
            kind = kinds_of_64(tail);
        }
        t->goes_on[k] = kind.word & (kind.word << 1 | word_before);
        t->starts[k] = kind.word & ~t->goes_on[k];
        trouble |= kind.other_space | (kind.blank & (kind.blank << 1 | blank_before));
        word_before = kind.word >> 63;
        blank_before = kind.blank >> 63;
    }
    return !trouble;
}

static sl_status single_blanks(text *t, sl_arena *arena) {
    const uint8_t *from = t->view.bytes;
    uint32_t n = t->view.length, *map, out = 0;
    uint8_t *to;
    sl_status status = sl_view_room(arena, n, &to, &map);
    if (status) return status;
    for (uint32_t i = 0; i < n; i++) {
        uint8_t c = from[i];
        int space = c == ' ' || (c >= 9 && c <= 13);
        if (space && out && to[out - 1] == ' ') continue;
        map[out] = i;
        to[out++] = space ? ' ' : c;
    }
    map[out] = n;
    memset(to + out, 0, 16);
    t->view = (sl_view){to, out, map};
    t->words = out / 64 + 2; /* fewer than there is room for; goes_on stays where it is */
    ascii_bits(t);
    return SL_OK;
}

static sl_status read_wide(text *t, const sl_props *props, const sl_stream *s, sl_arena *arena) {
    uint32_t room = sl_utf8_length(s), *map, out = 0;
    uint8_t *to, before = 0;
    if (!room && s->length) return SL_NO_MEMORY;
    sl_status status = sl_view_room(arena, room, &to, &map);
    if (!status) status = bits_room(t, arena, room);
    if (status) return status;
    memset(t->starts, 0, (size_t)t->words * 16);
    for (uint32_t i = 0; i < s->length; i++) {
        uint32_t c = s->wide[i];
        uint8_t kind = sl_props_of(props, c);
        if (kind & SL_SPACE) {
            if (!(before & SL_SPACE)) {
                map[out] = i;
                to[out++] = ' ';
            }
            before = kind;
            continue;
        }
        uint32_t size = sl_utf8_put(to + out, c);
        for (uint32_t k = 0; k < size; k++) {
            uint32_t at = out + k;
            map[at] = i;
            if (!(kind & SL_WORD)) continue;
            if (k == 0 && (i == 0 || sl_edge_of(before, kind))) t->starts[at >> 6] |= 1ull << (at & 63);
            else t->goes_on[at >> 6] |= 1ull << (at & 63);
        }
        out += size;
        before = kind;
    }
    map[out] = s->length;
    memset(to + out, 0, 16);
    t->view = (sl_view){to, out, map};
    return SL_OK;
}

static sl_status read_stream(text *t, const sl_props *props, const sl_stream *s, sl_arena *arena) {
    if (!s->narrow) return read_wide(t, props, s, arena);
    t->view = (sl_view){s->narrow, s->length, NULL};
    sl_status status = bits_room(t, arena, s->length);
    if (status || ascii_bits(t)) return status;
    return single_blanks(t, arena);
}

/* ── Looking up ──────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const sl_words *words;
    const sl_props *props;
    const sl_stream *stream;
    sl_arena *arena;
    sl_hits *hits;
    text text;
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
    uint32_t first = sl_view_char(&f->text.view, at);
    for (; index != NONE; index = t->entries[index].parent) {
        const sl_words_entry *e = &t->entries[index];
        length = e->length & SL_WORDS_LENGTH;
        if (length > common) continue;
        uint32_t end = sl_view_char(&f->text.view, at + length);
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
        uint64_t hash = (length == 8 ? bytes : bytes & ((1ull << 8 * length) - 1)) * MULTIPLIER;
        if (!may_have(t, hash)) continue;
        uint64_t slot = hash >> (64 - t->slot_bits);
        sl_status status = look_in_bucket(f, t, t->starts[slot], t->starts[slot + 1], at);
        if (status) return status;
    }
    return SL_OK;
}

/* The bytes of the token that starts at `at`, if they are fewer than eight; else at least eight. */
static uint32_t token_length(const text *t, uint32_t at) {
    uint32_t next = at + 1;
    uint64_t run = eight_bytes((const uint8_t *)t->goes_on + (next >> 3)) >> (next & 7);
    return 1 + (uint32_t)__builtin_ctzll(~run | 1ull << 63);
}

/* PERF: the two usual keys of a place, eight bytes and the token, are tried without a branch; almost every place ends here. */
static inline int may_be_at(const sl_words_table *t, const uint8_t *bytes, uint32_t token) {
    uint64_t key = eight_bytes(bytes), hash = key * MULTIPLIER;
    uint64_t token_hash = (key & ~0ull >> (token < 8 ? 64 - 8 * token : 0)) * MULTIPLIER;
    return (may_have(t, hash) | may_have(t, token_hash)) != 0;
}

static sl_status find_at_starts(search *f, const sl_words_table *t) {
    uint32_t prefixes = f->stream->narrow ? t->prefix_lengths_ascii : t->prefix_lengths, tokens = t->token_lengths;
    int usual = !(prefixes & 0xFF);
    for (uint32_t k = 0; k < f->text.words; k++) {
        for (uint64_t starts = f->text.starts[k]; starts; starts &= starts - 1) {
            uint32_t at = k * 64 + (uint32_t)__builtin_ctzll(starts);
            uint32_t token = token_length(&f->text, at), lengths = prefixes;
            if (usual && !may_be_at(t, f->text.view.bytes + at, token)) continue;
            if (token < 8) lengths |= tokens & 1u << token;
            if (!lengths || !sl_starts(f->stream, sl_view_char(&f->text.view, at))) continue;
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
        if (!(first[bytes[at] >> 3] >> (bytes[at] & 7) & 1) || !sl_starts(f->stream, sl_view_char(&f->text.view, at))) continue;
        sl_status status = look_at(f, t, lengths, at);
        if (status) return status;
    }
    return SL_OK;
}

sl_status sl_words_find(const sl_words *w, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_hits *hits) {
    if (!stream->length) return SL_OK;
    search f = {.words = w, .props = props, .stream = stream, .arena = arena, .hits = hits};
    sl_status status = read_stream(&f.text, props, stream, arena);
    if (!status && w->at_starts.count) status = find_at_starts(&f, &w->at_starts);
    if (!status && w->anywhere.count) status = find_anywhere(&f, &w->anywhere);
    return status;
}
