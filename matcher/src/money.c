/* Amounts of money: a number with a currency's sign, code or word beside it; strong: also numbers in English words. */
#include "glyphs.h"
#include "payment.h"

enum { AMOUNT_CHARS_MAX = 32, WORD_MAX = 12, SPELLED_WORDS_MAX = 12 };

/* Sets of words, between bars. */
static const char CODES[] =
    "|usd|eur|gbp|jpy|cny|inr|aud|cad|chf|sek|nok|dkk|pln|czk|huf|rub|brl|mxn|ars|clp|zar|nzd|sgd|hkd|krw|thb|idr|myr|vnd|ngn|kes|ghs|egp|"
    "aed|sar|ils|uah|bgn|pkr|bdt|twd|btc|eth|ltc|usdt|usdc|xmr|rs|";
static const char WORDS[] =
    "|php|dollar|dollars|dolar|dolares|buck|bucks|euro|euros|pound|pounds|quid|cent|cents|pence|penny|guilders|rupee|rupees|yen|yuan|rmb|peso|pesos|reais|franc|"
    "francs|kroner|kronor|krona|kr|zloty|zlotys|ruble|rubles|rouble|roubles|lira|baht|ringgit|rupiah|dinar|dirham|dirhams|riyal|naira|rand|"
    "shilling|shillings|hryvnia|bitcoin|bitcoins|satoshi|satoshis|sats|";
static const char ATTACHED[] = "|k|m|mm|mn|mio|bn|b|t|";
static const char MULTIPLIERS[] =
    "|thousand|million|millions|billion|billions|trillion|mil|mille|millones|milhoes|milioni|millionen|mrd|grand|lakh|lakhs|crore|crores|";
static const char DOLLARS[] = "|us|u|a|au|c|ca|nz|hk|s|sg|r|mx|";
static const char LANDS[] = "|us|american|canadian|australian|turkish|";
static const char GREAT[] = "|hundred|thousand|million|billion|";
static const char SMALL[] =
    "|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|"
    "thirty|forty|fifty|sixty|seventy|eighty|ninety|";

/* Do the characters start..end stand in the set? */
static int in_set(const sl_glyphs *g, uint32_t start, uint32_t end, const char *set) {
    if (glyph(g, start) - 'a' > 25) return 0; /* PERF: most calls end here */
    char key[WORD_MAX + 3] = "|";
    uint32_t length = end > start ? glyph_copy(g, start, end, key + 1, WORD_MAX + 1) : 0;
    if (!length || memchr(key + 1, '|', length) || strlen(key + 1) != length) return 0;
    key[length + 1] = '|';
    key[length + 2] = 0;
    return strstr(set, key) != NULL;
}

/* The end of the stretch of glue at i; i itself where it is longer than any word. */
static uint32_t word_end(const sl_glyphs *g, uint32_t i) {
    uint32_t end = i;
    while (end - i <= WORD_MAX && glyph_glue(g, end)) end++;
    return end - i <= WORD_MAX ? end : i;
}

/* The end of the word at i where it stands in the set, else 0. */
static uint32_t set_word(const sl_glyphs *g, uint32_t i, const char *set) {
    uint32_t end = word_end(g, i);
    return in_set(g, i, end, set) ? end : 0;
}

static uint32_t amount_end(const sl_glyphs *g, uint32_t start) {
    uint32_t last = start, end = glyph_run_end(g, start);
    for (;;) {
        int joins = glyph_in(g, end, ".,'") && glyph_digit(g, end + 1);
        if (!joins && end - last <= 3 && glyph_blank(g, end))
            joins = glyph_digit(g, end + 1) && glyph_digit(g, end + 2) && glyph_digit(g, end + 3) && !glyph_digit(g, end + 4);
        if (!joins) return end;
        last = end + 1;
        end = glyph_run_end(g, last);
    }
}

static uint32_t multiplier_end(const sl_glyphs *g, uint32_t end) {
    uint32_t stop = set_word(g, end, ATTACHED);
    if (!stop) stop = set_word(g, end, MULTIPLIERS);
    if (!stop && glyph_blank(g, end)) stop = set_word(g, end + 1, MULTIPLIERS);
    return stop ? stop : end;
}

/* Where a set's word of `longest` to `shortest` characters starts that ends at `end`, with no glue before; else GLYPH_NONE. */
static uint32_t word_before(const sl_glyphs *g, uint32_t end, uint32_t longest, uint32_t shortest, const char *set) {
    if (glyph(g, end - 1) - 'a' > 25) return GLYPH_NONE;
    for (uint32_t length = longest; length >= shortest; length--)
        if (end <= g->n && length <= end && in_set(g, end - length, end, set) && !glyph_glue(g, end - length - 1)) return end - length;
    return GLYPH_NONE;
}

