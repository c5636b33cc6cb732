/* International bank account numbers and payment cards: both a short walk from each place where one may start. */
#include "glyphs.h"
#include "payment.h"

#include <stdlib.h>

enum { IBAN_MAX = 34, CARD_MIN = 12, CARD_MAX = 19, GROUPS_MAX = 5 };

/* ── Bank accounts ── */

/* Country, then what follows the check digits: counts of n digits, a letters, c either. INVARIANT: in order. */
static const char *const IBAN_FORMS[] = {
    "ad8n12c",     "ae19n",      "al8n16c",    "ao21n",   "at16n",      "az4a20c", "ba16n",     "be12n",   "bf24c",    "bg4a6n8c",
    "bh4a14c",     "bi23n",      "bj24c",      "br23n1a1c", "by4c4n16c", "cf23n",  "cg23n",     "ch5n12c", "ci24c",    "cm23n",
    "cr18n",       "cv21n",      "cy8n16c",    "cz20n",   "de18n",      "dj23n",   "dk14n",     "do4c20n", "dz22n",    "ee16n",
    "eg25n",       "es20n",      "fi14n",      "fk2a12n", "fo14n",      "fr10n11c2n", "ga23n",  "gb4a14n", "ge2a16n",  "gi4a15c",
    "gl14n",       "gq23n",      "gr7n16c",    "gt24c",   "gw21c",      "hn4a20n", "hr17n",     "hu24n",   "ie4a14n",  "il19n",
    "iq4a15n",     "ir22n",      "is22n",      "it1a10n12c", "jo4a4n18c", "km23n", "kw4a22c",   "kz3n13c", "lb4n20c",  "lc4a24c",
    "li5n12c",     "lt16n",      "lu3n13c",    "lv4a13c", "ly21n",      "ma24n",   "mc10n11c2n", "md20c",  "me18n",    "mg23n",
    "mk3n10c2n",   "ml24c",      "mn16n",      "mr23n",   "mt4a5n18c",  "mu4a19n3a", "mz21n",   "ne24c",   "ni4a20n",  "nl4a10n",
    "no11n",       "om3n16c",    "pk4a16c",    "pl24n",   "ps4a21c",    "pt21n",   "qa4a21c",   "ro4a16c", "rs18n",    "ru14n15c",
    "sa2n18c",     "sc4a20n3a",  "sd14n",      "se20n",   "si15n",      "sk20n",   "sm1a10n12c", "sn24c",  "so19n",    "st21n",
    "sv4a20n",     "td23n",      "tg24c",      "tl19n",   "tn20n",      "tr6n16c", "ua6n19c",   "va18n",   "vg4a16n",  "xk16n",
    "ye4a4n18c",
};

static int by_country(const void *key, const void *item) { return strncmp(key, *(const char *const *)item, 2); }

/* The kinds of all characters of a country's account numbers; the length, or 0. */
static uint32_t expand_form(const uint8_t *country, char kinds[IBAN_MAX + 1]) {
    const char *const *found = bsearch(country, IBAN_FORMS, sizeof IBAN_FORMS / sizeof *IBAN_FORMS, sizeof *IBAN_FORMS, by_country);
    if (!found) return 0;
    uint32_t length = 4;
    memcpy(kinds, "aann", 4);
    for (const char *p = *found + 2; *p; p++) {
        uint32_t repeat = 0;
        for (; is_digit_char((uint8_t)*p); p++) repeat = repeat * 10 + (uint32_t)(*p - '0');
        while (repeat-- && length < IBAN_MAX) kinds[length++] = *p;
    }
    return length;
}

/* How many separators of the strong way stand at i: one to three; 0 where there are more, or none. */
static uint32_t strong_gap(const sl_glyphs *g, uint32_t i) {
    uint32_t gap = 0;
    while (gap < 4 && i + gap < g->n && !glyph_glue(g, i + gap) && !glyph_line_end(g, i + gap)) gap++;
    return gap <= 3 ? gap : 0;
}

static int checks_97(const uint8_t *text, uint32_t length) {
    uint32_t check = (uint32_t)(text[2] - '0') * 10 + text[3] - '0', rest = 0;
    if (check < 2 || check > 98) return 0;
    for (uint32_t i = 0; i < length; i++) {
        uint8_t c = text[(i + 4) % length];
        rest = is_digit_char(c) ? rest * 10 + c - '0' : rest * 100 + c - 'a' + 10;
        rest %= 97;
    }
    return rest == 1;
}

