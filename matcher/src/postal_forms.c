/* The forms of postal addresses: English, French, southern, German. Each looks a bounded number of tokens ahead. */
#include "postal_parts.h"

enum { NAMES_MAX = 5, TAIL_TOKENS = 10, FOREIGN_TAIL_TOKENS = 8, NO_TYPE_TOKENS = 14 };

uint32_t postal_house(const sl_postal *p, uint32_t i) {
    const sl_glyphs *g = p->glyphs;
    if (!postal_has(p, i, T_HOUSE)) return 0;
    uint32_t a = postal_at(p, i)->start - 1;
    if (glyph_in(g, a, "$.-/#+=_@%&'") || glyph_currency(g, a) || glyph_dash(g, a)) return 0;
    if (glyph_in(g, a, ",:") && glyph_digit(g, a - 1)) return 0;
    return postal_is_hyphen(p, i + 1) && postal_has(p, i + 2, T_HOUSE) ? i + 3 : i + 1;
}

/* ── What follows a street ── */

static uint32_t zip(const sl_postal *p, uint32_t i) {
    if (postal_is_digits(p, i, 5)) return postal_is_hyphen(p, i + 1) && postal_is_digits(p, i + 2, 4) ? i + 3 : i + 1;
    if (postal_is_digits(p, i, 9) || postal_has(p, i, T_WHOLE)) return i + 1;
    return postal_has(p, i, T_POSTCODE) && postal_has(p, i + 1, T_REST) ? i + 2 : 0;
}

static int is_pair(const sl_postal *p, uint32_t i, const char *const (*pairs)[2], size_t count) {
    for (size_t k = 0; k < count; k++)
        if (postal_is(p, i, pairs[k][0]) && postal_is(p, i + 1, pairs[k][1])) return 1;
    return 0;
}

static uint32_t state(const sl_postal *p, uint32_t i) {
    static const char *const pairs[][2] = {{"new", "hampshire"},  {"new", "jersey"},     {"new", "mexico"},  {"new", "york"},
                                           {"north", "carolina"}, {"north", "dakota"},   {"rhode", "island"}, {"south", "carolina"},
                                           {"south", "dakota"},   {"west", "virginia"}};
    if (postal_has(p, i, W_STATE)) return i + 1;
    return is_pair(p, i, pairs, sizeof pairs / sizeof *pairs) ? i + 2 : 0;
}

static uint32_t country(const sl_postal *p, uint32_t i) {
    static const char *const pairs[][2] = {{"united", "states"}, {"united", "kingdom"}, {"new", "zealand"}};
    uint32_t at = postal_skip(p, i, ',');
    if (is_pair(p, at, pairs, sizeof pairs / sizeof *pairs)) return at + 2;
    return postal_has(p, at, W_COUNTRY) ? at + 1 : i;
}

static uint32_t unit(const sl_postal *p, uint32_t i) {
    uint32_t at = postal_skip(p, i, ',');
    if (postal_has(p, at, T_ORDINAL) && (postal_is(p, at + 1, "floor") || postal_is(p, at + 1, "fl"))) return at + 2;
    if (postal_has(p, at, W_UNIT))
        at = postal_skip(p, postal_skip_dot(p, at + 1), '#');
    else if (postal_is_mark(p, at, '#'))
        at++;
    else
        return i;
    const sl_postal_token *t = postal_at(p, at);
    uint32_t length = t->end - t->start;
    int numbered = length == 1;
    for (uint32_t k = t->start; k < t->end && length <= 6; k++) numbered |= glyph_digit(p->glyphs, k);
    return t->flags & T_WORD && length <= 6 && numbered ? at + 1 : i;
}

static uint32_t tail(const sl_postal *p, uint32_t i) {
    uint32_t stop = 0;
    for (uint32_t at = i; at < i + TAIL_TOKENS; at++) {
        uint32_t end = zip(p, at);
        if (end) return country(p, end);
        if ((end = state(p, at))) {
            uint32_t code = zip(p, postal_skip(p, end, ','));
            if (code) return country(p, code);
            int comma = at > i && postal_is_mark(p, at - 1, ',');
            if (comma || (at > i && postal_is_name(p, at - 1) && !postal_has(p, at, W_STATE_WORD))) stop = country(p, end);
        }
        if (!postal_is_pause(p, at) && !postal_is_name(p, at) && !postal_is(p, at, "of") && !postal_is(p, at, "the")) break;
    }
    return stop;
}

