/* Telephone numbers written in digits: chains of groups, what is around them, and what they look like.
 *
 * PERF: each run of digits starts one chain of at most 16 groups and 40 characters; its prefixes are judged by the numbers
 * gathered while the chain grew, so that the work for a run is bounded and the whole is linear in the stream. */
#include "phone_parts.h"

enum { GROUPS_MAX = 16, NATIONAL_GROUPS_MAX = 6, CHAIN_DIGITS_MAX = 20, CHAIN_CHARS_MAX = 40, NO_VALUE = 10000 };

/* Joints before a group, as a set over the groups of a candidate. */
enum { JOINT_BLANK = 1, JOINT_DASH = 2, JOINT_DOT = 4, JOINT_SLASH = 8, JOINT_PARENTHESIS = 16, JOINT_OTHER = 32, JOINT_NONE = 0 };

typedef struct {
    uint32_t start, end; /* in the stream */
    uint32_t value;      /* of at most four digits; NO_VALUE for more */
    uint8_t open;
    uint8_t joint;      /* the set of what stands between the group before and this one */
    uint8_t lone_dot;   /* that is one dot and nothing else */
} group;

typedef struct {
    uint32_t start;
    int plus;
    int glued; /* a word of calling stands directly before: `call415…` */
    group groups[GROUPS_MAX];
    uint8_t digits[CHAIN_DIGITS_MAX + 1];
    uint32_t count; /* of groups */
} chain;

/* A prefix of a chain. */
typedef struct {
    const chain *chain;
    uint32_t k, digit_count, end;
    uint8_t joints; /* of all its groups but the first, joined */
} candidate;

static int blanks_alone(const candidate *p) { return !p->chain->groups[0].open && !(p->joints & (uint8_t)~JOINT_BLANK); }
static uint32_t length_of(const chain *c, uint32_t i) { return c->groups[i].end - c->groups[i].start; }

/* Past the `xx` that stands for a carrier after `0` and `011`, and past a blank before `)`. */
static uint32_t after_group(const sl_glyphs *g, uint32_t at, uint32_t end, int open) {
    int carrier = (end - at == 1 && glyph(g, at) == '0') || (end - at == 3 && glyph_word(g, at, "011"));
    if (carrier && glyph(g, end) == 'x' && glyph(g, end + 1) == 'x') end += 2;
    return end + (open && glyph_blank(g, end) && glyph(g, end + 1) == ')');
}

static int can_open(const sl_glyphs *g, uint32_t at, uint32_t end) {
    return end - at <= 6 && glyph(g, after_group(g, at, end, 1)) == ')';
}

static void read_lead(const sl_glyphs *g, uint32_t d, uint32_t end, chain *c) {
    int closable = can_open(g, d, end);
    uint32_t before = glyph(g, d - 1), second = glyph(g, d - 2);
    c->start = d;
    c->plus = 0;
    c->groups[0] = (group){.start = d, .end = end};
    if (before == '+') {
        c->plus = 1;
        c->groups[0].open = second == '(' && closable;
        c->start = d - 1 - c->groups[0].open;
    } else if (second == '+' && glyph_blank(g, d - 1)) {
        c->plus = 1;
        c->start = d - 2;
    } else if (before == '(' && closable) {
        c->groups[0].open = 1;
        c->plus = second == '+';
        c->start = d - 1 - (uint32_t)c->plus;
    } else if (second == '(' && closable && glyph_blank(g, d - 1)) {
        c->groups[0].open = 1;
        c->start = d - 2;
    }
}

/* The link at i: its length; adds to the set of joints; `half` where it is a blank and a dash without a blank after. */
static uint32_t read_link(const sl_glyphs *g, uint32_t i, uint8_t *joint, int *half) {
    *half = 0;
    uint32_t c = glyph(g, i);
    if (c == '.' || c == '/') {
        *joint |= c == '.' ? JOINT_DOT : JOINT_SLASH;
        return 1 + (uint32_t)(c == '/' && glyph_blank(g, i + 1));
    }
    if (is_dash_char(c)) {
        *joint |= JOINT_DASH;
        return glyph_blank(g, i + 1) ? 2 : 1;
    }
    if (!glyph_blank(g, i)) return 0;
    if (glyph_dash(g, i + 1)) {
        *joint |= JOINT_DASH;
        *half = !glyph_blank(g, i + 2);
        return *half ? 2 : 3;
    }
    *joint |= JOINT_BLANK;
    return glyph_blank(g, i + 1) ? 2 : 1;
}

