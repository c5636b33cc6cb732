/* Spelled-out telephone numbers: number words, digits set apart, letters for digits, odd separators.
 *
 * The stream is cut into stretches of glue; those that read as digits are pieces, and pieces with small gaps a sequence.
 * PERF: a sequence keeps its first PIECES_MAX pieces and counts the rest: one with more has too many digits in any case. */
#include "phone_parts.h"

enum { PIECES_MAX = 20, PIECE_CHARS_MAX = 100, PIECE_DIGITS_MAX = 20, DIGITS_LEAST = 7, DIGITS_MOST = 17 };

typedef struct {
    uint32_t start, end;
    uint8_t digits[PIECE_DIGITS_MAX + 2]; /* `triple` adds two */
    uint8_t count, words, letters;        /* digits; those that come from words, from letters */
} piece;

typedef struct {
    piece pieces[PIECES_MAX];
    uint32_t count;     /* of pieces, also of those that were not kept */
    uint32_t solid;     /* pieces up to the last that is not bare letters */
    uint32_t plus;      /* where its plus stands, or GLYPH_NONE */
} sequence;

/* What waits for the next piece. */
typedef struct {
    uint32_t times_at, times; /* `double`, `triple` */
    uint32_t plus_word;       /* `plus` */
    int filler;               /* `dash` was the last stretch */
} pending;

static const struct {
    const char *word;
    uint8_t digit;
} DIGIT_WORDS[] = {
    {"zero", 0},  {"oh", 0},     {"null", 0}, {"cero", 0},    {"nul", 0},   {"one", 1},   {"uno", 1},   {"une", 1},   {"eins", 1},
    {"um", 1},    {"uma", 1},    {"ein", 1},  {"two", 2},     {"dos", 2},   {"deux", 2},  {"zwei", 2},  {"dois", 2},  {"duas", 2},
    {"due", 2},   {"three", 3},  {"tres", 3}, {"trois", 3},   {"drei", 3},  {"tre", 3},   {"four", 4},  {"cuatro", 4}, {"quatre", 4},
    {"vier", 4},  {"quatro", 4}, {"quattro", 4}, {"five", 5}, {"cinco", 5}, {"cinq", 5},  {"funf", 5},  {"fuenf", 5}, {"cinque", 5},
    {"six", 6},   {"seis", 6},   {"sechs", 6}, {"sei", 6},    {"seven", 7}, {"siete", 7}, {"sept", 7},  {"sieben", 7}, {"sette", 7},
    {"sete", 7},  {"eight", 8},  {"ocho", 8}, {"huit", 8},    {"acht", 8},  {"oito", 8},  {"otto", 8},  {"nine", 9},  {"nueve", 9},
    {"neuf", 9},  {"neun", 9},   {"nove", 9}, {"nou", 9},
};

enum { DIGIT_WORD_COUNT = sizeof DIGIT_WORDS / sizeof *DIGIT_WORDS };

/* The digit words by their first letter: PERF: made once a message, saves a look at all of them at each letter. */
typedef struct {
    uint8_t first[26], next[DIGIT_WORD_COUNT]; /* numbers of words plus one; 0: no more */
} word_index;

static void make_index(word_index *index) {
    memset(index, 0, sizeof *index);
    for (uint8_t w = 0; w < DIGIT_WORD_COUNT; w++) {
        uint8_t *first = &index->first[DIGIT_WORDS[w].word[0] - 'a'];
        index->next[w] = *first;
        *first = (uint8_t)(w + 1);
    }
}

static int is_one_of(const sl_glyphs *g, uint32_t start, uint32_t end, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (glyph_word(g, start, words[i]) == end - start) return 1;
    return 0;
}

static int is_filler(const sl_glyphs *g, uint32_t start, uint32_t end) {
    static const char *const words[] = {"dash", "hyphen", "minus", "dot", "point", "punto", "ponto", "punkt", "space", "then", "and", "slash"};
    return is_one_of(g, start, end, words, sizeof words / sizeof *words);
}

