/* E-mail addresses. docs/entities.md, "Email". */
#include "identities.h"

#include "hosts.h"

enum { LOCAL_CHARS = 64, LOCAL_DOTS = 8, ATS = 5 };

/* An at: where it starts and ends, and whether it is the word `at` between blanks. */
typedef struct {
    uint32_t start, end;
    int plain_word;
} at_sign;

/* ── At ──────────────────────────────────────────────────────────────────────────────────────────── */

static void take_blanks(const sl_reader *r, at_sign *at) {
    for (int i = 0; i < 2; i++) {
        if (sl_blank_at(r, at->start - 1)) at->start--;
        if (sl_blank_at(r, at->end)) at->end++;
    }
}

static int read_at(const sl_reader *r, uint32_t place, int strong, at_sign *at) {
    static const char *const words[ATS] = {"at", "arroba", "arobase", "chiocciola", "klammeraffe"};
    uint32_t c = sl_read(r, place), length = 0;
    *at = (at_sign){place, place + 1, 0};
    if (!strong) return c == '@';
    if (c == '@') length = 1;
    else if (c == 'a' || c == 'c' || c == 'k')
        for (int i = 0; i < ATS && !length; i++)
            if (sl_text_at(r, place, words[i])) length = (uint32_t)strlen(words[i]);
    if (!length) return 0;
    at->end = place + length;
    uint32_t before = sl_read(r, place - 1), closing = before == '<' ? '>' : sl_closing(before);
    if (closing && sl_read(r, at->end) == closing) {
        at->start--;
        at->end++;
        take_blanks(r, at);
        return 1;
    }
    if (c == '@') {
        take_blanks(r, at);
        return 1;
    }
    if (!sl_blank_at(r, place - 1) || !sl_blank_at(r, at->end)) return 0;
    at->start--;
    at->end++;
    at->plain_word = length == 2;
    return 1;
}

/* Where the host after an at ends, or 0. */
static uint32_t mail_host(const sl_reader *r, const at_sign *at, int strong) {
    if (!sl_word_at(r, at->end)) return 0;
    sl_reading reading;
    sl_read_host(r, at->end, SL_WAY_MAIL, strong, &reading);
    uint32_t labels = sl_choose(r, &reading, SL_WAY_MAIL);
    if (!labels) return 0;
    if (at->plain_word) {
        int has_word = 0;
        for (uint32_t i = 0; i + 1 < labels; i++) has_word |= reading.dots[i].how & SL_DOT_WORD;
        if (!has_word || sl_host_doubtful(r, &reading, labels)) return 0;
    }
    return reading.ends[labels - 1];
}

/* ── Local part ──────────────────────────────────────────────────────────────────────────────────── */

static int is_local(const sl_reader *r, uint32_t at) {
    uint32_t c = sl_read(r, at);
    return c == '.' || c == '+' || c == '-' || c == '\'' || c == '&' || c == '%' || c == '~' || sl_glue_at(r, at);
}

/* Back over the characters of a local part; `end` + 1 where there are more than `most`. */
static uint32_t piece_start(const sl_reader *r, uint32_t end, uint32_t most) {
    uint32_t start = end;
    while (start > 0 && is_local(r, start - 1)) {
        if (start < end && sl_read(r, start - 1) == '.' && sl_read(r, start) == '.') break;
        start--;
        if (end - start > most) return end + 1;
    }
    return start;
}

static uint32_t after_left_out(const sl_reader *r, uint32_t start, uint32_t end) {
    while (start < end && !sl_glue_at(r, start)) start++;
    return start;
}

/* Does `word` end at `end`, and all of it lie inside the text? */
static int ends_with(const sl_reader *r, uint32_t end, const char *word) {
    uint32_t length = (uint32_t)strlen(word);
    return end >= length && sl_text_at(r, end - length, word);
}

/* Where a dot in brackets starts whose closing bracket ends at `end`, with glue before it; `none` where there is none. */
static uint32_t bracketed_dot_before(const sl_reader *r, uint32_t end, uint32_t none) {
    if (end < 3) return none;
    uint32_t closing = sl_read(r, end - 1), length = 0;
    if (closing != ')' && closing != ']' && closing != '}') return none;
    if (sl_is_stop(sl_read(r, end - 2))) length = 1;
    for (int w = 0; sl_dot_words[w] && !length; w++)
        if (ends_with(r, end - 1, sl_dot_words[w])) length = (uint32_t)strlen(sl_dot_words[w]);
    if (!length || end < length + 2) return none;
    uint32_t start = end - length - 2;
    if (sl_closing(sl_read(r, start)) != closing) return none;
    if (sl_glue_at(r, start - 1)) return start;
    return sl_blank_at(r, start - 1) && sl_glue_at(r, start - 2) ? start - 1 : none;
}

