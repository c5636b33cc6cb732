/* Finds the links of a stream. docs/entities.md, "Links". */
#include "links.h"

#include "addresses_ip.h"
#include "hosts.h"
#include "utf8_view.h"

enum { SCHEME_CHARS = 32, USER_CHARS = 256 };

typedef struct {
    sl_reader r;
    int strong;
    uint32_t floor; /* end of the last link */
} finder;

/* A link being read, in folded characters. */
typedef struct {
    uint32_t start, host_end, end, path_start, path_end;
    const sl_reading *reading; /* its first `labels` labels are the host; NULL for an IPv6 host */
    uint32_t labels, address, address_end;
    int doubtful;
} found;

/* ── Schemes ─────────────────────────────────────────────────────────────────────────────────────── */

/* Length of the separator between scheme and host that stands here, or 0. */
static uint32_t separator_at(const sl_reader *r, uint32_t at) {
    static const char *const separators[] = {"://", "[:]//", "(:)//", "[://]"};
    uint32_t c = sl_read(r, at);
    if (c != ':' && c != '[' && c != '(') return 0;
    for (int i = 0; i < 4; i++)
        if (sl_text_at(r, at, separators[i])) return (uint32_t)strlen(separators[i]);
    return 0;
}

static int is_scheme_char(uint32_t c) { return sl_is_small(c) || sl_is_digit(c) || c == '+' || c == '-'; }

/* Where the scheme before a separator starts; `at` where there is none. */
static uint32_t scheme_start(const finder *f, uint32_t at) {
    static const char *const known[] = {"https", "hxxps", "http", "hxxp", "ftps", "sftp", "ftp"};
    const sl_reader *r = &f->r;
    uint32_t start = at;
    while (start > f->floor && at - start < SCHEME_CHARS && is_scheme_char(sl_read(r, start - 1))) start--;
    for (int i = 0; i < 7; i++) {
        uint32_t length = (uint32_t)strlen(known[i]);
        if (at - start >= length && sl_text_at(r, at - length, known[i])) return at - length;
    }
    if (at - start < 2 || !sl_is_small(sl_read(r, start)) || sl_word_at(r, start - 1) || is_scheme_char(sl_read(r, start - 1))) return at;
    return start;
}

/* After user information, where there is some. */
static uint32_t after_user(const sl_reader *r, uint32_t at) {
    uint32_t host = at;
    for (uint32_t i = at; i < at + USER_CHARS; i++) {
        uint32_t c = sl_read(r, i);
        if (c == SL_NOTHING || !((c < 0x80 && strchr("-.~%!$&*+=:@'(),;", (int)c)) || sl_word_at(r, i))) break;
        if (c == '@') host = i + 1;
    }
    return host;
}

/* ── The tail ────────────────────────────────────────────────────────────────────────────────────── */

static int ends_path(const sl_reader *r, uint32_t at) {
    uint32_t c = sl_read(r, at);
    if (c < 0x80) return c == '<' || c == '>' || c == '"' || c == '|' || c == '\\' || c == '`' || (sl_props_of(r->props, c) & SL_SPACE);
    return c == 0x201C || c == 0x201D || c == 0xAB || c == 0xBB || c == 0x3001 || c == 0x3002 || (c >= 0x3008 && c <= 0x3011) ||
           (sl_props_of(r->props, c) & SL_SPACE);
}

static int not_at_end(uint32_t c) { return c == 0x2019 || (c < 0x80 && c && strchr(".,:;!?'*([{-", (int)c)); }

/* Without the punctuation at its end; a ' stays where it closes one. */
static uint32_t trimmed(const sl_reader *r, uint32_t fixed, uint32_t end) {
    uint32_t quotes = 0;
    for (uint32_t i = fixed; i < end; i++) quotes += sl_at(r->stream, i) == '\'';
    for (; end > fixed && not_at_end(sl_at(r->stream, end - 1)); end--) {
        if (sl_at(r->stream, end - 1) != '\'') continue;
        if (quotes % 2 == 0) break;
        quotes--;
    }
    return end;
}