static uint32_t iban_end(const sl_glyphs *g, uint32_t start, int strong) {
    char kinds[IBAN_MAX + 1] = "aann";
    uint8_t text[IBAN_MAX];
    uint32_t length = 4, i = start;
    int blanks = 0, dashes = 0;
    for (uint32_t taken = 0; taken < length; i++) {
        if (taken && strong) {
            i += strong_gap(g, i);
        } else if (taken && taken % 4 == 0) {
            int blank = glyph_blank(g, i), dash = glyph_dash(g, i);
            blanks |= blank;
            dashes |= dash;
            i += (uint32_t)(blank || dash);
        }
        uint32_t c = glyph(g, i);
        if (is_digit_char(c) ? kinds[taken] == 'a' : c - 'a' > 25 || kinds[taken] == 'n') return 0;
        text[taken++] = (uint8_t)c;
        if (taken == 2 && !(length = expand_form(text, kinds))) return 0;
    }
    return !(blanks && dashes) && !glyph_glue(g, i) && checks_97(text, length) ? i : 0;
}

sl_status sl_find_iban(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans) {
    sl_glyphs g = {props, stream, stream->length};
    for (uint32_t i = 0; i < g.n; i++) {
        if (glyph(&g, i) - 'a' > 25 || glyph_glue(&g, i - 1) || !sl_starts(stream, i)) continue;
        uint32_t end = iban_end(&g, i, strong);
        if (!end) continue;
        sl_status status = glyph_accept(&g, i, end, arena, spans);
        if (status) return status;
        i = end - 1;
    }
    sl_spans_select(spans);
    return SL_OK;
}

/* ── Cards ── */

typedef struct {
    uint16_t first, last; /* prefixes */
    uint8_t least, most;  /* lengths */
} card_range;
static const card_range CARD_RANGES[] = {
    {4, 4, 13, 13},     {4, 4, 16, 16},     {4, 4, 19, 19},     {51, 55, 16, 16},     {2221, 2720, 16, 16}, {34, 34, 15, 15},
    {37, 37, 15, 15},   {300, 305, 14, 14}, {309, 309, 14, 14}, {36, 36, 14, 14},     {38, 39, 14, 14},     {3528, 3589, 16, 19},
    {6011, 6011, 16, 19}, {644, 659, 16, 19}, {62, 62, 16, 19}, {50, 50, 12, 19},     {56, 58, 12, 19},     {6304, 6304, 12, 19},
    {6759, 6759, 12, 19}, {6761, 6763, 12, 19}, {2200, 2204, 16, 19}, {60, 60, 16, 16}, {81, 82, 16, 16},   {508, 508, 16, 16},
    {1, 1, 15, 15},
};

static int is_card(const uint8_t *digits, uint32_t count) {
    if (count < CARD_MIN || count > CARD_MAX) return 0;
    uint32_t sum = 0, same = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = digits[i];
        if ((count - i) % 2 == 0) value = value < 5 ? 2 * value : 2 * value - 9;
        sum += value;
        same += digits[i] == digits[0];
    }
    if (sum % 10 || same == count) return 0;
    for (size_t r = 0; r < sizeof CARD_RANGES / sizeof *CARD_RANGES; r++) {
        const card_range *range = &CARD_RANGES[r];
        uint32_t prefix = 0, size = range->first < 10 ? 1 : range->first < 100 ? 2 : range->first < 1000 ? 3 : 4;
        for (uint32_t i = 0; i < size; i++) prefix = prefix * 10 + digits[i];
        if (prefix >= range->first && prefix <= range->last && count >= range->least && count <= range->most) return 1;
    }
    return 0;
}

static int card_left(const sl_glyphs *g, uint32_t start) {
    uint32_t a = start - 1;
    if (glyph_glue(g, a) || glyph_currency(g, a) || glyph_in(g, a, "#+")) return 0;
    return !((glyph_dash(g, a) || glyph_in(g, a, ".,:/")) && glyph_digit(g, a - 1));
}

