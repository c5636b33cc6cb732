/* Punycode (RFC 3492), percent-escapes, and folding of what they decode to. */
#include "link_parts.h"

#include "hosts.h"
#include "utf8_view.h"

/* Characters as UTF-8 in the arena, folded where there is a fold. */
static sl_status folded_piece(const uint32_t *chars, uint32_t count, const sl_fold *fold, sl_arena *arena, sl_piece *piece) {
    sl_stream stream = {NULL, chars, count, NULL, NULL};
    if (fold) {
        sl_text text = {chars, 4, count};
        sl_status status = sl_fold_run(fold, arena, &text, count, &stream);
        if (status) return status;
    }
    uint8_t *bytes = sl_arena_take(arena, (size_t)stream.length * 4 + 1);
    if (!bytes) return SL_NO_MEMORY;
    uint32_t length = 0;
    for (uint32_t i = 0; i < stream.length; i++) length += sl_utf8_put(bytes + length, sl_at(&stream, i));
    *piece = (sl_piece){bytes, length};
    return SL_OK;
}

/* ── Hosts ───────────────────────────────────────────────────────────────────────────────────────── */

static uint32_t adapt(uint32_t delta, uint32_t length, int first) {
    delta = first ? delta / 700 : delta / 2;
    delta += delta / length;
    uint32_t k = 0;
    for (; delta > 455; delta /= 35) k += 36;
    return k + 36 * delta / (delta + 38);
}

/* Reads one generalized variable-length integer; returns the place after it, or 0. */
static uint32_t read_integer(const uint8_t *text, uint32_t at, uint32_t length, uint32_t bias, uint32_t *value) {
    uint64_t sum = *value, weight = 1;
    for (uint32_t k = 36;; k += 36) {
        if (at == length) return 0;
        uint8_t c = text[at++];
        uint32_t digit = 0;
        if (sl_is_small(c)) digit = c - (uint32_t)'a';
        else if (c >= 'A' && c <= 'Z') digit = c - (uint32_t)'A';
        else if (sl_is_digit(c)) digit = c - (uint32_t)'0' + 26;
        else return 0;
        sum += digit * weight;
        if (sum > 0x7FFFFFFF) return 0;
        uint32_t threshold = k <= bias ? 1 : k - bias < 26 ? k - bias : 26;
        if (digit < threshold) break;
        weight *= 36 - threshold;
        if (weight > 0x7FFFFFFF) return 0;
    }
    *value = (uint32_t)sum;
    return at;
}

/* Decodes what stands after `xn--`; returns the count of characters in `out` (room for SL_LABEL_CHARS), or 0. */
static uint32_t decode_punycode(const uint8_t *text, uint32_t length, uint32_t *out) {
    uint32_t count = 0, at = 0, delimiter = length;
    if (!length || length > SL_LABEL_CHARS) return 0;
    for (uint32_t i = 0; i < length; i++) {
        if (text[i] >= 0x80) return 0;
        if (text[i] == '-') delimiter = i;
    }
    if (delimiter == 0) return 0;
    if (delimiter < length) {
        for (; count < delimiter; count++) out[count] = text[count];
        at = delimiter + 1;
    }
    uint32_t code = 128, index = 0, bias = 72;
    while (at < length) {
        uint32_t before = index;
        at = read_integer(text, at, length, bias, &index);
        if (!at || count == SL_LABEL_CHARS) return 0;
        bias = adapt(index - before, count + 1, before == 0);
        code += index / (count + 1);
        index %= count + 1;
        if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return 0;
        memmove(out + index + 1, out + index, (count - index) * sizeof *out);
        out[index++] = code;
        count++;
    }
    return count;
}

/* One character of UTF-8 that is known to be well formed; moves `at` on. */
static uint32_t utf8_char(const uint8_t *bytes, uint32_t *at) {
    uint32_t c = bytes[(*at)++];
    if (c < 0x80) return c;
    int more = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    c &= 0x3Fu >> more;
    while (more--) c = c << 6 | (bytes[(*at)++] & 63);
    return c;
}

