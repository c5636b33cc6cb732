/* Labels, dots and how many of them are a host. docs/entities.md, "Hosts". */
#include "hosts.h"

#include "utf8_view.h"

const char *const sl_dot_words[] = {"dot", "punto", "punkt", "ponto", "point", NULL};

/* ── Characters ──────────────────────────────────────────────────────────────────────────────────── */

int sl_blank_at(const sl_reader *r, uint32_t i) {
    uint32_t c = sl_read(r, i);
    if (c == ' ') return 1;
    return (sl_props_of(r->props, c) & SL_SPACE) && !(c >= 0x0A && c <= 0x0D) && c != 0x85 && c != 0x2028 && c != 0x2029;
}

int sl_text_at(const sl_reader *r, uint32_t i, const char *ascii) {
    for (; *ascii; ascii++, i++)
        if (sl_read(r, i) != (uint8_t)*ascii) return 0;
    return 1;
}

uint32_t sl_closing(uint32_t opening) { return opening == '(' ? ')' : opening == '[' ? ']' : opening == '{' ? '}' : 0; }

static int is_symbol(const sl_reader *r, uint32_t c) {
    return c >= 0xA1 && c != SL_NOTHING && !(sl_props_of(r->props, c) & (SL_WORD | SL_SPACE | SL_PUNCTUATION));
}

static int is_foreign(const sl_reader *r, uint32_t i) { return sl_unspaced_at(r, i) || is_symbol(r, sl_read(r, i)); }

int sl_starts_label(const sl_reader *r, uint32_t at, int way) {
    if (way == SL_WAY_DIGITS) return sl_is_digit(sl_read(r, at));
    return sl_word_at(r, at) || (way == SL_WAY_OPEN && is_symbol(r, sl_read(r, at)));
}

/* ── Dots ────────────────────────────────────────────────────────────────────────────────────────── */

/* Length of a stop or a dot word at the place, before which an opening and after which the closing bracket stands. */
static uint32_t inner_dot(const sl_reader *r, uint32_t at, uint32_t closing, int strong) {
    if (sl_is_stop(sl_read(r, at))) return sl_read(r, at + 1) == closing ? 1 : 0;
    for (int w = 0; sl_dot_words[w] && (strong || w == 0); w++) {
        uint32_t length = (uint32_t)strlen(sl_dot_words[w]);
        if (sl_read(r, at + length) == closing && sl_text_at(r, at, sl_dot_words[w])) return length;
    }
    return 0;
}

static sl_dot bracketed_dot(const sl_reader *r, uint32_t at, int way, int strong) {
    int blank = sl_blank_at(r, at);
    uint32_t open = at + (blank ? 1 : 0), first = sl_read(r, open), closing = first == '<' && strong ? '>' : sl_closing(first);
    uint32_t length = closing ? inner_dot(r, open + 1, closing, strong) : 0;
    if (!length) return (sl_dot){0, 0};
    uint32_t end = open + length + 2;
    int word = length > 1 ? SL_DOT_WORD : 0;
    if (sl_starts_label(r, end, way)) return (sl_dot){end, (uint8_t)(SL_DOT_BRACKETED | word | (blank || word ? SL_DOT_SPELLED : 0))};
    if (sl_blank_at(r, end) && sl_starts_label(r, end + 1, way))
        return (sl_dot){end + 1, (uint8_t)(SL_DOT_BRACKETED | SL_DOT_SPELLED | word)};
    return (sl_dot){0, 0};
}

static sl_dot spelled_dot(const sl_reader *r, uint32_t at, int way, int strong) {
    for (int w = 0; sl_dot_words[w] && (strong || w == 0); w++) {
        uint32_t end = at + 1 + (uint32_t)strlen(sl_dot_words[w]);
        if (sl_text_at(r, at + 1, sl_dot_words[w]) && sl_blank_at(r, end) && sl_starts_label(r, end + 1, way))
            return (sl_dot){end + 1, SL_DOT_SPELLED | SL_DOT_WORD};
    }
    if (!strong || sl_read(r, at + 1) != '.') return (sl_dot){0, 0};
    if (sl_starts_label(r, at + 2, way)) return (sl_dot){at + 2, SL_DOT_SPELLED};
    if (sl_blank_at(r, at + 2) && sl_starts_label(r, at + 3, way)) return (sl_dot){at + 3, SL_DOT_SPELLED};
    return (sl_dot){0, 0};
}

