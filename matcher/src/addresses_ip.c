/* IPv4 and IPv6 addresses in running text. docs/entities.md, "IP address". */
#include "addresses_ip.h"

#include "identities.h"

enum { IPV6_CHARS = 45, IPV6_RUN = 64 };

/* Where 0–255 without a leading zero ends that is all of the digits here, or 0. */
static uint32_t octet_end(const sl_reader *r, uint32_t at) {
    uint32_t value = 0, end = at;
    while (end < at + 4 && sl_is_digit(sl_read(r, end))) value = value * 10 + (sl_read(r, end++) - '0');
    if (end == at || end == at + 4 || value > 255 || (end > at + 1 && sl_read(r, at) == '0')) return 0;
    return end;
}

/* ── IPv6 ────────────────────────────────────────────────────────────────────────────────────────── */

static int is_ipv6_char(uint32_t c) { return sl_is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; }

/* Is start..end an IPv4 address, dots plain? */
static int is_ipv4(const sl_reader *r, uint32_t start, uint32_t end) {
    for (int i = 0; i < 4; i++) {
        uint32_t stop = octet_end(r, start);
        if (!stop || stop > end) return 0;
        if (i == 3) return stop == end;
        if (sl_read(r, stop) != '.') return 0;
        start = stop + 1;
    }
    return 0;
}

/* How many groups of 16 bits stand in start..end with single colons between; -1 where it is something else. */
static int groups(const sl_reader *r, uint32_t start, uint32_t end, int last) {
    int count = 0;
    if (start == end) return 0;
    for (;;) {
        uint32_t stop = start;
        while (stop < end && sl_read(r, stop) != ':') stop++;
        int is_group = stop > start && stop - start <= 4;
        for (uint32_t i = start; i < stop; i++) is_group &= sl_read(r, i) != '.' && is_ipv6_char(sl_read(r, i));
        if (is_group) count++;
        else if (last && stop == end && is_ipv4(r, start, end)) count += 2;
        else return -1;
        if (stop == end) return count;
        start = stop + 1;
    }
}

int sl_is_ipv6(const sl_reader *r, uint32_t start, uint32_t end) {
    if (end - start > IPV6_CHARS) return 0;
    uint32_t gap = end; /* where `::` stands */
    for (uint32_t i = start; i + 1 < end; i++) {
        if (sl_read(r, i) != ':' || sl_read(r, i + 1) != ':') continue;
        if (gap < end) return 0; /* a second one, or three colons */
        gap = i;
    }
    if (gap == end) return groups(r, start, end, 1) == 8;
    int left = groups(r, start, gap, 0), right = groups(r, gap + 2, end, 1);
    return left >= 0 && right >= 0 && left + right <= 7;
}

/* Where the IPv6 address that starts here ends, or 0. */
static uint32_t ipv6_end(const sl_reader *r, uint32_t at) {
    if (!is_ipv6_char(sl_read(r, at)) || is_ipv6_char(sl_read(r, at - 1)) || sl_glue_at(r, at - 1)) return 0;
    uint32_t end = at, colons = 0, digits = 0;
    for (; is_ipv6_char(sl_read(r, end)); end++) colons += sl_read(r, end) == ':';
    if (end - at > IPV6_RUN || colons < 2 || sl_glue_at(r, end)) return 0;
    while (end > at && sl_read(r, end - 1) == '.') end--;
    if (end - at >= 1 && sl_read(r, end - 1) == ':' && !(end - at >= 2 && sl_read(r, end - 2) == ':')) end--;
    for (uint32_t i = at; i < end; i++) digits += sl_is_digit(sl_read(r, i));
    return digits && sl_is_ipv6(r, at, end) ? end : 0;
}

/* ── IPv4 ────────────────────────────────────────────────────────────────────────────────────────── */

/* Does a word that announces a version stand before, with one blank between? */
static int after_version_word(const sl_reader *r, uint32_t at) {
    static const char *const words[] = {"v", "ver", "version", "release", "build", "firmware", NULL};
    if (!sl_blank_at(r, at - 1)) return 0;
    for (int i = 0; words[i]; i++) {
        uint32_t length = (uint32_t)strlen(words[i]);
        if (at > length && sl_text_at(r, at - 1 - length, words[i]) && !sl_glue_at(r, at - 2 - length)) return 1;
    }
    return 0;
}

/* Where the IPv4 address that starts here ends, or 0. */
static uint32_t ipv4_end(const sl_reader *r, uint32_t at, int strong) {
    uint32_t before = sl_read(r, at - 1);
    if (!sl_is_digit(sl_read(r, at)) || sl_glue_at(r, at - 1) || before == '.' || before == '-') return 0;
    if ((before == ',' && sl_is_digit(sl_read(r, at - 2))) || after_version_word(r, at)) return 0;
    uint32_t end = at;
    for (int i = 0; i < 4; i++) {
        end = octet_end(r, end);
        if (!end) return 0;
        if (i == 3) break;
        sl_dot dot = sl_read_dot(r, end, SL_WAY_DIGITS, strong);
        if (!dot.end) return 0;
        end = dot.end;
    }
    uint32_t after = sl_read(r, end);
    return sl_glue_at(r, end) || ((after == '.' || after == '-') && sl_word_at(r, end + 1)) ? 0 : end;
}

/* PERF: most messages have no digit. */
static int has_digit(const sl_stream *s) {
    for (uint32_t i = 0; i < s->length; i++)
        if (sl_is_digit(sl_at(s, i))) return 1;
    return 0;
}

sl_status sl_find_ip(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans) {
    sl_reader r = {stream, props, NULL};
    if (!has_digit(stream)) return SL_OK;
    for (uint32_t at = 0; at < stream->length;) {
        uint32_t end = ipv6_end(&r, at);
        if (!end) end = ipv4_end(&r, at, strong);
        if (!end) {
            at++;
            continue;
        }
        if (sl_starts(stream, at)) {
            sl_status status = sl_spans_push(spans, arena, sl_origin(stream, at), sl_reach(stream, end - 1));
            if (status) return status;
        }
        at = end;
    }
    return SL_OK;
}