/* The group that follows; 0 where the chain ends. */
static int read_next(const sl_glyphs *g, const group *last, group *next) {
    uint32_t i = after_group(g, last->start, last->end, last->open);
    int half = 0, placeholder = !last->open && i > last->end;
    next->joint = placeholder ? JOINT_OTHER : JOINT_NONE;
    if (last->open) {
        if (glyph(g, i) != ')') return 0;
        i++;
        next->joint = JOINT_PARENTHESIS;
    }
    uint32_t link = 1;
    if (glyph(g, i) == '~' && last->end - last->start == 1 && glyph(g, last->start) == '0')
        next->joint |= JOINT_OTHER;
    else
        link = read_link(g, i, &next->joint, &half);
    i += link;
    next->open = glyph(g, i) == '(';
    if (next->open) {
        i++;
        i += (uint32_t)glyph_blank(g, i);
        next->joint |= JOINT_PARENTHESIS;
    } else if (half || (!link && !last->open && !placeholder)) {
        return 0;
    }
    next->start = i;
    next->end = glyph_run_end(g, i);
    next->lone_dot = next->joint == JOINT_DOT;
    return next->end > i && (!next->open || can_open(g, i, next->end));
}

static void read_chain(const sl_glyphs *g, uint32_t first, uint32_t first_end, chain *c) {
    read_lead(g, first, first_end, c);
    c->count = 0;
    uint32_t digits = 0, most = c->plus ? GROUPS_MAX : NATIONAL_GROUPS_MAX; /* PERF: more groups than that are never a number */
    group next = c->groups[0];
    do {
        digits += next.end - next.start;
        if (c->count == most || digits > CHAIN_DIGITS_MAX || next.end - c->start > CHAIN_CHARS_MAX) return;
        next.value = next.end - next.start > 4 ? NO_VALUE : 0;
        for (uint32_t i = next.start, to = digits - (next.end - next.start); i < next.end; i++) {
            uint8_t digit = (uint8_t)(glyph(g, i) - '0');
            c->digits[to++] = digit;
            if (next.value != NO_VALUE) next.value = next.value * 10 + digit;
        }
        c->groups[c->count++] = next;
    } while (read_next(g, &c->groups[c->count - 1], &next));
}

/* ── What is around ── */

static int left_fits(const sl_glyphs *g, const chain *c, const candidate *p) {
    uint32_t a = c->start - 1, b = c->start - 2, before = glyph(g, a);
    if (before == GLYPH_NONE) return 1;
    if (is_currency_char(before) || glyph_in(g, a, "#%@&+") || before == 0xB0 || before == 0x2116) return 0;
    int dash = is_dash_char(before);
    if (c->plus) return !is_digit_char(before) && !((dash || glyph_in(g, a, "./\\'_")) && glyph_digit(g, b));
    if (glyph_glue(g, a) || ((dash || glyph_in(g, a, "/\\'_~")) && glyph_glue(g, b))) return 0;
    if (before == '.' && (glyph_digit(g, b) || (p->k == 1 && glyph_glue(g, b)))) return 0;
    if (before == '*' && glyph_digit(g, b)) return 0;
    int listed = p->k >= 2 && p->digit_count >= 9;
    return listed || !(glyph_in(g, a, ",:;=") && glyph_digit(g, b));
}