sl_dot sl_read_dot(const sl_reader *r, uint32_t at, int way, int strong) {
    uint32_t c = sl_read(r, at);
    if (sl_is_stop(c) || (c == ',' && strong && way == SL_WAY_MAIL)) return (sl_dot){sl_starts_label(r, at + 1, way) ? at + 1 : 0, 0};
    if (strong && (c == '\\' || c == '^') && sl_read(r, at + 1) == '.' && sl_starts_label(r, at + 2, way)) return (sl_dot){at + 2, SL_DOT_BRACKETED};
    int blank = sl_blank_at(r, at);
    if (!blank && !sl_closing(c) && !(strong && c == '<')) return (sl_dot){0, 0};
    sl_dot dot = {0, 0};
    if (way != SL_WAY_DIGITS || strong) dot = bracketed_dot(r, at, way, strong);
    if (!dot.end && blank && (strong || way == SL_WAY_OPEN)) dot = spelled_dot(r, at, way, strong);
    return dot;
}

/* ── Labels ──────────────────────────────────────────────────────────────────────────────────────── */

int sl_tld_class(const sl_reader *r, uint32_t start, uint32_t end) {
    uint8_t bytes[4 * SL_LABEL_CHARS + 4];
    uint32_t length = 0;
    if (end - start > SL_LABEL_CHARS) return 0;
    int is_plain = 1;
    for (uint32_t i = start; i < end; i++) {
        uint32_t c = sl_at(r->stream, i);
        is_plain &= sl_is_small(c) || sl_is_digit(c) || c == '-';
        length += sl_utf8_put(bytes + length, c);
    }
    if (is_plain && length > 4 && !memcmp(bytes, "xn--", 4)) return SL_SUFFIX_SURE;
    int class = sl_suffix_class(r->suffixes, bytes, length);
    return class == SL_SUFFIX_TWO_LABELS ? 0 : class;
}

/* Are labels i and i + 1 a suffix of two labels? */
static int suffix_of_two(const sl_reader *r, const sl_reading *reading, uint32_t i) {
    uint8_t bytes[8 * SL_LABEL_CHARS + 8];
    uint32_t length = 0;
    for (uint32_t at = reading->starts[i]; at < reading->ends[i]; at++) length += sl_utf8_put(bytes + length, sl_at(r->stream, at));
    bytes[length++] = '.';
    for (uint32_t at = reading->starts[i + 1]; at < reading->ends[i + 1]; at++) length += sl_utf8_put(bytes + length, sl_at(r->stream, at));
    return sl_suffix_class(r->suffixes, bytes, length) == SL_SUFFIX_TWO_LABELS;
}

/* Reads one label into the reading; returns whether a dot may follow. */
static int read_label(const sl_reader *r, uint32_t start, int way, sl_reading *reading) {
    int later = reading->count > 0, border = 0;
    uint32_t at = start, end = start;
    for (;; at++) {
        if (sl_read(r, at) == '-') continue;
        if (!sl_starts_label(r, at, way)) break;
        if (at > start && !r->stream->narrow) { /* ASCII has none of these borders */
            if (later && at - start <= SL_LABEL_CHARS && is_foreign(r, at) && !is_foreign(r, at - 1) && sl_tld_class(r, start, end)) {
                border = 1;
                break;
            }
            if (way == SL_WAY_BARE && !later && sl_unspaced_at(r, at - 1) && !sl_unspaced_at(r, at)) start = at;
        }
        end = at + 1;
    }
    reading->starts[reading->count] = start;
    reading->ends[reading->count++] = end;
    reading->stop = at;
    return !border && end == at;
}