/* Where path, query and fragment end that start here. */
static uint32_t rest_end(const sl_reader *r, uint32_t start, uint32_t at) {
    uint32_t open[3] = {0, 0, 0};
    uint32_t most = start + SL_LINK_CHARS;
    for (; at < r->stream->length && at < most; at++) {
        uint32_t c = sl_at(r->stream, at);
        if (ends_path(r, at)) break;
        int plain = sl_is_small(c) || sl_is_digit(c);
        if ((plain || c == ',' || c == '.' || c == '!' || c == ';') && sl_unspaced_at(r, at + 1)) return at + (plain ? 1 : 0);
        int kind = c == '(' || c == ')' ? 0 : c == '[' || c == ']' ? 1 : c == '{' || c == '}' ? 2 : 3;
        if (kind == 3) continue;
        if (c == '(' || c == '[' || c == '{') {
            open[kind]++;
        } else if (open[kind]) {
            open[kind]--;
        } else if (kind || sl_read(r, start - 1 - (sl_blank_at(r, start - 1) ? 1 : 0)) == '(' || !(sl_glue_at(r, at + 1) || sl_read(r, at + 1) == '+')) {
            break;
        }
    }
    return at;
}

static void read_tail(const sl_reader *r, found *link) {
    uint32_t fixed = link->host_end;
    if (sl_has_tail(r, fixed) && sl_is_stop(sl_read(r, fixed))) fixed++;
    uint32_t port = sl_port_end(r, fixed);
    if (port) fixed = port;
    uint32_t c = sl_read(r, fixed), end = fixed;
    if (c == '/' || c == '?' || c == '#') end = rest_end(r, link->start, fixed);
    end = trimmed(r, fixed, end);
    uint32_t quote = end >= fixed + 2 ? sl_at(r->stream, end - 2) : 0;
    if ((quote == '\'' || quote == 0x2019) && sl_at(r->stream, end - 1) == 's') {
        end = trimmed(r, fixed, end - 2);
    }
    link->end = end;
    link->path_start = link->path_end = fixed;
    if (c != '/') return;
    while (link->path_end < end && sl_at(r->stream, link->path_end) != '?' && sl_at(r->stream, link->path_end) != '#') link->path_end++;
}

/* ── One link ────────────────────────────────────────────────────────────────────────────────────── */

static void take_host(found *link, const sl_reading *reading, uint32_t labels) {
    link->reading = reading;
    link->labels = labels;
    link->host_end = link->end = link->path_start = link->path_end = reading->ends[labels - 1];
}

static int is_label(const sl_reader *r, const sl_reading *reading, uint32_t i, const char *label) {
    return reading->ends[i] - reading->starts[i] == strlen(label) && sl_text_at(r, reading->starts[i], label);
}

static int is_www(const sl_reader *r, const sl_reading *reading) { return is_label(r, reading, 0, "www"); }

/* Hyphens before a dot, or a label that starts or ends with `_`: no site has these. */
static int odd_host(const sl_reader *r, const sl_reading *reading, uint32_t labels) {
    uint32_t end = reading->ends[labels - 1];
    if (labels == reading->count && reading->stop > end && sl_read(r, reading->stop) == '.') return 1;
    for (uint32_t i = 0; i < labels && labels > 1; i++)
        if (sl_read(r, reading->starts[i]) == '_' || sl_read(r, reading->ends[i] - 1) == '_') return 1;
    return 0;
}

static int with_scheme(const finder *f, uint32_t at, uint32_t separator, sl_reading *reading, found *link) {
    const sl_reader *r = &f->r;
    link->start = scheme_start(f, at);
    if (link->start == at) return 0;
    uint32_t host = after_user(r, at + separator), before = sl_read(r, link->start - 1);
    link->doubtful = (before == '@' || before == '#') && !sl_glue_at(r, link->start - 2);
    uint32_t close = 0;
    if (sl_read(r, host) == '[')
        for (uint32_t i = host + 1; i <= host + 46 && !close; i++)
            if (sl_read(r, i) == ']') close = i;
    if (close && sl_is_ipv6(r, host + 1, close)) {
        link->reading = NULL;
        link->address = host + 1;
        link->address_end = close;
        link->host_end = close + 1;
        read_tail(r, link);
        return 1;
    }
    if (!sl_starts_label(r, host, SL_WAY_OPEN)) return 0;
    sl_read_host(r, host, SL_WAY_OPEN, f->strong, reading);
    uint32_t labels = sl_choose(r, reading, SL_WAY_OPEN);
    if (!labels) return 0;
    take_host(link, reading, labels);
    if (odd_host(r, reading, labels)) link->doubtful = 1;
    if (labels == reading->count) read_tail(r, link);
    return 1;
}