static int card_right(const sl_glyphs *g, uint32_t end) {
    if (glyph_glue(g, end) || glyph_currency(g, end) || glyph(g, end) == '%') return 0;
    return !((glyph_dash(g, end) || glyph_in(g, end, ".,:")) && glyph_digit(g, end + 1));
}

/* Lengths of the groups: one run; or 4, 4, …, at most 4; or 4, 6, 4 or 5. */
static int card_groups(const uint8_t *lengths, uint32_t count) {
    if (count == 1 || (count == 3 && lengths[0] == 4 && lengths[1] == 6 && (lengths[2] == 4 || lengths[2] == 5))) return 1;
    if (count < 3 || lengths[count - 1] > 4) return 0;
    for (uint32_t i = 0; i + 1 < count; i++)
        if (lengths[i] != 4) return 0;
    return 1;
}

/* Copy the digits of start..end behind those that are there; at most `room` in all, else room + 1 is returned. */
static uint32_t add_digits(const sl_glyphs *g, uint32_t start, uint32_t end, uint8_t *digits, uint32_t count, uint32_t room) {
    if (end - start > room - count) return room + 1;
    for (uint32_t i = start; i < end; i++) digits[count++] = (uint8_t)(glyph(g, i) - '0');
    return count;
}

/* The end of the card number whose first run is start..end, or 0. */
static uint32_t plain_card(const sl_glyphs *g, uint32_t start, uint32_t end) {
    uint8_t digits[CARD_MAX], lengths[CARD_MAX];
    uint32_t totals[CARD_MAX], ends[CARD_MAX], count = 0, total = 0, at = start;
    int dashes = 0;
    while (end > at && (total = add_digits(g, at, end, digits, total, CARD_MAX)) <= CARD_MAX) {
        lengths[count] = (uint8_t)(end - at);
        totals[count] = total;
        ends[count++] = end;
        int dash = glyph_dash(g, end);
        if ((!dash && !glyph_blank(g, end)) || (count > 1 && dash != dashes)) break;
        dashes = dash;
        at = end + 1;
        end = glyph_run_end(g, at);
    }
    for (uint32_t k = count; k-- > 0;)
        if (card_groups(lengths, k + 1) && card_right(g, ends[k]) && is_card(digits, totals[k])) return ends[k];
    return 0;
}

/* The longest sequence of runs from start on with odd gaps; `*last` is its end. */
static int apart_card(const sl_glyphs *g, uint32_t start, uint32_t *last) {
    uint8_t digits[CARD_MAX], lengths[CARD_MAX];
    uint32_t total = 0, at = start, end, count = 0, longest = 0;
    for (;;) {
        end = glyph_run_end(g, at);
        if (count < CARD_MAX) lengths[count++] = (uint8_t)(end - at > CARD_MAX ? CARD_MAX : end - at);
        if (end - at > longest) longest = end - at;
        if (total <= CARD_MAX) total = add_digits(g, at, end, digits, total, CARD_MAX);
        uint32_t gap = strong_gap(g, end);
        if (!gap || !glyph_digit(g, end + gap)) break;
        at = end + gap;
    }
    *last = end;
    if (total > CARD_MAX || !(longest <= 2 || card_groups(lengths, count))) return 0;
    return sl_starts(g->stream, start) && card_left(g, start) && card_right(g, end) && is_card(digits, total);
}

sl_status sl_find_credit_card(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans) {
    sl_glyphs g = {props, stream, stream->length};
    uint32_t done = 0, apart_done = 0;
    for (uint32_t i = 0; i < g.n; i++) {
        if (!glyph_digit(&g, i)) continue;
        uint32_t end = glyph_run_end(&g, i), stop;
        int fits = end - i == 4 || end - i >= CARD_MIN; /* PERF: no other run begins a card */
        if (fits && i >= done && sl_starts(stream, i) && card_left(&g, i) && (stop = plain_card(&g, i, end))) {
            sl_status status = glyph_accept(&g, i, done = stop, arena, spans);
            if (status) return status;
        }
        if (strong && i >= apart_done && apart_card(&g, i, &apart_done)) {
            sl_status status = glyph_accept(&g, i, apart_done, arena, spans);
            if (status) return status;
        }
        i = end;
    }
    sl_spans_select(spans);
    return SL_OK;
}
