/* Postal addresses: the stream as tokens, and which forms a policy's regions ask for. */
#include "postal_parts.h"

enum { WORD_ROOM = 21, FORM_ENGLISH = 1, FORM_FRENCH = 2, FORM_SOUTHERN = 4, FORM_GERMAN = 8 };

/* ── Tokens ── */

static uint32_t word_end(const sl_glyphs *g, uint32_t i) {
    uint32_t end = glyph_glue_end(g, i);
    while (end > i && (glyph(g, end) == '\'' || glyph(g, end) == 0x2019) && glyph_letter(g, end - 1) && glyph_letter(g, end + 1) &&
           glyph_glue(g, end + 1))
        end = glyph_glue_end(g, end + 1);
    return end;
}

static int small_letter(char c) { return c >= 'a' && c <= 'z'; }
static int digit(char c) { return c >= '0' && c <= '9'; }

/* The outward half of a UK postcode: one or two letters, a digit, perhaps a letter or digit. Its length, or 0. */
static uint32_t outward(const char *word, uint32_t length) {
    uint32_t letters = small_letter(word[0]) + (small_letter(word[0]) && small_letter(word[1]));
    if (!letters || length <= letters || !digit(word[letters])) return 0;
    return letters + 1;
}
static int inward(const char *word) { return digit(word[0]) && small_letter(word[1]) && small_letter(word[2]); }

static uint32_t shape_of(const char *word, uint32_t length) {
    uint32_t flags = 0, digits = 0;
    while (digits < length && digit(word[digits])) digits++;
    if (digits == length) flags |= T_DIGITS;
    if (digits >= 1 && digits <= 6 && (digits == length || (digits + 1 == length && small_letter(word[digits])))) flags |= T_HOUSE;
    const char *ending = word + digits;
    if (digits >= 1 && digits <= 3 && digits + 2 == length &&
        (!strcmp(ending, "st") || !strcmp(ending, "nd") || !strcmp(ending, "rd") || !strcmp(ending, "th")))
        flags |= T_ORDINAL;
    if (length == 3 && inward(word)) flags |= T_REST;
    uint32_t least = outward(word, length);
    int more = least && least < length && (small_letter(word[least]) || digit(word[least]));
    if (least && (length == least || (length == least + 1 && more))) flags |= T_POSTCODE;
    if (least && ((length == least + 3 && inward(word + least)) || (more && length == least + 4 && inward(word + least + 1)))) flags |= T_WHOLE;
    return flags;
}

static uint32_t flags_of(const sl_glyphs *g, uint32_t start, uint32_t end) {
    char word[WORD_ROOM];
    uint32_t flags = T_WORD, length = end - start;
    if (length < WORD_ROOM) {
        for (uint32_t i = start; i < end && !(flags & T_NAMED); i++)
            if (glyph_letter(g, i)) flags |= T_NAMED;
        if (glyph_copy(g, start, end, word, sizeof word)) flags |= shape_of(word, length) | (small_letter(word[0]) ? postal_word(word) : 0);
    }
    return flags;
}

static uint32_t cut(const sl_glyphs *g, sl_postal_token *tokens) {
    uint32_t count = 0, last_end = GLYPH_NONE;
    for (uint32_t i = 0; i < g->n;) {
        uint32_t end = word_end(g, i), flags = 0;
        if (end == i && glyph_blank(g, i)) {
            i++;
            continue;
        }
        if (end == i)
            end = i + 1;
        else if (tokens)
            flags = flags_of(g, i, end);
        if (i == last_end) flags |= T_ATTACHED;
        if (tokens) tokens[count] = (sl_postal_token){i, end, flags};
        count++;
        i = last_end = end;
    }
    return count;
}

sl_status postal_tokens(sl_postal *p, sl_arena *arena) {
    uint32_t count = cut(p->glyphs, NULL);
    p->tokens = sl_arena_take(arena, (size_t)(count + 1) * sizeof *p->tokens);
    if (!p->tokens) return SL_NO_MEMORY;
    p->count = cut(p->glyphs, p->tokens);
    return SL_OK;
}

/* ── Regions ── */

static int is_one_of(uint16_t region, const char *names) {
    for (; *names; names += 3)
        if (region == 26 * (names[0] - 'a') + names[1] - 'a') return 1;
    return 0;
}

static int forms_of(const uint16_t *regions, uint32_t count) {
    int forms = count ? 0 : FORM_ENGLISH | FORM_FRENCH | FORM_SOUTHERN | FORM_GERMAN;
    for (uint32_t i = 0; i < count; i++) {
        int found = (is_one_of(regions[i], "de at ch li lu ") ? FORM_GERMAN : 0) | (is_one_of(regions[i], "fr be ch lu mc ca ") ? FORM_FRENCH : 0) |
                    (is_one_of(regions[i], "es mx ar co cl pe ve ec uy pt br ao mz it sm ch ") ? FORM_SOUTHERN : 0);
        forms |= found && !is_one_of(regions[i], "ca ") ? found : found | FORM_ENGLISH;
    }
    return forms;
}

static uint32_t longest(const sl_postal *p, uint32_t i, int forms) {
    uint32_t best = 0, end;
    if (forms & FORM_ENGLISH && (end = postal_english(p, i)) > best) best = end;
    if (forms & FORM_FRENCH && (end = postal_french(p, i)) > best) best = end;
    if (forms & FORM_SOUTHERN && (end = postal_southern(p, i)) > best) best = end;
    if (forms & FORM_GERMAN && (end = postal_german(p, i)) > best) best = end;
    return best;
}

static int has_digit(const sl_stream *s) {
    for (uint32_t i = 0; i < s->length; i++)
        if (is_digit_char(sl_at(s, i))) return 1;
    return 0;
}

sl_status sl_find_postal_address(const sl_props *props, const sl_stream *stream, const uint16_t *regions, uint32_t region_count,
                                 int strong, sl_arena *arena, sl_spans *spans) {
    sl_glyphs g = {props, stream, stream->length};
    sl_postal p = {.glyphs = &g};
    (void)strong;
    if (!has_digit(stream)) return SL_OK; /* every form has a number */
    sl_status status = postal_tokens(&p, arena);
    int forms = forms_of(regions, region_count);
    for (uint32_t i = 0; i < p.count && !status; i++) {
        if (!(p.tokens[i].flags & T_WORD) || !sl_starts(stream, p.tokens[i].start)) continue;
        uint32_t end = longest(&p, i, forms);
        if (!end) continue;
        uint32_t last = end - 1 - (uint32_t)postal_is_mark(&p, end - 1, '.');
        status = glyph_accept(&g, p.tokens[i].start, p.tokens[last].end, arena, spans);
        i = end - 1;
    }
    if (!status) sl_spans_select(spans);
    return status;
}