static int may_start_bare(const sl_reader *r, uint32_t at) {
    uint32_t c = sl_read(r, at), before = sl_read(r, at - 1);
    if (c == '_' || !sl_word_at(r, at) || !sl_starts(r->stream, at)) return 0;
    if (sl_word_at(r, at - 1)) return sl_unspaced_at(r, at - 1) && !sl_unspaced_at(r, at);
    return before != '@' && before != '#' && before != '$';
}


/* Has it a dot with a blank or a word, and not an ending that people say: `wine .NET`, `ce point de`? */
static int said_in_passing(const sl_reader *r, const sl_reading *reading, uint32_t labels) {
    static const char *const said[] = {"com", "org", "info", "biz", "co", "io", "gg", "dev", "app", "tv", "ly", "us", "uk", "eu", "ru", "fr", "es", "ca", "au", "br"};
    static const char *const no_sites[] = {"the", "a", "an", "no", "or", "of", "but", "is", "this", "that", "and"};
    int spelled = 0, ending = is_label(r, reading, labels - 1, "net") && (reading->dots[labels - 2].how & SL_DOT_WORD);
    for (uint32_t i = 0; i + 1 < labels; i++) spelled |= (reading->dots[i].how & SL_DOT_SPELLED) && !(reading->dots[i].how & SL_DOT_BRACKETED);
    if (!spelled) return 0;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) ending |= is_label(r, reading, labels - 1, said[i]);
    if (!ending) return 1;
    for (size_t i = 0; i < sizeof no_sites / sizeof *no_sites; i++)
        if (is_label(r, reading, 0, no_sites[i])) return 1;
    return 0;
}

/* Do two slashes that stand at the start of a word belong to the link: `//example.com`? */
static int slashes_alone(const sl_reader *r, uint32_t start) {
    uint32_t third = sl_read(r, start - 3);
    return sl_read(r, start - 1) == '/' && sl_read(r, start - 2) == '/' && (third == SL_NOTHING || (sl_props_of(r->props, third) & SL_SPACE));
}

/* Is what stands before part of a path or of a host that is none: `/to/file.pl`, `//-example.com`? */
static int after_path(const sl_reader *r, uint32_t start) {
    uint32_t before = sl_read(r, start - 1), second = sl_read(r, start - 2);
    if (before == '-' || before == '.') return (second == '/' || second == '.' || second == '-') && second != before;
    if (before == '/' && second == '/') return !slashes_alone(r, start);
    return (before == '/' || before == '\\') && second != ':';
}

static int bare(const finder *f, uint32_t at, sl_reading *reading, found *link) {
    const sl_reader *r = &f->r;
    sl_read_host(r, at, SL_WAY_BARE, f->strong, reading);
    if (reading->count < 2) return 0;
    uint32_t labels = sl_choose(r, reading, SL_WAY_BARE), read_end = reading->ends[reading->count - 1];
    if (!labels || sl_read(r, read_end) == '@') return 0;
    take_host(link, reading, labels);
    link->start = reading->starts[0];
    int named = is_www(r, reading), inside = !named && after_path(r, link->start);
    int passing = said_in_passing(r, reading, labels);
    link->doubtful = passing || inside || (!named && sl_host_doubtful(r, reading, labels));
    if (labels < reading->count) return 1;
    if (sl_has_tail(r, link->host_end)) {
        uint32_t c = sl_read(r, link->host_end);
        if (!((c == '?' || c == '#') && !sl_word_at(r, link->host_end + 1))) link->doubtful = inside || passing;
    } else if (separator_at(r, link->host_end)) {
        return 0;
    }
    if (slashes_alone(r, link->start)) link->start -= 2;
    read_tail(r, link);
    return 1;
}

/* ── The list ────────────────────────────────────────────────────────────────────────────────────── */