/* ── English ── */

static uint32_t numbered_road(const sl_postal *p, uint32_t i) {
    uint32_t at = postal_has(p, i, W_DIRECTION) ? postal_skip_dot(p, i + 1) : i;
    at += postal_is(p, at, "state") || postal_is(p, at, "county") || postal_is(p, at, "us") || postal_is(p, at, "old");
    if (!postal_has(p, at, W_ROAD)) return 0;
    at = postal_skip_dot(p, at + 1);
    return postal_has(p, at, T_DIGITS) && postal_length(p, at) <= 4 ? at + 1 : 0;
}

/* The token after the names and the types of a street that start at i, or 0; `*strict`: is the last type one that is enough? */
static uint32_t named_street(const sl_postal *p, uint32_t at, int *strict) {
    for (uint32_t names = 0; !names || !postal_has(p, at, W_TYPE); names++) {
        int number = names && postal_has(p, at, T_DIGITS) && postal_length(p, at) <= 3;
        if (names == NAMES_MAX || !(number || postal_is_name(p, at))) return 0;
        at = postal_length(p, at) <= 5 ? postal_skip_dot(p, at + 1) : at + 1;
        at += (uint32_t)postal_is_hyphen(p, at);
    }
    for (; postal_has(p, at, W_TYPE); at++) *strict = postal_has(p, at, W_STRICT);
    return postal_skip_dot(p, at);
}

static uint32_t street(const sl_postal *p, uint32_t i, uint32_t at) {
    int strict = 0;
    if (postal_has(p, at, W_FIRST_STOP)) return 0;
    uint32_t end = numbered_road(p, at);
    if (!end) end = named_street(p, at, &strict);
    if (!end) return 0;
    for (int turn = 0; turn < 2; turn++) {
        uint32_t after = postal_skip(p, end, ',');
        if (postal_has(p, after, W_DIRECTION) && (after == end || postal_length(p, after) <= 2)) end = postal_skip_dot(p, after + 1);
    }
    uint32_t room = unit(p, end), rest = tail(p, room);
    if (rest) return rest;
    return strict || room > end || postal_length(p, i) >= 3 ? room : 0;
}

static uint32_t state_and_zip(const sl_postal *p, uint32_t start) {
    uint32_t words = 0;
    for (uint32_t at = start; at < start + NO_TYPE_TOKENS; at++) {
        uint32_t end = words >= 2 ? state(p, at) : 0;
        if (end && (end = zip(p, postal_skip(p, end, ',')))) return country(p, end);
        if (postal_is_name(p, at))
            words++;
        else if (!postal_is_pause(p, at) && !postal_is_mark(p, at, '#') && !postal_has(p, at, T_HOUSE))
            return 0;
    }
    return 0;
}

static uint32_t box(const sl_postal *p, uint32_t i) {
    uint32_t at = i;
    if (postal_is(p, i, "po"))
        at = i + 1;
    else if (postal_is(p, i, "p") && postal_is_mark(p, i + 1, '.') && postal_is(p, i + 2, "o"))
        at = postal_skip_dot(p, i + 3);
    if (at == i || !postal_is(p, at, "box") || !postal_has(p, at + 1, T_HOUSE)) return 0;
    uint32_t rest = tail(p, at + 2);
    return rest ? rest : at + 2;
}

uint32_t postal_english(const sl_postal *p, uint32_t i) {
    uint32_t at = postal_house(p, i);
    if (!at) return box(p, i);
    uint32_t with_type = street(p, i, at), without = state_and_zip(p, at);
    return with_type > without ? with_type : without;
}

/* ── French, southern, German ── */

/* The token after a name with hyphens that starts at i. */
static uint32_t hyphenated(const sl_postal *p, uint32_t i) {
    for (i++; postal_is_hyphen(p, i) && postal_has(p, i + 1, T_WORD);) i += 2;
    return i;
}

