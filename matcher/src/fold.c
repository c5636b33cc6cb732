/* Folding: see fold.h for what and the format. */
#include "fold.h"

#include "simd.h"

enum { ITSELF = 0, DROPPED = 1, DROPPED_MARK = 2, HANGUL_SYLLABLE = 3, FIRST_ASCII = 4, FIRST_IMAGE = 132 };
enum { HEADER = 24, PAGE = 128, LAST_BLOCK = 0x110000 / PAGE, PADDING = 64, WIDE_PADDING = 16 };
enum { HANGUL_FIRST = 0xAC00, HANGUL_LAST = 0xD7A3 };

/* ── Opening ── */

static int is_dropped_control(uint32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
}

/* What ASCII must fold to; 0 where it is dropped (U+0000 is, too). */
static uint32_t ascii_image(uint32_t c, int level) {
    if (is_dropped_control(c)) return 0;
    return level != SL_FOLD_CASED && c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static sl_status check_images(const sl_fold *fold, uint32_t entry_count, uint32_t pool_count, sl_fault *fault) {
    const uint32_t *pool = fold->pool;
    uint32_t longest = fold->longest;
    for (uint32_t i = 0; i < pool_count; i++)
        if ((pool[i] & 0xFFFFFF) > 0x10FFFF) SL_REFUSE(fault, "fold", "an image is no character", i);
    for (uint32_t i = 0; i < entry_count; i++) {
        uint32_t entry = fold->pages[i], start = entry - FIRST_IMAGE;
        if (entry < FIRST_IMAGE) continue;
        uint32_t length = start < pool_count ? pool[start] >> 24 : 0;
        if (length == 0 || length > longest || length > pool_count - start)
            SL_REFUSE(fault, "fold", "an image lies outside the pool", i);
    }
    return SL_OK;
}

static uint32_t entry_of(const sl_fold *fold, uint32_t c) {
    uint32_t block = c / PAGE;
    return block < fold->block_count ? fold->pages[(size_t)fold->index[block] * PAGE + c % PAGE] : ITSELF;
}

static sl_status check_ascii(const sl_fold *fold, sl_fault *fault) {
    for (uint32_t c = 0; c < 0x80; c++) {
        uint32_t entry = entry_of(fold, c), expected = ascii_image(c, fold->level);
        int right = expected ? entry == (expected == c ? ITSELF : FIRST_ASCII + expected) : entry == DROPPED;
        if (!right) SL_REFUSE(fault, "fold", "ASCII does not fold as it must", c);
    }
    return SL_OK;
}

sl_status sl_fold_open(sl_fold *fold, const uint8_t *section, size_t bytes, sl_fault *fault) {
    uint32_t head[6];
    if ((uintptr_t)section & 3) SL_REFUSE(fault, "fold", "the section is not aligned", 0);
    if (bytes < HEADER) SL_REFUSE(fault, "fold", "the section is too short", bytes);
    memcpy(head, section, sizeof head);
    uint32_t level = head[1], blocks = head[2], pages = head[3], pool_count = head[4], longest = head[5];
    if (head[0] != SL_FOLD_FORMAT) SL_REFUSE(fault, "fold", "unknown format", 0);
    if (level > SL_FOLD_BASIC) SL_REFUSE(fault, "fold", "unknown level", 4);
    if (blocks == 0 || blocks > LAST_BLOCK) SL_REFUSE(fault, "fold", "block count out of range", 8);
    if (pages == 0 || pages > blocks) SL_REFUSE(fault, "fold", "page count out of range", 12);
    if (pool_count == 0 || pool_count > 0xFFFF) SL_REFUSE(fault, "fold", "pool count out of range", 16);
    if (longest == 0 || longest > SL_FOLD_LONGEST) SL_REFUSE(fault, "fold", "longest image out of range", 20);
    size_t index_bytes = ((size_t)blocks * 2 + 3) & ~(size_t)3;
    if (bytes != HEADER + index_bytes + (size_t)pages * PAGE * 2 + (size_t)pool_count * 4)
        SL_REFUSE(fault, "fold", "index, pages and pool do not fill the section", bytes);
    fold->index = (const uint16_t *)(const void *)(section + HEADER);
    fold->pages = (const uint16_t *)(const void *)(section + HEADER + index_bytes);
    fold->pool = (const uint32_t *)(const void *)(fold->pages + (size_t)pages * PAGE);
    fold->block_count = blocks;
    fold->longest = longest;
    fold->level = (int)level;
    for (uint32_t block = 0; block < blocks; block++)
        if (fold->index[block] >= pages) SL_REFUSE(fault, "fold", "a block has no page", block);
    sl_status status = check_images(fold, pages * PAGE, pool_count, fault);
    if (status) return status;
    return check_ascii(fold, fault);
}

/* ── ASCII ── */

/* Copy; 0 where a byte is not ASCII. */
static int ascii_copy(uint8_t *restrict to, const uint8_t *restrict from, size_t n) {
    uint8_t seen = 0;
    for (size_t i = 0; i < n; i++) {
        seen |= from[i];
        to[i] = from[i];
    }
    return seen < 0x80;
}

/* ── Everything else ── */

/* The stream as it grows. `narrow` until the first folded character outside ASCII, then `wide`.
 *
 * INVARIANT: `held` folded characters at the end of the stream came from the last character that has an image, and only
 * dropped marks have followed it; 0 where something else was dropped since. An image has at most SL_FOLD_LONGEST
 * characters, so that moving their reach costs a constant for each mark. */
typedef struct {
    sl_arena *arena;
    uint8_t *narrow;
    uint32_t *wide, *origin, *reach;
    uint32_t length, capacity, held;
    int moved; /* has any offset changed? */
} sl_growing;

static sl_status make_room(sl_growing *g, uint32_t wanted, int to_wide) {
    if (wanted > UINT32_MAX - PADDING) return SL_NO_MEMORY;
    uint32_t *origin = g->origin, *reach = g->reach;
    if (wanted > g->capacity) {
        origin = sl_arena_take(g->arena, (size_t)wanted * 4);
        reach = sl_arena_take(g->arena, (size_t)wanted * 4);
        if (!origin || !reach) return SL_NO_MEMORY;
        if (g->length) memcpy(origin, g->origin, (size_t)g->length * 4);
        if (g->length) memcpy(reach, g->reach, (size_t)g->length * 4);
    }
    to_wide |= g->wide != NULL;
    void *text = sl_arena_take(g->arena, ((size_t)wanted + PADDING) * (to_wide ? 4 : 1));
    if (!text) return SL_NO_MEMORY;
    if (g->wide) memcpy(text, g->wide, (size_t)g->length * 4);
    else if (to_wide) for (uint32_t i = 0; i < g->length; i++) ((uint32_t *)text)[i] = g->narrow[i];
    else if (g->length) memcpy(text, g->narrow, g->length);
    g->origin = origin;
    g->reach = reach;
    g->narrow = to_wide ? NULL : text;
    g->wide = to_wide ? text : NULL;
    g->capacity = wanted;
    return SL_OK;
}

/* The image of a character whose entry is none of the simple ones, into `image`. Returns its length. */
static uint32_t long_image(const sl_fold *fold, uint32_t c, uint32_t entry, uint32_t image[SL_FOLD_LONGEST]) {
    if (entry >= FIRST_IMAGE) {
        const uint32_t *from = fold->pool + (entry - FIRST_IMAGE);
        uint32_t length = from[0] >> 24;
        image[0] = from[0] & 0xFFFFFF;
        for (uint32_t i = 1; i < length; i++) image[i] = from[i] & 0xFFFFFF;
        return length;
    }
    if (c < HANGUL_FIRST || c > HANGUL_LAST) { /* a damaged table may call anything a syllable: then it is itself */
        image[0] = c;
        return 1;
    }
    uint32_t rest = c - HANGUL_FIRST, trailing = rest % 28;
    image[0] = 0x1100 + rest / 28 / 21;
    image[1] = 0x1161 + rest / 28 % 21;
    image[2] = 0x11A7 + trailing;
    return trailing ? 3 : 2;
}

/* Fold from character `i` on until the text ends, until there may be no room for one more image, or until a character
 * outside ASCII must go into a narrow stream. Returns the first character that was not folded.
 * PERF: inlined for each kind of text and both streams, so that nothing is asked twice in the loop. */
static inline __attribute__((always_inline)) uint32_t fold_run(const sl_fold *fold, const void *data, int kind,
                                                               int wide, uint32_t i, uint32_t n, sl_growing *g) {
    const uint16_t *index = fold->index, *pages = fold->pages;
    uint32_t last = fold->block_count * PAGE, full = g->capacity - SL_FOLD_LONGEST;
    uint32_t length = g->length, held = g->held;
    for (; i < n && length <= full; i++) {
        uint32_t c = kind == 1   ? ((const uint8_t *)data)[i]
                     : kind == 2 ? ((const uint16_t *)data)[i]
                                 : ((const uint32_t *)data)[i];
        uint32_t entry = c < last ? pages[(size_t)index[c / PAGE] * PAGE + c % PAGE] : ITSELF;
        if (entry < FIRST_IMAGE && (entry == ITSELF || entry >= FIRST_ASCII)) {
            uint32_t folded = entry == ITSELF ? c : entry - FIRST_ASCII;
            if (!wide && folded > 0x7F) break;
            if (wide) g->wide[length] = folded;
            else g->narrow[length] = (uint8_t)folded;
            g->origin[length] = i;
            g->reach[length++] = i + 1;
            held = 1;
        } else if (entry == DROPPED || entry == DROPPED_MARK) {
            g->moved = 1;
            if (entry == DROPPED) held = 0;
            for (uint32_t k = 1; k <= held; k++) g->reach[length - k] = i + 1;
        } else {
            uint32_t image[SL_FOLD_LONGEST], count = long_image(fold, c, entry, image), highest = 0;
            for (uint32_t k = 0; k < count; k++) highest |= image[k];
            if (!wide && highest > 0x7F) break;
            for (uint32_t k = 0; k < count; k++) {
                if (wide) g->wide[length] = image[k];
                else g->narrow[length] = (uint8_t)image[k];
                g->origin[length] = i;
                g->reach[length++] = i + 1;
            }
            held = count;
            g->moved |= count != 1;
        }
    }
    g->length = length;
    g->held = held;
    return i;
}

static uint32_t fold_some(const sl_fold *fold, const sl_text *text, uint32_t i, uint32_t n, sl_growing *g) {
    if (g->wide) {
        if (text->kind == 1) return fold_run(fold, text->data, 1, 1, i, n, g);
        if (text->kind == 2) return fold_run(fold, text->data, 2, 1, i, n, g);
        return fold_run(fold, text->data, 4, 1, i, n, g);
    }
    if (text->kind == 1) return fold_run(fold, text->data, 1, 0, i, n, g);
    if (text->kind == 2) return fold_run(fold, text->data, 2, 0, i, n, g);
    return fold_run(fold, text->data, 4, 0, i, n, g);
}

static sl_status finish(const sl_growing *g, sl_stream *out) {
    if (g->narrow) memset(g->narrow + g->length, 0, PADDING);
    else memset(g->wide + g->length, 0, WIDE_PADDING * sizeof(uint32_t));
    *out = (sl_stream){g->narrow, g->wide, g->length, g->moved ? g->origin : NULL, g->moved ? g->reach : NULL};
    return SL_OK;
}

sl_status sl_fold_run(const sl_fold *fold, sl_arena *arena, const sl_text *text, uint32_t length_chars,
                      sl_stream *out) {
    sl_growing g = {.arena = arena};
    uint32_t n = length_chars < text->length_chars ? length_chars : text->length_chars;
    if (text->kind == 1) {
        uint8_t *narrow = sl_arena_take(arena, (size_t)n + PADDING);
        if (!narrow) return SL_NO_MEMORY;
        if (sl_simd_chosen()->lower_ascii(narrow, text->data, n, fold->level == SL_FOLD_CASED ? 0 : 26)) {
            memset(narrow + n, 0, PADDING);
            *out = (sl_stream){narrow, NULL, n, NULL, NULL};
            return SL_OK;
        }
    }
    if (n > UINT32_MAX - 2 * SL_FOLD_LONGEST - PADDING) return SL_NO_MEMORY;
    sl_status status = make_room(&g, n + 2 * SL_FOLD_LONGEST, 0);
    for (uint32_t i = 0; !status;) {
        i = fold_some(fold, text, i, n, &g);
        if (i >= n) return finish(&g, out);
        if (g.capacity - g.length >= SL_FOLD_LONGEST) status = make_room(&g, g.capacity, 1);
        else status = g.capacity > UINT32_MAX / 2 ? SL_NO_MEMORY : make_room(&g, g.capacity * 2, 0);
    }
    return status;
}

sl_status sl_raw_stream(sl_arena *arena, const sl_text *text, uint32_t length_chars, sl_stream *out) {
    uint32_t n = length_chars < text->length_chars ? length_chars : text->length_chars;
    if (text->kind == 1) {
        uint8_t *narrow = sl_arena_take(arena, (size_t)n + PADDING);
        if (!narrow) return SL_NO_MEMORY;
        if (ascii_copy(narrow, text->data, n)) {
            memset(narrow + n, 0, PADDING);
            *out = (sl_stream){narrow, NULL, n, NULL, NULL};
            return SL_OK;
        }
    }
    sl_growing g = {.arena = arena, .length = n};
    uint32_t highest = 0;
    for (uint32_t i = 0; i < n; i++) highest |= sl_char(text, i);
    if (highest < 0x80) g.narrow = sl_arena_take(arena, (size_t)n + PADDING); /* the start of a longer text */
    else g.wide = sl_arena_take(arena, ((size_t)n + WIDE_PADDING) * 4);
    if (!g.narrow && !g.wide) return SL_NO_MEMORY;
    for (uint32_t i = 0; i < n; i++) {
        if (g.narrow) g.narrow[i] = (uint8_t)sl_char(text, i);
        else g.wide[i] = sl_char(text, i);
    }
    return finish(&g, out);
}

/* ── Limits ── */

uint32_t sl_prefix_chars(const sl_text *text, uint64_t limit_bytes) {
    uint64_t most = text->kind == 1 ? 2 : text->kind == 2 ? 3 : 4, bytes = 0;
    if (text->length_chars <= limit_bytes / most) return text->length_chars;
    for (uint32_t i = 0; i < text->length_chars; i++) {
        uint32_t c = sl_char(text, i);
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        if (bytes > limit_bytes) return i;
    }
    return text->length_chars;
}
