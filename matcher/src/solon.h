/* What every part of the engine shares: errors, memory, text, streams, spans.
 *
 * C here takes plain structs and lengths and no Python object; it never calls back. Functions that can fail return an
 * sl_status; SL_OK is 0. All integers in sections are little-endian; a big-endian host refuses to load.
 */
#ifndef SOLON_H
#define SOLON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef enum {
    SL_OK = 0,
    SL_NO_MEMORY = 1,
    SL_DAMAGED = 2, /* a section breaks its own rules; `sl_fault` says where */
} sl_status;

/* Where a section is damaged. `what` is a string literal. */
typedef struct {
    const char *section;
    const char *what;
    uint64_t at; /* byte offset in the section, or the index of the record */
} sl_fault;

#define SL_REFUSE(fault, section_name, why, where) \
    do { (fault)->section = (section_name); (fault)->what = (why); (fault)->at = (uint64_t)(where); return SL_DAMAGED; } while (0)

/* ── Memory ── One arena for each decision: blocks are kept from one decision to the next and never freed singly. */
typedef struct sl_block sl_block;
typedef struct {
    sl_block *first;
    char *next, *end; /* what is free of the block in use; NULL where there is none yet */
} sl_arena;
void sl_arena_init(sl_arena *arena);
void sl_arena_reset(sl_arena *arena);  /* all is free again; keeps at most 256 KiB of blocks */
void sl_arena_free(sl_arena *arena);
void *sl_arena_take_more(sl_arena *arena, size_t bytes); /* of sl_arena_take, where the block has no more room */

/* 16-byte aligned, NOT zeroed; NULL where there is no memory. */
static inline void *sl_arena_take(sl_arena *arena, size_t bytes) {
    size_t left = (size_t)(arena->end - arena->next), wanted = (bytes + 15) & ~(size_t)15; /* blocks are multiples of 16 */
    if (bytes > left || !arena->next) return sl_arena_take_more(arena, bytes);
    void *taken = arena->next;
    arena->next += wanted;
    return taken;
}

/* ── Text as Python stores it ── kind is 1 (Latin-1), 2 (UCS-2) or 4 (UCS-4) bytes a character. */
typedef struct {
    const void *data;
    int kind;
    uint32_t length_chars;
} sl_text;

static inline uint32_t sl_char(const sl_text *text, uint32_t i) {
    switch (text->kind) {
    case 1: return ((const uint8_t *)text->data)[i];
    case 2: return ((const uint16_t *)text->data)[i];
    default: return ((const uint32_t *)text->data)[i];
    }
}

/* ── A folded stream ── `narrow` where every folded character is ASCII (else NULL), else `wide`.
 * `origin` and `reach` are NULL where folding changed no offset: then origin(i) = i, reach(i) = i + 1.
 * INVARIANT: narrow has 64 readable zero bytes after its end, wide 4 zero words. */
typedef struct {
    const uint8_t *narrow;
    const uint32_t *wide;
    uint32_t length;
    const uint32_t *origin;
    const uint32_t *reach;
} sl_stream;

static inline uint32_t sl_at(const sl_stream *s, uint32_t i) { return s->narrow ? s->narrow[i] : s->wide[i]; }
static inline uint32_t sl_origin(const sl_stream *s, uint32_t i) { return s->origin ? s->origin[i] : i; }
static inline uint32_t sl_reach(const sl_stream *s, uint32_t i) { return s->reach ? s->reach[i] : i + 1; }
/* May a match start here: is it the first folded character of its origin? */
static inline int sl_starts(const sl_stream *s, uint32_t i) { return !s->origin || i == 0 || s->origin[i] != s->origin[i - 1]; }

/* ── Spans ── in characters of the message. Growing lists live in an arena. */
typedef struct {
    uint32_t start, end;
} sl_span;
typedef struct {
    sl_span *items;
    uint32_t count, capacity;
} sl_spans;
sl_status sl_spans_push(sl_spans *spans, sl_arena *arena, uint32_t start, uint32_t end);
/* Leftmost, from one start the longest, then on from its end; in place. Sorts first where they are not in order. */
void sl_spans_select(sl_spans *spans);

/* A hit of one leaf (clause) among many that are found in one scan. */
typedef struct {
    uint32_t leaf, start, end;
} sl_hit;
typedef struct {
    sl_hit *items;
    uint32_t count, capacity;
} sl_hits;
sl_status sl_hits_push(sl_hits *hits, sl_arena *arena, uint32_t leaf, uint32_t start, uint32_t end);

/* ── Character properties (section `props`, see matcher/layout.py) ── */
enum { SL_WORD = 1, SL_SPACE = 2, SL_DIGIT = 4, SL_UNSPACED = 8, SL_PUNCTUATION = 16, SL_LETTER = 32, SL_DROPPED = 64, SL_MARK = 128 };
typedef struct {
    const uint16_t *blocks; /* 0x110000 >> 7 indices into `pages` */
    const uint8_t *pages;   /* pages of 128 property bytes */
    uint32_t page_count;
} sl_props;
sl_status sl_props_open(sl_props *props, const uint8_t *section, size_t bytes, sl_fault *fault);
static inline uint8_t sl_props_of(const sl_props *p, uint32_t c) {
    return c < 0x110000 ? p->pages[((size_t)p->blocks[c >> 7] << 7) | (c & 127)] : 0;
}
/* Is there a word edge between neighbours a and b? */
static inline int sl_edge_of(uint8_t a, uint8_t b) {
    return !((a & b) & SL_WORD) || ((a | b) & SL_UNSPACED);
}
static inline int sl_edge(const sl_props *p, const sl_stream *s, uint32_t i) { /* before folded character i */
    if (i == 0 || i >= s->length) return 1;
    return sl_edge_of(sl_props_of(p, sl_at(s, i - 1)), sl_props_of(p, sl_at(s, i)));
}

#endif