static int right_fits(const sl_glyphs *g, const candidate *p, uint32_t end) {
    uint32_t b = end + 1, after = glyph(g, end);
    if (after == GLYPH_NONE) return 1;
    if (glyph_glue(g, end) || glyph_in(g, end, "%@") || after == 0xB0 || is_currency_char(after)) return 0;
    int dash = is_dash_char(after), digit = glyph_digit(g, b);
    if (digit && (dash || glyph_in(g, end, "./\\'_="))) return 0;
    int letter = glyph_letter(g, b);
    if (letter && (dash || after == '_') && glyph_glue(g, b)) return 0;
    if (letter && after == '.' && p->k == 1) return 0;
    int listed = p->chain->plus || (p->k >= 2 && p->digit_count >= 9);
    return listed || !(digit && glyph_in(g, end, ",:*"));
}

enum { GLUED_BEFORE_MAX = 12, GLUED_AFTER_MAX = 20 };

/* Does a word of calling, `at`, `is`, `on` stand directly before, without a blank? */
static int glued_before(const sl_glyphs *g, uint32_t start) {
    static const char *const words[] = {"at",   "on",       "is",     "to",  "me",  "no",  "call", "tel", "text",     "phone", "mobile",
                                        "cell", "whatsapp", "number", "fon", "ruf", "sms", "mob",  "fax", "telefono", "llama"};
    char word[GLUED_BEFORE_MAX + 2];
    uint32_t first = start;
    while (start - first <= GLUED_BEFORE_MAX && glyph_glue(g, first - 1)) first--;
    if (first == start || !glyph_copy(g, first, start, word, sizeof word)) return 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(word, words[i])) return 1;
    return 0;
}

/* Do letters, two or more and no digit among them, follow directly: `…0132forme`? */
static int glued_after(const sl_glyphs *g, const candidate *p, uint32_t end) {
    uint32_t stop = end, letters = 0;
    for (; stop - end <= GLUED_AFTER_MAX && glyph_glue(g, stop); stop++) letters += glyph(g, stop) - 'a' < 26;
    if (stop - end < 2 || stop - end > GLUED_AFTER_MAX || letters != stop - end) return 0;
    return p->chain->plus || p->chain->glued || (p->k >= 2 && p->digit_count >= 9 && !blanks_alone(p));
}

static uint32_t extension_end(const sl_glyphs *g, uint32_t end) {
    static const char *const words[] = {"durchwahl", "extension", "interno", "ramal", "anexo", "poste", "extn", "ext", "int", "x", "#", "~"};
    static const uint16_t arabic[] = {0x641, 0x631, 0x639, 0x64A};
    uint32_t i = end, length = 0;
    i += (uint32_t)glyph_blank(g, i);
    int semicolon = glyph(g, i) == ';';
    i += (uint32_t)glyph_in(g, i, ",;");
    i += (uint32_t)glyph_blank(g, i);
    if (!glyph_in(g, i, "deirapx#~") && glyph(g, i) != arabic[0]) return 0; /* PERF: the first letters of all of them */
    for (size_t w = 0; w < sizeof words / sizeof *words && !length; w++) length = glyph_word(g, i, words[w]);
    for (uint32_t k = 0; !length && glyph(g, i + k) == arabic[k];)
        if (++k == 4) length = 4;
    if (!length || (semicolon && !glyph_word(g, i, "ext"))) return 0;
    i += length;
    i += (uint32_t)glyph_in(g, i, ".:");
    i += (uint32_t)glyph_blank(g, i);
    i += (uint32_t)glyph_blank(g, i);
    uint32_t stop = i;
    while (stop - i <= 7 && glyph_digit(g, stop)) stop++;
    return stop > i && stop - i <= 7 && !glyph_glue(g, stop) ? stop : 0;
}

/* ── What it looks like ── */

static uint32_t value_of(const candidate *p, uint32_t i) { return p->chain->groups[i].value; }

static int has_lengths(const candidate *p, uint32_t k, const uint8_t *lengths) {
    if (p->k != k) return 0;
    for (uint32_t i = 0; i < k; i++)
        if (length_of(p->chain, i) != lengths[i]) return 0;
    return 1;
}
#define HAS_LENGTHS(p, ...) has_lengths(p, sizeof((uint8_t[]){__VA_ARGS__}), (uint8_t[]){__VA_ARGS__})