sl_status sl_canonical_host(const sl_link *link, const sl_fold *fold, sl_arena *arena, sl_piece *host) {
    *host = (sl_piece){link->host, link->host_bytes};
    int is_encoded = 0;
    for (uint32_t i = 0; i + 4 < link->host_bytes && !is_encoded; i++)
        is_encoded = !memcmp(link->host + i, "xn--", 4) && (i == 0 || link->host[i - 1] == '.');
    if (!is_encoded) return SL_OK;
    /* A decoded label is never longer than it was before, in characters: each takes a digit at least. */
    uint32_t *chars = sl_arena_take(arena, ((size_t)link->host_bytes + SL_LABEL_CHARS) * sizeof *chars);
    if (!chars) return SL_NO_MEMORY;
    uint32_t count = 0;
    for (uint32_t at = 0; at < link->host_bytes;) {
        uint32_t end = at, decoded = 0;
        while (end < link->host_bytes && link->host[end] != '.') end++;
        if (end - at > 4 && !memcmp(link->host + at, "xn--", 4)) decoded = decode_punycode(link->host + at + 4, end - at - 4, chars + count);
        count += decoded;
        if (decoded) at = end;
        else while (at < end) chars[count++] = utf8_char(link->host, &at);
        if (at < link->host_bytes) {
            chars[count++] = '.';
            at++;
        }
    }
    return folded_piece(chars, count, fold, arena, host);
}

/* ── Paths ───────────────────────────────────────────────────────────────────────────────────────── */

static int hex_value(uint32_t c) { return sl_is_digit(c) ? (int)c - '0' : c >= 'a' && c <= 'f' ? (int)c - 'a' + 10 : c >= 'A' && c <= 'F' ? (int)c - 'A' + 10 : -1; }

/* The byte of an escape that starts at `at` and ends by `end`, or -1. */
static int escape_at(const sl_stream *s, uint32_t at, uint32_t end) {
    if (end - at < 3 || sl_at(s, at) != '%') return -1;
    int high = hex_value(sl_at(s, at + 1)), low = hex_value(sl_at(s, at + 2));
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* How many escapes from `at` on are one character of UTF-8, which goes to `c`; 0 where they are none. */
static uint32_t escaped_char(const sl_stream *s, uint32_t at, uint32_t end, uint32_t *c) {
    int first = escape_at(s, at, end);
    if (first < 0) return 0;
    if (first < 0x80) {
        *c = (uint32_t)first;
        return 1;
    }
    uint32_t count = first >= 0xC2 && first <= 0xDF ? 2 : (first & 0xF0) == 0xE0 ? 3 : first >= 0xF0 && first <= 0xF4 ? 4 : 0;
    uint32_t value = count ? (uint32_t)first & (0x7Fu >> count) : 0;
    for (uint32_t i = 1; i < count; i++) {
        if (end - at < 3 * (i + 1)) return 0;
        int next = escape_at(s, at + 3 * i, end);
        if (next < 0x80 || next > 0xBF) return 0;
        value = value << 6 | ((uint32_t)next & 63);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (!count || value < least[count] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return 0;
    *c = value;
    return count;
}

static sl_status segment_piece(const sl_stream *s, uint32_t start, uint32_t end, const sl_fold *fold, sl_arena *arena, sl_piece *piece) {
    uint32_t *chars = sl_arena_take(arena, (size_t)(end - start + 1) * sizeof *chars);
    if (!chars) return SL_NO_MEMORY;
    uint32_t count = 0;
    int decoded = 0;
    while (start < end) {
        uint32_t escapes = escaped_char(s, start, end, &chars[count]);
        if (escapes) decoded = 1;
        else chars[count] = sl_at(s, start);
        start += escapes ? 3 * escapes : 1;
        count++;
    }
    return folded_piece(chars, count, decoded ? fold : NULL, arena, piece); /* what was in the stream is folded already */
}

static int is_text(const sl_piece *piece, const char *text) {
    return piece->length == strlen(text) && !memcmp(piece->bytes, text, piece->length);
}

sl_status sl_canonical_path(const sl_link *link, const sl_stream *stream, const sl_fold *fold, sl_arena *arena, sl_piece **segments, uint32_t *count) {
    uint32_t slashes = 0;
    for (uint32_t i = link->path_start; i < link->path_end; i++) slashes += sl_at(stream, i) == '/';
    sl_piece *list = sl_arena_take(arena, ((size_t)slashes + 1) * sizeof *list);
    if (!list) return SL_NO_MEMORY;
    *segments = list;
    *count = 0;
    for (uint32_t at = link->path_start; at < link->path_end;) {
        uint32_t end = at;
        while (end < link->path_end && sl_at(stream, end) != '/') end++;
        if (end > at) {
            sl_status status = segment_piece(stream, at, end, fold, arena, &list[*count]);
            if (status) return status;
            const sl_piece *segment = &list[*count];
            if (is_text(segment, "..")) *count -= *count ? 1 : 0;
            else if (segment->length && !is_text(segment, ".")) (*count)++;
        }
        at = end + 1;
    }
    return SL_OK;
}