static sl_status around(const sl_glyphs *g, uint32_t start, uint32_t end, sl_arena *arena, sl_spans *spans) {
    sl_status status = SL_OK;
    uint32_t stop = multiplier_end(g, end), lead = start - (uint32_t)glyph_blank(g, start - 1);
    if (lead && glyph_currency(g, lead - 1)) {
        uint32_t sign = lead - 1, first = glyph(g, sign) == '$' ? word_before(g, sign, 2, 1, DOLLARS) : GLYPH_NONE;
        if (first == GLYPH_NONE) first = sign;
        uint32_t code = set_word(g, stop + (uint32_t)glyph_blank(g, stop), CODES);
        if (sl_starts(g->stream, first)) status = glyph_accept(g, first, code ? code : stop, arena, spans);
    }
    if (lead && !status) {
        uint32_t first = word_before(g, lead - (glyph(g, lead - 1) == '.'), 4, 2, CODES);
        if (first != GLYPH_NONE && sl_starts(g->stream, first)) status = glyph_accept(g, first, stop, arena, spans);
    }
    if (status || glyph_glue(g, start - 1) || (glyph_in(g, start - 1, ".,") && glyph_digit(g, start - 2)) || !sl_starts(g->stream, start))
        return status;
    uint32_t at = stop + (uint32_t)glyph_blank(g, stop);
    int sign = glyph_currency(g, at) || glyph(g, at) == 0x5143 || glyph(g, at) == 0x5186;
    if (sign && !glyph_digit(g, at + 1) && !(glyph_blank(g, at + 1) && glyph_digit(g, at + 2)))
        return glyph_accept(g, start, at + 1, arena, spans);
    uint32_t land = set_word(g, at, LANDS);
    if (land && glyph_blank(g, land)) at = land + 1;
    else land = 0;
    uint32_t word = land ? 0 : set_word(g, at, CODES);
    if (!word) word = set_word(g, at, WORDS);
    return word ? glyph_accept(g, start, word, arena, spans) : SL_OK;
}

/* ── Numbers in words ── */

/* The next stretch of glue from i on; its start, and its end in `*end`; n where there is none. */
static uint32_t next_stretch(const sl_glyphs *g, uint32_t i, uint32_t *end) {
    while (i < g->n && !glyph_glue(g, i)) i++;
    *end = glyph_glue_end(g, i);
    return i;
}

static int joined(const sl_glyphs *g, uint32_t end, uint32_t start) {
    return start == end + 1 && start < g->n && (glyph_blank(g, end) || glyph_dash(g, end));
}

static sl_status spelled(const sl_glyphs *g, sl_arena *arena, sl_spans *spans) {
    uint32_t end, start = next_stretch(g, 0, &end);
    while (start < g->n) {
        uint32_t word = start, last = end, next_end, next, count = 1;
        int fits;
        if (end - start == 1 && glyph(g, start) == 'a') {
            word = next_stretch(g, end, &last);
            fits = joined(g, end, word) && (in_set(g, word, last, GREAT) || in_set(g, word, last, "|couple|dozen|"));
        } else {
            fits = in_set(g, start, end, SMALL) || in_set(g, start, end, GREAT);
        }
        if (!fits) {
            start = next_stretch(g, end, &end);
            continue;
        }
        for (;; last = next_end, count++) {
            next = next_stretch(g, last, &next_end);
            if (!joined(g, last, next)) break;
            if (!in_set(g, next, next_end, SMALL) && !in_set(g, next, next_end, GREAT) && !in_set(g, next, next_end, "|and|")) break;
        }
        int follows = count <= SPELLED_WORDS_MAX && next == last + 1 && glyph_blank(g, last) && in_set(g, next, next_end, WORDS);
        if (follows && sl_starts(g->stream, start)) {
            sl_status status = glyph_accept(g, start, next_end, arena, spans);
            if (status) return status;
        }
        start = next;
        end = next_end;
    }
    return SL_OK;
}

sl_status sl_find_money(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans) {
    sl_glyphs g = {props, stream, stream->length};
    sl_status status = SL_OK;
    for (uint32_t i = 0; i < g.n && !status; i++) {
        if (!glyph_digit(&g, i)) continue;
        uint32_t start = i;
        i = amount_end(&g, start);
        if (i - start <= AMOUNT_CHARS_MAX) status = around(&g, start, i, arena, spans);
    }
    if (!status && strong) status = spelled(&g, arena, spans);
    if (!status) sl_spans_select(spans);
    return status;
}