static int digit_letter(uint32_t c) {
    switch (c) {
    case 'o': return 0;
    case 'i': case 'l': return 1;
    case 'z': return 2;
    case 's': return 5;
    case 'b': return 8;
    default: return -1;
    }
}

/* `i386`, `i686`: no number with a letter. */
static int is_processor(const sl_glyphs *g, uint32_t start, uint32_t end) {
    return end - start == 4 && glyph(g, start) == 'i' && glyph_in(g, start + 1, "3456") && glyph_word(g, start + 2, "86");
}

/* Read the stretch as digits; 0 where it is not spelled. */
static int read_piece(const sl_glyphs *g, const word_index *index, uint32_t start, uint32_t end, piece *p) {
    *p = (piece){.start = start, .end = end};
    if (end - start > PIECE_CHARS_MAX || is_processor(g, start, end)) return 0;
    for (uint32_t i = start; i < end;) {
        uint32_t c = glyph(g, i), longest = 0;
        uint8_t digit = 0;
        if (p->count == PIECE_DIGITS_MAX) return 0;
        for (uint8_t w = c - 'a' < 26 ? index->first[c - 'a'] : 0; w; w = index->next[w - 1]) {
            uint32_t length = glyph_word(g, i, DIGIT_WORDS[w - 1].word);
            if (length > longest && i + length <= end) longest = length, digit = DIGIT_WORDS[w - 1].digit;
        }
        if (longest) {
            p->words++;
        } else if (is_digit_char(c)) {
            digit = (uint8_t)(c - '0');
            longest = 1;
        } else {
            int value = digit_letter(c);
            if (value < 0) return 0;
            digit = (uint8_t)value;
            p->letters++;
            longest = 1;
        }
        p->digits[p->count++] = digit;
        i += longest;
    }
    return 1;
}

/* The end of the glue at i, which `_` parts here. */
static uint32_t stretch_end(const sl_glyphs *g, uint32_t i) {
    while (glyph_glue(g, i) && glyph(g, i) != '_') i++;
    return i;
}

static int is_gap(const sl_glyphs *g, uint32_t from, uint32_t to) {
    if (to - from < 1 || to - from > 6) return 0;
    for (uint32_t i = from; i < to; i++)
        if (glyph_line_end(g, i) || glyph_in(g, i, "+:;?!")) return 0;
    return 1;
}

/* ── Judging a sequence ── */

typedef struct {
    const sl_glyphs *g;
    const sl_phone_plans *plans;
    sl_phone_context *context;
    word_index index;
} judge;

static int is_year(const piece *p) {
    return p->count == 4 && ((p->digits[0] == 1 && p->digits[1] == 9) || (p->digits[0] == 2 && p->digits[1] == 0));
}

/* Is each piece one digit, or do the gaps hold, blanks apart, the same one odd character each? */
static int is_odd(const sl_glyphs *g, const piece *pieces, uint32_t count) {
    int single = 1;
    for (uint32_t i = 0; i < count; i++) single &= pieces[i].count == 1;
    if (single) return 1;
    int years = 1;
    for (uint32_t i = 0; i < count; i++) years &= is_year(&pieces[i]);
    if (count < 3 || years) return 0;
    uint32_t mark = GLYPH_NONE;
    for (uint32_t i = 0; i + 1 < count; i++) {
        uint32_t seen = 0;
        for (uint32_t at = pieces[i].end; at < pieces[i + 1].start; at++) {
            if (glyph_blank(g, at)) continue;
            uint32_t c = glyph(g, at);
            int odd = c < 128 ? glyph_in(g, at, "_*~|\\^\"'") : !(glyph_kind(g, at) & (SL_LETTER | SL_MARK | SL_WORD)) && !is_dash_char(c);
            if (!odd || seen++ || (mark != GLYPH_NONE && mark != c)) return 0;
            mark = c;
        }
        if (!seen) return 0;
    }
    return 1;
}