static int is_year(const candidate *p, uint32_t i) {
    uint32_t value = value_of(p, i);
    return length_of(p->chain, i) == 4 && value >= 1900 && value < 2100;
}
static int is_small(const candidate *p, uint32_t i) { return length_of(p->chain, i) <= 2 && value_of(p, i) <= 31; }

static int is_date(const candidate *p) {
    const chain *c = p->chain;
    if (p->k == 3 && length_of(c, 0) <= 2 && length_of(c, 1) <= 2 && length_of(c, 2) == 2) return 1;
    int years = 1;
    for (uint32_t i = 0; i < p->k; i++) {
        years &= is_year(p, i);
        if (i + 2 >= p->k || !is_small(p, i + 1)) continue;
        if ((is_small(p, i) && is_year(p, i + 2)) || (is_year(p, i) && is_small(p, i + 2))) return 1;
    }
    return years;
}

/* Thousands, an IP address, a decimal: groups that are joined as in numbers of another kind. */
static int is_other_number(const candidate *p) {
    const chain *c = p->chain;
    int dots = 1, threes = length_of(c, 0) <= 3, short_groups = length_of(c, 0) <= 3, zeros = 0;
    for (uint32_t i = 1; i < p->k; i++) {
        dots &= c->groups[i].lone_dot;
        threes &= length_of(c, i) == 3;
        short_groups &= length_of(c, i) <= 3;
        zeros |= length_of(c, i) == 3 && value_of(p, i) == 0;
    }
    if (p->k >= 2 && length_of(c, 0) == 1 && c->digits[0] == 0 && c->groups[1].lone_dot) return 1;
    if (p->k == 4 && dots && short_groups) return 1;
    if (p->k == 2 && dots && (c->digits[0] != 0 || length_of(c, 0) == 1)) return 1;
    return p->k >= 2 && threes && (dots || (zeros && blanks_alone(p)));
}

static int is_never(const candidate *p) {
    const uint8_t *digits = p->chain->digits;
    if (p->digit_count < 7 || p->digit_count > 17 || p->k > NATIONAL_GROUPS_MAX) return 1;
    if (p->k >= 2 && length_of(p->chain, p->k - 1) == 1) return 1;
    if (!digits[0] && !digits[1] && !digits[2]) return 1;
    uint32_t same = 1;
    while (same < p->digit_count && digits[same] == digits[0]) same++;
    if (same == p->digit_count) return 1;
    if (is_date(p) || is_other_number(p) || HAS_LENGTHS(p, 3, 2, 4)) return 1;
    return p->digit_count == 13 && digits[0] == 9 && digits[1] == 7 && (digits[2] == 8 || digits[2] == 9);
}

static int is_shaped(const candidate *p) {
    return p->k >= 2 && (!(p->joints & JOINT_SLASH) || (p->chain->digits[0] == 0 && p->k == 2));
}

static int is_american(const candidate *p) {
    const uint8_t *digits = p->chain->digits;
    if (HAS_LENGTHS(p, 1, 3, 3, 4) && digits[0] == 1)
        digits++;
    else if (!HAS_LENGTHS(p, 3, 3, 4))
        return 0;
    return digits[0] >= 2 && digits[3] >= 2;
}

static int has_known_shape(const candidate *p) {
    return HAS_LENGTHS(p, 3, 4, 4) || HAS_LENGTHS(p, 5, 5) || HAS_LENGTHS(p, 2, 5, 4) || HAS_LENGTHS(p, 2, 4, 4) || HAS_LENGTHS(p, 3, 3, 3) ||
           HAS_LENGTHS(p, 3, 2, 2, 2) || HAS_LENGTHS(p, 3, 3, 2, 2) || HAS_LENGTHS(p, 4, 3, 3) || HAS_LENGTHS(p, 1, 3, 3, 2, 2) ||
           HAS_LENGTHS(p, 3, 3, 4);
}

/* ── Judging ── */

