/* What the files of the address recogniser share; nobody else includes this. */
#ifndef SOLON_POSTAL_PARTS_H
#define SOLON_POSTAL_PARTS_H

#include "glyphs.h"
#include "postal.h"

enum {
    /* What a word may be, from the lexicon. */
    W_STOP = 1 << 0,
    W_TYPE = 1 << 1,
    W_STRICT = 1 << 2 | W_TYPE,
    W_ROAD = 1 << 3,
    W_DIRECTION = 1 << 4,
    W_UNIT = 1 << 5,
    W_FIRST_STOP = 1 << 6,
    W_STATE = 1 << 7,
    W_STATE_WORD = 1 << 8 | W_STATE, /* a state's letters that are a word as well: `in`, `or` */
    W_COUNTRY = 1 << 9,
    W_PARTICLE = 1 << 10,
    W_FRENCH = 1 << 11,
    W_FRENCH_STRICT = 1 << 12 | W_FRENCH,
    W_SOUTH = 1 << 13,
    W_SOUTH_STRICT = 1 << 14 | W_SOUTH,
    /* What a token is by its characters. */
    T_WORD = 1 << 16,
    T_NAMED = 1 << 17,    /* a word with a letter, of at most 20 characters */
    T_DIGITS = 1 << 18,   /* digits alone */
    T_HOUSE = 1 << 19,    /* up to six digits, perhaps a letter */
    T_POSTCODE = 1 << 20, /* `sw1a` */
    T_REST = 1 << 21,     /* `2aa` */
    T_WHOLE = 1 << 22,    /* `sw1a2aa` */
    T_ORDINAL = 1 << 23,  /* `37th` */
    T_ATTACHED = 1 << 24, /* no blank before it */
};

typedef struct {
    uint32_t start, end, flags;
} sl_postal_token;

typedef struct {
    const sl_glyphs *glyphs;
    sl_postal_token *tokens;
    uint32_t count;
} sl_postal;

/* Flags of a word of the lexicon; 0 for others. */
uint32_t postal_word(const char *word);
sl_status postal_tokens(sl_postal *p, sl_arena *arena);

/* The token after an address of one form that starts at token i, or 0. */
uint32_t postal_english(const sl_postal *p, uint32_t i);
uint32_t postal_french(const sl_postal *p, uint32_t i);
uint32_t postal_southern(const sl_postal *p, uint32_t i);
uint32_t postal_german(const sl_postal *p, uint32_t i);

/* ── Questions about tokens; one past the last has no flag and no character ── */

static inline const sl_postal_token *postal_at(const sl_postal *p, uint32_t i) {
    static const sl_postal_token nothing = {0, 0, 0};
    return i < p->count ? &p->tokens[i] : &nothing;
}
static inline uint32_t postal_length(const sl_postal *p, uint32_t i) { return postal_at(p, i)->end - postal_at(p, i)->start; }
/* Has token i all these flags? */
static inline int postal_has(const sl_postal *p, uint32_t i, uint32_t flags) { return (postal_at(p, i)->flags & flags) == flags; }
static inline int postal_is_mark(const sl_postal *p, uint32_t i, uint32_t mark) {
    const sl_postal_token *t = postal_at(p, i);
    return t->end - t->start == 1 && glyph(p->glyphs, t->start) == mark;
}
static inline int postal_is(const sl_postal *p, uint32_t i, const char *word) {
    const sl_postal_token *t = postal_at(p, i);
    return t->end > t->start && glyph_word(p->glyphs, t->start, word) == t->end - t->start;
}
static inline int postal_is_name(const sl_postal *p, uint32_t i) { return (postal_at(p, i)->flags & (T_NAMED | W_STOP)) == T_NAMED; }
static inline int postal_is_digits(const sl_postal *p, uint32_t i, uint32_t count) {
    return postal_has(p, i, T_DIGITS) && postal_length(p, i) == count;
}
/* Punctuation that may stand between a street, a town and a code. */
static inline int postal_is_pause(const sl_postal *p, uint32_t i) {
    return postal_is_mark(p, i, ',') || postal_is_mark(p, i, '.') || postal_is_mark(p, i, '\n') || postal_is_mark(p, i, '\r') ||
           postal_is_mark(p, i, '-');
}
/* Is a hyphen attached on both sides? */
static inline int postal_is_hyphen(const sl_postal *p, uint32_t i) {
    return postal_is_mark(p, i, '-') && postal_has(p, i, T_ATTACHED) && postal_has(p, i + 1, T_ATTACHED);
}
static inline uint32_t postal_skip(const sl_postal *p, uint32_t i, uint32_t mark) { return i + (uint32_t)postal_is_mark(p, i, mark); }
static inline uint32_t postal_skip_dot(const sl_postal *p, uint32_t i) {
    return i + (uint32_t)(postal_is_mark(p, i, '.') && postal_has(p, i, T_ATTACHED));
}
/* The token after a house number at i, or 0. */
uint32_t postal_house(const sl_postal *p, uint32_t i);

#endif