static sl_status keep_host(const sl_reader *r, const found *from, sl_arena *arena, sl_link *link) {
    uint32_t chars = from->address_end - from->address;
    if (from->reading) {
        chars = from->labels;
        for (uint32_t i = 0; i < from->labels; i++) chars += from->reading->ends[i] - from->reading->starts[i];
    }
    uint8_t *host = sl_arena_take(arena, (size_t)chars * 4);
    if (!host) return SL_NO_MEMORY;
    uint32_t length = 0;
    if (!from->reading)
        for (uint32_t at = from->address; at < from->address_end; at++) length += sl_utf8_put(host + length, sl_at(r->stream, at));
    for (uint32_t i = 0; from->reading && i < from->labels; i++) {
        if (i) host[length++] = '.';
        for (uint32_t at = from->reading->starts[i]; at < from->reading->ends[i]; at++) length += sl_utf8_put(host + length, sl_at(r->stream, at));
    }
    link->host = host;
    link->host_bytes = length;
    return SL_OK;
}

static sl_status keep(const sl_reader *r, const found *from, sl_arena *arena, sl_link_list *list) {
    if (list->count == list->capacity) {
        uint32_t wanted = list->capacity ? list->capacity * 2 : 8;
        sl_link *items = sl_arena_take(arena, (size_t)wanted * sizeof *items);
        if (!items) return SL_NO_MEMORY;
        if (list->count) memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = wanted;
    }
    sl_link *link = &list->items[list->count];
    link->start = sl_origin(r->stream, from->start);
    link->end = sl_reach(r->stream, from->end - 1);
    link->path_start = from->path_start;
    link->path_end = from->path_end;
    link->doubtful = (uint8_t)from->doubtful;
    sl_status status = keep_host(r, from, arena, link);
    if (!status) list->count++;
    return status;
}

/* PERF: most messages have no link, and one pass over their bytes says so: a link has a dot with something after it, a
 * scheme's separator, or a dot in brackets. A word without one of them after it is no host (10 to 2 ns a character). */
static int is_sign(const uint8_t *at) { /* SAFETY: zero bytes follow the end of a stream */
    uint8_t c = at[0];
    if (c == '.') return at[1] > ' ';
    return (c == ':' && at[1] == '/') || c == '[' || c == '(' || c == '{';
}

/* From `at` on, where the word starts after which the next sign stands, and the sign; both the end where there is none. */
static uint32_t before_sign(const sl_stream *s, uint32_t at, uint32_t *sign) {
    const uint8_t *text = s->narrow;
    uint32_t start = at;
    while (start < s->length && !is_sign(text + start)) start++;
    *sign = start;
    if (start == s->length) return start;
    if (start > at && text[start - 1] <= ' ') start--;
    while (start > at && (sl_is_small(text[start - 1]) || sl_is_digit(text[start - 1]) || text[start - 1] == '-' || text[start - 1] == '_')) start--;
    return start;
}

static sl_status scan(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_link_list *list) {
    finder f = {{stream, props, suffixes}, strong, 0};
    memset(list, 0, sizeof *list);
    list->stream = stream;
    sl_reading reading;
    uint32_t sign = 0;
    int leaps = stream->narrow && !strong;
    for (uint32_t at = 0; at < stream->length;) {
        if (leaps && (at > sign || at == 0)) {
            at = before_sign(stream, at, &sign);
            if (at == stream->length) break;
        }
        found link;
        int is_link = 0;
        uint32_t separator = separator_at(&f.r, at), next = at + 1;
        if (separator) {
            is_link = with_scheme(&f, at, separator, &reading, &link);
            next = at + separator;
        } else if (may_start_bare(&f.r, at)) {
            is_link = bare(&f, at, &reading, &link);
            next = reading.stop > at ? reading.stop : at + 1;
        }
        if (!is_link) {
            at = next;
            continue;
        }
        if (sl_starts(stream, link.start)) {
            sl_status status = keep(&f.r, &link, arena, list);
            if (status) return status;
        }
        f.floor = at = link.end;
    }
    return SL_OK;
}

sl_status sl_links_scan(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_link_list *list) {
    return scan(suffixes, props, stream, 0, arena, list);
}

sl_status sl_links_scan_strong(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_link_list *list) {
    return scan(suffixes, props, stream, 1, arena, list);
}

sl_status sl_links_spans(const sl_link_list *list, sl_arena *arena, sl_spans *spans) {
    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].doubtful) continue;
        sl_status status = sl_spans_push(spans, arena, list->items[i].start, list->items[i].end);
        if (status) return status;
    }
    return SL_OK;
}