/* Where a spelled dot starts that ends at `end`, with glue before it; `none` where there is none. */
static uint32_t dot_before(const sl_reader *r, uint32_t end, uint32_t none) {
    uint32_t inner_end = sl_blank_at(r, end - 1) ? end - 1 : end;
    uint32_t start = bracketed_dot_before(r, inner_end, none);
    if (start != none || inner_end == end) return start;
    for (int w = 0; sl_dot_words[w]; w++) {
        if (!ends_with(r, inner_end, sl_dot_words[w])) continue;
        start = inner_end - (uint32_t)strlen(sl_dot_words[w]) - 1; /* wraps round where nothing stands before the word */
        if (sl_blank_at(r, start) && sl_glue_at(r, start - 1)) return start;
    }
    return none;
}

/* Where the local part that ends at `end` starts; `end` where there is none. */
static uint32_t local_start(const sl_reader *r, uint32_t end, int strong) {
    uint32_t start = piece_start(r, end, LOCAL_CHARS), last = sl_read(r, end - 1);
    if (start > end) return end;
    uint32_t left_out = after_left_out(r, start, end);
    if (left_out == end || !(sl_glue_at(r, end - 1) || last == '-' || last == '+')) return end;
    uint32_t used = end - start;
    for (int i = 0; strong && i < LOCAL_DOTS && left_out == start; i++) {
        uint32_t dot = dot_before(r, start, end);
        if (dot == end) break;
        uint32_t further = piece_start(r, dot, LOCAL_CHARS - used);
        if (further > dot) break;
        used += dot - further;
        start = further;
        left_out = after_left_out(r, further, dot);
    }
    return left_out;
}

/* ── Set apart ───────────────────────────────────────────────────────────────────────────────────── */

/* Single characters on one side of a place, each after a blank, the nearest first. INVARIANT: zeros follow the last. */
typedef struct {
    uint32_t chars[SL_HOST_CHARS + 4], places[SL_HOST_CHARS], count;
} singles;

static void read_singles(const sl_reader *r, uint32_t place, uint32_t step, uint32_t most, singles *found) {
    found->count = 0;
    while (found->count < most && sl_blank_at(r, place + step)) {
        place += 2 * step;
        uint32_t c = sl_read(r, place);
        int fits = step == 1 ? c == '-' || c == '.' || sl_glue_at(r, place) : is_local(r, place);
        if (!fits || sl_glue_at(r, place + step)) break;
        found->chars[found->count] = c;
        found->places[found->count++] = place;
    }
    memset(found->chars + found->count, 0, 4 * sizeof *found->chars);
}

/* Puts the characters in the order of the text; places stay. */
static void reverse(singles *found) {
    for (uint32_t i = 0, j = found->count; i + 1 < j; i++) {
        uint32_t c = found->chars[i];
        found->chars[i] = found->chars[--j];
        found->chars[j] = c;
    }
}

static int set_apart(const sl_reader *r, uint32_t place, uint32_t *start, uint32_t *end) {
    if (sl_read(r, place) != '@' || !sl_blank_at(r, place - 1) || !sl_blank_at(r, place + 1)) return 0;
    singles found;
    read_singles(r, place, 0u - 1, LOCAL_CHARS + 1, &found); /* step -1: backwards */
    if (!found.count || found.count > LOCAL_CHARS) return 0;
    reverse(&found);
    sl_stream joined = {NULL, found.chars, found.count, NULL, NULL};
    sl_reader inner = {&joined, r->props, r->suffixes};
    uint32_t local = local_start(&inner, found.count, 0);
    if (local == found.count) return 0;
    *start = found.places[found.count - 1 - local];
    read_singles(r, place, 1, SL_HOST_CHARS, &found);
    for (int left_out = 0; left_out < 3 && found.count; left_out++) {
        joined.length = found.count;
        if (!sl_word_at(&inner, 0)) return 0;
        sl_reading reading;
        sl_read_host(&inner, 0, SL_WAY_MAIL, 0, &reading);
        if (sl_choose(&inner, &reading, SL_WAY_MAIL) == reading.count) {
            *end = found.places[reading.ends[reading.count - 1] - 1] + 1;
            return 1;
        }
        found.chars[--found.count] = 0;
    }
    return 0;
}

sl_status sl_find_email(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans) {
    sl_reader r = {stream, props, suffixes};
    for (uint32_t place = 0; place < stream->length; place++) {
        if (!strong && stream->narrow) { /* PERF: from @ to @ */
            const uint8_t *next = memchr(stream->narrow + place, '@', stream->length - place);
            if (!next) return SL_OK;
            place = (uint32_t)(next - stream->narrow);
        }
        at_sign at;
        uint32_t first, last;
        if (strong && set_apart(&r, place, &first, &last) && sl_starts(stream, first)) {
            sl_status status = sl_spans_push(spans, arena, sl_origin(stream, first), sl_reach(stream, last - 1));
            if (status) return status;
        }
        if (!read_at(&r, place, strong, &at)) continue;
        uint32_t end = mail_host(&r, &at, strong);
        uint32_t start = end ? local_start(&r, at.start, strong) : at.start;
        if (start == at.start || !sl_starts(stream, start)) continue;
        sl_status status = sl_spans_push(spans, arena, sl_origin(stream, start), sl_reach(stream, end - 1));
        if (status) return status;
    }
    return SL_OK;
}