/* All the same, or one up each, or one down each. */
static int runs_evenly(const uint8_t *digits, uint32_t count) {
    int step = (digits[1] - digits[0] + 10) % 10;
    if (step != 0 && step != 1 && step != 9) return 0;
    for (uint32_t i = 1; i < count; i++)
        if ((digits[i] - digits[i - 1] + 10) % 10 != step) return 0;
    return 1;
}

static int context_fits(const sl_glyphs *g, uint32_t start, uint32_t end) {
    if (glyph_glue(g, start - 1) || glyph_currency(g, start - 1) || glyph(g, start - 1) == '#') return 0;
    return !glyph_glue(g, end) && glyph(g, end) != '%' && !glyph_currency(g, end);
}

/* One digit word and nothing else: `due` before a date, `sept`, `um`. */
static int is_lone_word(const piece *p) { return p->words == 1 && p->count == 1; }

static sl_status is_number(const judge *j, uint32_t plus, const piece *pieces, uint32_t count, int *yes) {
    uint8_t digits[DIGITS_MOST];
    uint32_t total = 0, words = 0, letters = 0;
    *yes = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (total + pieces[i].count > DIGITS_MOST) return SL_OK;
        memcpy(digits + total, pieces[i].digits, pieces[i].count);
        total += pieces[i].count;
        words += pieces[i].words;
        letters += pieces[i].letters;
    }
    uint32_t start = plus == GLYPH_NONE ? pieces[0].start : plus, end = pieces[count - 1].end;
    if (total < DIGITS_LEAST || !sl_starts(j->g->stream, start) || !context_fits(j->g, start, end) || runs_evenly(digits, total)) return SL_OK;
    if (!words && !letters && !is_odd(j->g, pieces, count)) return SL_OK;
    if ((total - letters) * (plus == GLYPH_NONE ? 2 : 3) < total) return SL_OK;
    if (plus != GLYPH_NONE) {
        *yes = phone_international(j->plans, digits, total, 1);
        return SL_OK;
    }
    if (count == 1 && letters == 1 && !words && (glyph_letter(j->g, start) || glyph_letter(j->g, end - 1))) return SL_OK;
    if (words == 1 && !letters && (is_lone_word(&pieces[0]) || is_lone_word(&pieces[count - 1]))) return SL_OK;
    int lone_letters = letters && !words && total < 9, single = 1;
    for (uint32_t i = 0; i < count; i++) single &= pieces[i].count == 1;
    int few = !words && !letters && total < 9;
    *yes = total >= 10 && (words || (single && !letters));
    if (!*yes && !lone_letters && !few)
        *yes = phone_national(j->plans, digits, total) || phone_international(j->plans, digits, total, 0);
    if (*yes) return SL_OK;
    int says = CONTEXT_NONE;
    sl_status status = phone_context(j->context, start, end, &says);
    *yes = says == CONTEXT_POSITIVE;
    return status;
}

/* The whole sequence, or without a piece at an end, where it is a number. Empties the sequence. */
static sl_status close_sequence(const judge *j, sequence *q, sl_arena *arena, sl_spans *spans) {
    uint32_t solid = q->solid, plus = q->plus;
    q->count = q->solid = 0;
    q->plus = GLYPH_NONE;
    if (!solid || solid >= PIECES_MAX) return SL_OK;
    for (uint32_t attempt = 0; attempt < 4; attempt++) {
        uint32_t first = attempt >> 1, last = attempt & 1;
        if (first + last >= solid) continue;
        uint32_t count = solid - first - last, lead = first ? GLYPH_NONE : plus;
        int yes;
        sl_status status = is_number(j, lead, q->pieces + first, count, &yes);
        if (status) return status;
        if (!yes) continue;
        uint32_t start = lead == GLYPH_NONE ? q->pieces[first].start : lead;
        return glyph_accept(j->g, start, q->pieces[first + count - 1].end, arena, spans);
    }
    return SL_OK;
}