typedef struct {
    const sl_glyphs *g;
    const sl_phone_plans *plans;
    sl_phone_context *context;
    int strong;
    uint32_t alphanumerics; /* letters and digits of the whole stream; UINT32_MAX: not counted yet */
} judge;

static uint32_t count_alphanumerics(const sl_glyphs *g, uint32_t from, uint32_t to) {
    uint32_t count = 0;
    for (uint32_t i = from; i < to; i++) count += glyph_letter(g, i) || glyph_digit(g, i);
    return count;
}

static int is_whole_message(judge *j, uint32_t start, uint32_t end) {
    if (j->alphanumerics == UINT32_MAX) j->alphanumerics = count_alphanumerics(j->g, 0, j->g->n);
    return j->alphanumerics == count_alphanumerics(j->g, start, end);
}

static int plus_fits(const sl_phone_plans *plans, const candidate *p) {
    uint8_t digits[CHAIN_DIGITS_MAX];
    uint32_t count = 0, offset = 0;
    for (uint32_t i = 0; i < p->k; i++) {
        uint32_t length = length_of(p->chain, i);
        int trunk = i && p->chain->groups[i].open && length == 1 && p->chain->digits[offset] == 0;
        for (uint32_t d = 0; d < length && !trunk; d++) digits[count++] = p->chain->digits[offset + d];
        offset += length;
    }
    return phone_international(plans, digits, count, 1);
}

static int prefix_fits(judge *j, const candidate *p, uint32_t end, int says, int extended) {
    const uint8_t *digits = p->chain->digits;
    uint32_t skip = 0;
    if (digits[0] == 0 && digits[1] == 0)
        skip = 2;
    else if (digits[0] == 0 && digits[1] == 1 && digits[2] == 1 && j->plans->has_code_1 && p->digit_count >= 11)
        skip = 3;
    if (!skip) return 0;
    int loose = says == CONTEXT_POSITIVE;
    if (!phone_international(j->plans, digits + skip, p->digit_count - skip, loose)) return 0;
    return loose || p->k >= 2 || says == CONTEXT_WEAK || extended || is_whole_message(j, p->chain->start, end);
}

static int chain_goes_on(const sl_glyphs *g, const candidate *p) {
    uint32_t start = p->chain->start;
    return (glyph_blank(g, start - 1) && glyph_digit(g, start - 2)) || (glyph_blank(g, p->end) && glyph_digit(g, p->end + 1));
}

/* `0191-650-333-6000`: digits that choose a carrier, then an American number. */
static int with_carrier(const candidate *p) {
    const chain *c = p->chain;
    if (p->k != 4 || c->digits[0] != 0 || blanks_alone(p)) return 0;
    if (length_of(c, 1) != 3 || length_of(c, 2) != 3 || length_of(c, 3) != 4) return 0;
    const uint8_t *area = c->digits + length_of(c, 0);
    return area[0] >= 2 && area[3] >= 2;
}

/* May digits alone, without any sign, be a number? Many ids are as long; few start so. */
static int bare_fits(const candidate *p) {
    const uint8_t *digits = p->chain->digits;
    if (p->digit_count == 9) return digits[0] == 0 || digits[0] == 6 || digits[0] == 7;
    if (p->digit_count == 11) return digits[0] <= 1 || digits[0] == 7 || digits[0] == 8 || digits[2] == 9;
    return p->digit_count >= 9;
}