static uint32_t foreign_tail(const sl_postal *p, uint32_t i) {
    for (uint32_t at = i; at < i + FOREIGN_TAIL_TOKENS; at++) {
        int plain = postal_is_digits(p, at, 5);
        int portuguese = postal_is_digits(p, at, 4) && postal_is_mark(p, at + 1, '-') && postal_has(p, at + 2, T_ATTACHED) &&
                         postal_is_digits(p, at + 2, 3);
        if (plain || portuguese) {
            uint32_t end = plain ? at + 1 : at + 3;
            return postal_is_name(p, end) ? hyphenated(p, end) : end;
        }
        if ((!postal_is_pause(p, at) && !postal_has(p, at, T_WORD)) || postal_has(p, at, W_STOP)) return 0;
    }
    return 0;
}

static uint32_t with_tail(const sl_postal *p, uint32_t end, int enough) {
    uint32_t rest = foreign_tail(p, end);
    return rest ? rest : enough ? end : 0;
}

uint32_t postal_french(const sl_postal *p, uint32_t i) {
    uint32_t at = postal_house(p, i);
    if (!at) return 0;
    at += postal_is(p, at, "bis") || postal_is(p, at, "ter") || postal_is(p, at, "quater");
    at = postal_skip(p, at, ',');
    uint32_t kind = at, name = postal_skip_dot(p, at + 1);
    if (!postal_has(p, kind, W_FRENCH)) return 0;
    for (at = name; at < name + 4 && postal_has(p, at, W_PARTICLE);) at++;
    if (!postal_is_name(p, at)) return 0;
    uint32_t first = postal_at(p, at)->start;
    int enough = postal_has(p, kind, W_FRENCH_STRICT) || at > name || glyph_word(p->glyphs, first, "d'") || glyph_word(p->glyphs, first, "l'");
    return with_tail(p, hyphenated(p, at), enough);
}

uint32_t postal_southern(const sl_postal *p, uint32_t i) {
    uint32_t at, names = 0;
    int short_calle = postal_is(p, i, "c") && postal_is_mark(p, i + 1, '/') && postal_has(p, i + 1, T_ATTACHED);
    if (short_calle)
        at = i + 2;
    else if (postal_has(p, i, W_SOUTH))
        at = postal_skip_dot(p, i + 1);
    else
        return 0;
    for (; names < 6 && !postal_has(p, at, T_HOUSE); names++) {
        if (!postal_has(p, at, W_PARTICLE) && !postal_is_name(p, at)) break;
        at = postal_skip_dot(p, at + 1);
    }
    at = postal_skip(p, at, ',');
    if (postal_is(p, at, "n") || postal_is(p, at, "no") || postal_is(p, at, "num") || postal_is(p, at, "numero"))
        at = postal_skip(p, postal_skip_dot(p, at + 1), 0xB0);
    if (!names || !postal_has(p, at, T_HOUSE) || postal_length(p, at) > 5) return 0;
    return with_tail(p, at + 1, short_calle || postal_has(p, i, W_SOUTH_STRICT));
}

static int ends_with(const sl_postal *p, uint32_t i, const char *ending) {
    uint32_t size = (uint32_t)strlen(ending);
    return postal_length(p, i) >= size && glyph_word(p->glyphs, postal_at(p, i)->end - size, ending) == size;
}

uint32_t postal_german(const sl_postal *p, uint32_t i) {
    static const char *const kinds[] = {"strasse", "str", "allee", "platz", "weg", "ring"};
    static const char *const weak_endings[] = {"weg", "platz", "allee", "gasse", "ring", "damm", "ufer"};
    uint32_t at = i;
    int weak = 0;
    if (!postal_is_name(p, i)) return 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (postal_is(p, i + 1, kinds[k])) at = i + 1;
    for (size_t k = 0; k < sizeof weak_endings / sizeof *weak_endings; k++) weak |= ends_with(p, at, weak_endings[k]);
    int full = ends_with(p, at, "strasse");
    int abbreviated = ends_with(p, at, "str") && postal_is_mark(p, at + 1, '.') && postal_has(p, at + 1, T_ATTACHED);
    if (!(full || abbreviated || weak) || (at == i && postal_length(p, i) < 6)) return 0;
    at += abbreviated ? 2 : 1;
    if (!postal_has(p, at, T_HOUSE) || postal_length(p, at) > 5) return 0;
    return with_tail(p, at + 1, full || !weak);
}