/* ── Cutting into sequences ── */

static uint32_t plus_before(const sl_glyphs *g, uint32_t start) {
    if (glyph(g, start - 1) == '+') return start - 1;
    return glyph_blank(g, start - 1) && glyph(g, start - 2) == '+' ? start - 2 : GLYPH_NONE;
}

static void append(sequence *q, const piece *p, const pending *wait) {
    int bare = p->letters == p->count;
    if (q->count < PIECES_MAX) {
        piece *to = &q->pieces[q->count];
        *to = *p;
        if (wait->times) {
            uint8_t extra = (uint8_t)(wait->times - 1);
            memmove(to->digits + extra, to->digits, p->count);
            for (uint8_t i = 0; i < extra; i++) to->digits[i] = p->digits[0];
            to->count = (uint8_t)(p->count + extra);
            to->words = (uint8_t)(p->words + extra);
            to->start = wait->times_at;
            bare = 0;
        }
    } else {
        bare = bare && !wait->times;
    }
    q->count++;
    if (!bare) q->solid = q->count;
}

/* One stretch of glue: it joins the sequence, or ends it. */
static sl_status take(const judge *j, uint32_t start, uint32_t end, sequence *q, pending *wait, sl_arena *arena, sl_spans *spans) {
    const sl_glyphs *g = j->g;
    sl_status status = SL_OK;
    uint32_t times = 0;
    if (end - start == 6) times = glyph_word(g, start, "double") ? 2 : glyph_word(g, start, "triple") ? 3 : 0;
    if (times) {
        uint32_t plus_word = !q->count && !wait->times ? wait->plus_word : GLYPH_NONE;
        if (wait->times) status = close_sequence(j, q, arena, spans);
        *wait = (pending){.times_at = start, .times = times, .plus_word = plus_word};
        return status;
    }
    piece p;
    if (!read_piece(g, &j->index, start, end, &p)) {
        int filler = is_filler(g, start, end) && q->count && !wait->filler && !wait->times;
        if (filler) {
            wait->filler = 1;
            return SL_OK;
        }
        *wait = (pending){.plus_word = glyph_word(g, start, "plus") == end - start ? start : GLYPH_NONE};
        return close_sequence(j, q, arena, spans);
    }
    uint32_t plus = plus_before(g, wait->times ? wait->times_at : start);
    if (plus != GLYPH_NONE) status = close_sequence(j, q, arena, spans);
    if (plus == GLYPH_NONE && !q->count) plus = wait->plus_word;
    int bare = p.letters == p.count;
    if (bare && ((!q->count && plus == GLYPH_NONE) || (q->count && (q->plus == GLYPH_NONE || end - start < 2)))) {
        *wait = (pending){.plus_word = GLYPH_NONE};
        return status ? status : close_sequence(j, q, arena, spans);
    }
    if (!q->count) q->plus = plus;
    append(q, &p, wait);
    *wait = (pending){.plus_word = GLYPH_NONE};
    return status;
}

sl_status phone_spelled(const sl_glyphs *g, const sl_phone_plans *plans, sl_phone_context *context, sl_arena *arena, sl_spans *spans) {
    judge j = {.g = g, .plans = plans, .context = context};
    make_index(&j.index);
    sequence q = {.plus = GLYPH_NONE};
    pending wait = {.plus_word = GLYPH_NONE};
    uint32_t last_end = 0;
    sl_status status = SL_OK;
    for (uint32_t i = 0; i < g->n && !status; i++) {
        uint32_t start = i, end = stretch_end(g, i);
        if (end == start) continue;
        if (!is_gap(g, last_end, start)) {
            status = close_sequence(&j, &q, arena, spans);
            wait = (pending){.plus_word = GLYPH_NONE};
        }
        if (!status) status = take(&j, start, end, &q, &wait, arena, spans);
        last_end = i = end;
    }
    return status ? status : close_sequence(&j, &q, arena, spans);
}