static int national_fits(judge *j, const candidate *p, uint32_t end, int says, int extended) {
    int shaped = is_shaped(p), blanks = blanks_alone(p), positive = says == CONTEXT_POSITIVE;
    uint32_t count = p->digit_count;
    if (j->plans->has_code_1 && shaped && !blanks && is_american(p)) return 1;
    if (says == CONTEXT_NEGATIVE && !extended) return 0;
    if (!positive && blanks && chain_goes_on(j->g, p)) return 0;
    if ((positive || extended) && !j->plans->narrowed && ((count >= 8 && count <= 13) || (HAS_LENGTHS(p, 3, 4) && !blanks))) return 1;
    if (positive && !j->plans->narrowed && p->k == 3 && shaped) return 1;
    if ((positive || extended) && j->plans->narrowed && phone_possible_here(j->plans, count)) return 1;
    int valid = phone_national(j->plans, p->chain->digits, count);
    if (valid && (positive || extended) && j->plans->narrowed) return 1;
    if (valid && says == CONTEXT_WEAK && count >= 8 && count <= 12) return 1;
    if (with_carrier(p)) return 1;
    int priced = glyph_currency(j->g, p->chain->start - 2) || glyph_currency(j->g, end + 1);
    if (count == 8 && p->k > 1 && blanks && !priced && is_whole_message(j, p->chain->start, end) && phone_anywhere(j->plans, p->chain->digits, count)) return 1;
    if (!valid || count > 12) return 0;
    if (p->k == 1) return bare_fits(p) && is_whole_message(j, p->chain->start, end);
    if (!shaped) return 0;
    if (j->plans->narrowed || has_known_shape(p) || (p->chain->digits[0] == 0 && count >= 9)) return 1;
    return count >= 9 && is_whole_message(j, p->chain->start, end);
}

/* The end of the number with its extension, or 0. */
static sl_status judge_candidate(judge *j, const candidate *p, uint32_t *stop) {
    const chain *c = p->chain;
    *stop = 0;
    if (!c->plus && is_never(p)) return SL_OK;
    if (!c->glued && !left_fits(j->g, c, p)) return SL_OK;
    uint32_t extended = extension_end(j->g, p->end), end = extended ? extended : p->end;
    if (!(j->strong && glued_after(j->g, p, end)) && !right_fits(j->g, p, end)) return SL_OK;
    if (p->chain->plus) {
        if (plus_fits(j->plans, p)) *stop = end;
        return SL_OK;
    }
    int says = CONTEXT_POSITIVE;
    sl_status status = c->glued ? SL_OK : phone_context(j->context, c->start, end, &says);
    if (status) return status;
    if (prefix_fits(j, p, end, says, extended != 0) || national_fits(j, p, end, says, extended != 0)) *stop = end;
    return SL_OK;
}

static sl_status judge_chain(judge *j, const chain *c, uint32_t *stop) {
    uint8_t joints[GROUPS_MAX];
    uint32_t digits[GROUPS_MAX];
    for (uint32_t i = 0; i < c->count; i++) {
        joints[i] = i ? joints[i - 1] | c->groups[i].joint : 0;
        digits[i] = (i ? digits[i - 1] : 0) + length_of(c, i);
    }
    *stop = 0;
    for (uint32_t k = c->count; k > 0 && !*stop; k--) {
        if (c->groups[k - 1].open) continue;
        if (!c->plus && (digits[k - 1] < 7 || (k > 1 && length_of(c, k - 1) == 1))) continue; /* PERF: the cheap half of is_never */
        candidate p = {.chain = c, .k = k, .digit_count = digits[k - 1], .end = c->groups[k - 1].end, .joints = joints[k - 1]};
        sl_status status = judge_candidate(j, &p, stop);
        if (status) return status;
    }
    return SL_OK;
}

sl_status phone_plain(const sl_glyphs *g, const sl_phone_plans *plans, sl_phone_context *context, int strong, sl_arena *arena,
                      sl_spans *spans) {
    judge j = {.g = g, .plans = plans, .context = context, .strong = strong, .alphanumerics = UINT32_MAX};
    uint32_t done = 0;
    for (uint32_t i = 0; i < g->n; i++) {
        if (!glyph_digit(g, i)) continue;
        uint32_t first = i, first_end = glyph_run_end(g, i), stop;
        i = first_end;
        if (first < done) continue;
        chain c;
        read_chain(g, first, first_end, &c);
        if (c.start < done || !sl_starts(g->stream, c.start)) continue;
        c.glued = strong && !c.plus && glued_before(g, c.start);
        sl_status status = judge_chain(&j, &c, &stop);
        if (!status && stop) status = glyph_accept(g, c.start, done = stop, arena, spans);
        if (status) return status;
    }
    return SL_OK;
}
