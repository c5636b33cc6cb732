/* E-mail addresses. docs/entities.md, "Email". */
#include "identities.h"

#include "hosts.h"

enum { LOCAL_CHARS = 128, LOCAL_DOTS = 8, ATS = 5, UNKNOWN_CHARS = 10, NAME_CHARS = 16 };

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

/* The host after an at. */
typedef struct {
    uint32_t start, end, labels, last; /* last: where its last label starts */
    int unknown, doubtful, has_word;
    uint32_t first_end; /* of its first label */
} mail_host;

static int has_letter(const sl_reader *r, uint32_t start, uint32_t end) {
    while (start < end && !(sl_read_props(r, start) & SL_LETTER)) start++;
    return start < end;
}

/* Are the first k labels a host whose last is letters, and no top-level domain: `jess@gmail.con`? */
static int fits_unknown(const sl_reader *r, const sl_reading *reading, uint32_t k) {
    if (k < 2) return 0;
    uint32_t start = reading->starts[k - 1], end = reading->ends[k - 1];
    if (k == reading->count && reading->stop > end) return 0; /* hyphens follow */
    if (end - start > UNKNOWN_CHARS || sl_tld_class(r, start, end)) return 0;
    for (uint32_t i = start; i < end; i++)
        if (!(sl_read_props(r, i) & SL_LETTER)) return 0;
    for (uint32_t i = 0; i < k; i++)
        for (uint32_t at = reading->starts[i]; at < reading->ends[i]; at++)
            if (sl_read(r, at) == '_') return 0;
    uint8_t how = reading->dots[k - 2].how;
    if (!has_letter(r, reading->starts[k - 2], reading->ends[k - 2])) return 0;
    if ((how & SL_DOT_SPELLED) && !(how & (SL_DOT_WORD | SL_DOT_BRACKETED))) return 0;
    return sl_read(r, reading->ends[k - 2]) != ',' || end - start == 3;
}

static uint32_t choose_unknown(const sl_reader *r, const sl_reading *reading) {
    if (reading->bad) return 0;
    if (fits_unknown(r, reading, reading->count)) return reading->count;
    uint32_t spelled = 0;
    for (uint32_t i = 0; i + 1 < reading->count && !spelled; i++)
        if (reading->dots[i].how & SL_DOT_SPELLED) spelled = i + 1;
    return fits_unknown(r, reading, spelled) ? spelled : 0;
}

static int read_mail_host(const sl_reader *r, const at_sign *at, int strong, mail_host *host) {
    if (!sl_word_at(r, at->end)) return 0;
    sl_reading reading;
    sl_read_host(r, at->end, SL_WAY_MAIL, strong, &reading);
    uint32_t labels = sl_choose(r, &reading, SL_WAY_MAIL);
    *host = (mail_host){.unknown = !labels};
    if (!labels && strong) labels = choose_unknown(r, &reading);
    if (!labels) return 0;
    host->labels = labels;
    host->start = reading.starts[0];
    host->first_end = reading.ends[0];
    host->last = reading.starts[labels - 1];
    host->end = reading.ends[labels - 1];
    host->doubtful = sl_host_doubtful(r, &reading, labels);
    for (uint32_t i = 0; i + 1 < labels; i++) host->has_word |= reading.dots[i].how & SL_DOT_WORD;
    return 1;
}

/* ── `at` between blanks ─────────────────────────────────────────────────────────────────────────── */

static const char MAIL_HOSTS[] = " gmail googlemail yahoo ymail hotmail outlook live icloud protonmail proton aol gmx mail yandex zoho msn comcast "
                                 "fastmail tutanota qq ";
static const char NO_LOCALS[] = " look looking looked log logging logged login sign signing signed signup up in register registered account accounts "
                                "mail mails email emails inbox check checking work works working worked job jobs is are was were be me us it them "
                                "people team everyone available engineer developer here there on out found find see seen meet visit buy order shop go "
                                "arrive arrived start live hosted located ";
static const char NO_HOSTS[] = " the a an this that each every any some my your our his her their one all ";

/* Do the characters start..end stand in a list of words with blanks around each? */
static int listed(const sl_reader *r, uint32_t start, uint32_t end, const char *list) {
    char word[NAME_CHARS + 3] = " ";
    if (end - start < 1 || end - start > NAME_CHARS) return 0;
    for (uint32_t i = start; i < end; i++) {
        uint32_t c = sl_read(r, i);
        if (!sl_is_small(c)) return 0;
        word[i - start + 1] = (char)c;
    }
    word[end - start + 1] = ' ';
    return strstr(list, word) != NULL;
}

/* Has the text a word character outside start..end? Asked once for each address between blanks at most, so `seen` keeps the count. */
static int stands_alone(const sl_reader *r, uint32_t start, uint32_t end, uint32_t *seen) {
    if (!*seen)
        for (uint32_t i = 0; i < r->stream->length; i++) *seen += sl_word_at(r, i) != 0;
    uint32_t inside = 0;
    for (uint32_t i = start; i < end; i++) inside += sl_word_at(r, i) != 0;
    return inside == *seen;
}

/* Is `at` between blanks meant as the sign? The local part is local..at. */
static int is_meant(const sl_reader *r, uint32_t local, uint32_t at, const mail_host *host, uint32_t *seen) {
    if (host->labels == 2 && listed(r, host->start, host->first_end, NO_HOSTS)) return 0;
    if (host->has_word) return host->unknown ? host->end - host->last == 3 : !host->doubtful;
    if (host->unknown || host->doubtful || listed(r, local, at, NO_LOCALS)) return 0;
    if (listed(r, host->start, host->first_end, MAIL_HOSTS)) return 1;
    for (uint32_t i = local; i < at; i++)
        if (sl_read(r, i) == '+') return 1;
    return stands_alone(r, local, host->end, seen);
}

/* Where the address starts with the `mailto:` before it. */
static uint32_t with_mailto(const sl_reader *r, uint32_t local) {
    if (local < 7 || !sl_text_at(r, local - 7, "mailto:") || sl_glue_at(r, local - 8)) return local;
    return local - 7;
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
    uint32_t seen = 0;
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
        mail_host host;
        if (!read_mail_host(&r, &at, strong, &host)) continue;
        uint32_t start = local_start(&r, at.start, strong);
        if (start == at.start || (at.plain_word && !is_meant(&r, start, at.start, &host, &seen))) continue;
        start = with_mailto(&r, start);
        if (!sl_starts(stream, start)) continue;
        sl_status status = sl_spans_push(spans, arena, sl_origin(stream, start), sl_reach(stream, host.end - 1));
        if (status) return status;
    }
    return SL_OK;
}