void sl_read_host(const sl_reader *r, uint32_t at, int way, int strong, sl_reading *reading) {
    reading->count = 0;
    reading->bad = 0;
    uint32_t size = 0;
    for (;;) {
        int goes_on = read_label(r, at, way, reading);
        uint32_t last = reading->count - 1, chars = reading->ends[last] - reading->starts[last];
        size += chars + (last ? 1 : 0);
        if (chars > SL_LABEL_CHARS || size > SL_HOST_CHARS) {
            reading->bad = 1;
            return;
        }
        sl_dot dot = {0, 0};
        if (goes_on) dot = sl_read_dot(r, reading->ends[last], way, strong);
        if (!dot.end) return;
        reading->dots[last] = dot;
        at = dot.end;
    }
}

/* ── How many labels ─────────────────────────────────────────────────────────────────────────────── */

uint32_t sl_port_end(const sl_reader *r, uint32_t at) {
    if (sl_read(r, at) != ':') return 0;
    uint32_t end = at + 1;
    while (end < at + 7 && sl_is_digit(sl_read(r, end))) end++;
    return end > at + 1 && end < at + 7 ? end : 0;
}

int sl_has_tail(const sl_reader *r, uint32_t at) {
    if (sl_is_stop(sl_read(r, at))) at++;
    uint32_t c = sl_read(r, at);
    return c == '/' || c == '?' || c == '#' || sl_port_end(r, at);
}

static int tld_of(const sl_reader *r, const sl_reading *reading, uint32_t i) {
    return sl_tld_class(r, reading->starts[i], reading->ends[i]);
}

static int drops_last(const sl_reader *r, const sl_reading *reading) {
    uint32_t k = reading->count;
    if (k < 3 || sl_has_tail(r, reading->ends[k - 1]) || !tld_of(r, reading, k - 2)) return 0;
    for (uint32_t i = reading->starts[k - 1]; i < reading->ends[k - 1]; i++)
        if (!(sl_read_props(r, i) & SL_LETTER)) return 0;
    return 1;
}

static int fits(const sl_reader *r, const sl_reading *reading, uint32_t k) {
    if (k < 2 || !tld_of(r, reading, k - 1)) return 0;
    for (uint32_t i = 0; i < k; i++)
        for (uint32_t at = reading->starts[i]; at < reading->ends[i]; at++)
            if (sl_at(r->stream, at) == '_') return 0;
    return k > 2 || !suffix_of_two(r, reading, 0);
}

static int all_digits(const sl_reader *r, const sl_reading *reading, uint32_t i) {
    for (uint32_t at = reading->starts[i]; at < reading->ends[i]; at++)
        if (!sl_is_digit(sl_at(r->stream, at))) return 0;
    return 1;
}

static int is_ipv4(const sl_reader *r, const sl_reading *reading, uint32_t k) {
    if (k != 4) return 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint32_t value = 0;
        if (reading->ends[i] - reading->starts[i] > 3 || !all_digits(r, reading, i)) return 0;
        for (uint32_t at = reading->starts[i]; at < reading->ends[i]; at++) value = value * 10 + (sl_at(r->stream, at) - '0');
        if (value > 255) return 0;
    }
    return 1;
}

uint32_t sl_choose(const sl_reader *r, const sl_reading *reading, int way) {
    if (reading->bad) return 0;
    uint32_t k = reading->count, spelled = 0;
    for (uint32_t i = 0; i + 1 < k && !spelled; i++)
        if (reading->dots[i].how & SL_DOT_SPELLED) spelled = i + 1;
    if (way != SL_WAY_OPEN) {
        if (fits(r, reading, k)) return k;
        if (drops_last(r, reading) && fits(r, reading, k - 1)) return k - 1;
        return fits(r, reading, spelled) ? spelled : 0;
    }
    if (!tld_of(r, reading, k - 1)) {
        if (spelled) k = spelled;
        else if (drops_last(r, reading)) k--;
    }
    if (k > 1 && all_digits(r, reading, k - 1) && !is_ipv4(r, reading, k)) return 0;
    return k;
}

int sl_host_doubtful(const sl_reader *r, const sl_reading *reading, uint32_t count) {
    for (uint32_t i = 0; i + 1 < count; i++)
        if (reading->dots[i].how & SL_DOT_BRACKETED) return 0;
    return tld_of(r, reading, count - 1) != SL_SUFFIX_SURE && !suffix_of_two(r, reading, count - 2);
}
