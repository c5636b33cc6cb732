/* Kinds of characters that the number-like entities share (docs/entities-numbers.md, "Common").
 *
 * Every question may be asked of a place outside the stream, also of place -1 (as an unsigned number): the answer is no. */
#ifndef SOLON_GLYPHS_H
#define SOLON_GLYPHS_H

#include "solon.h"

#define GLYPH_NONE 0xFFFFFFFFu

typedef struct {
    const sl_props *props;
    const sl_stream *stream;
    uint32_t n;
} sl_glyphs;

static inline uint32_t glyph(const sl_glyphs *g, uint32_t i) { return i < g->n ? sl_at(g->stream, i) : GLYPH_NONE; }
static inline int is_digit_char(uint32_t c) { return c - '0' < 10; }
static inline int is_line_end_char(uint32_t c) { return (c >= 10 && c <= 13) || c == 0x85 || c == 0x2028 || c == 0x2029; }
static inline int is_dash_char(uint32_t c) { return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212; }
static inline int is_currency_char(uint32_t c) {
    return c == '$' || (c >= 0xA2 && c <= 0xA5) || (c >= 0x20A0 && c <= 0x20C0) || c == 0x58F || c == 0x60B || c == 0x9F2 || c == 0x9F3 ||
           c == 0xE3F || c == 0x17DB;
}
static inline int is_glue_kind(uint8_t kind) { return (kind & (SL_WORD | SL_UNSPACED)) == SL_WORD; }

static inline uint8_t glyph_kind(const sl_glyphs *g, uint32_t i) { return sl_props_of(g->props, glyph(g, i)); }
static inline int glyph_digit(const sl_glyphs *g, uint32_t i) { return is_digit_char(glyph(g, i)); }
static inline int glyph_dash(const sl_glyphs *g, uint32_t i) { return is_dash_char(glyph(g, i)); }
static inline int glyph_currency(const sl_glyphs *g, uint32_t i) { return is_currency_char(glyph(g, i)); }
static inline int glyph_glue(const sl_glyphs *g, uint32_t i) { return is_glue_kind(glyph_kind(g, i)); }
static inline int glyph_letter(const sl_glyphs *g, uint32_t i) { return glyph_kind(g, i) & SL_LETTER; }
static inline int glyph_line_end(const sl_glyphs *g, uint32_t i) { return is_line_end_char(glyph(g, i)); }
static inline int glyph_blank(const sl_glyphs *g, uint32_t i) {
    uint32_t c = glyph(g, i);
    return (sl_props_of(g->props, c) & SL_SPACE) && !is_line_end_char(c);
}
/* Is it one of these ASCII characters? */
static inline int glyph_in(const sl_glyphs *g, uint32_t i, const char *set) {
    uint32_t c = glyph(g, i);
    return c > 0 && c < 128 && strchr(set, (int)c) != NULL;
}
static inline uint32_t glyph_run_end(const sl_glyphs *g, uint32_t i) {
    while (glyph_digit(g, i)) i++;
    return i;
}
static inline uint32_t glyph_glue_end(const sl_glyphs *g, uint32_t i) {
    while (glyph_glue(g, i)) i++;
    return i;
}
/* Does the ASCII word stand at i? Its length, or 0. */
static inline uint32_t glyph_word(const sl_glyphs *g, uint32_t i, const char *word) {
    uint32_t k = 0;
    for (; word[k]; k++)
        if (glyph(g, i + k) != (uint8_t)word[k]) return 0;
    return k;
}
/* The folded characters start..end as a span of the message. */
static inline sl_status glyph_accept(const sl_glyphs *g, uint32_t start, uint32_t end, sl_arena *arena, sl_spans *spans) {
    return sl_spans_push(spans, arena, sl_origin(g->stream, start), sl_reach(g->stream, end - 1));
}

/* Copy the stretch start..end to an ASCII string of less than `room` bytes; 0 where it does not fit or is not ASCII. */
static inline uint32_t glyph_copy(const sl_glyphs *g, uint32_t start, uint32_t end, char *out, uint32_t room) {
    if (end - start >= room) return 0;
    for (uint32_t i = start; i < end; i++) {
        uint32_t c = glyph(g, i);
        if (c >= 128) return 0;
        out[i - start] = (char)c;
    }
    out[end - start] = 0;
    return end - start;
}

#endif
