/* Code and quotes. One pass over the lines; a line is looked at once for each length of backtick runs at most. */
#include "zones.h"

enum { TICKS = 8 };

typedef struct {
    const sl_text *text;
    uint32_t length;
} raw;

/* The character, or a line feed at the end of the text. */
static uint32_t read(const raw *t, uint32_t i) { return i < t->length ? sl_char(t->text, i) : '\n'; }

static uint32_t line_end(const raw *t, uint32_t at) {
    while (at < t->length && sl_char(t->text, at) != '\n') at++;
    return at;
}

static uint32_t after_spaces(const raw *t, uint32_t at) {
    for (int i = 0; i < 3 && read(t, at) == ' '; i++) at++;
    return at;
}

static uint32_t run_end(const raw *t, uint32_t at) {
    uint32_t c = read(t, at);
    while (at < t->length && sl_char(t->text, at) == c) at++;
    return at;
}

/* Three or more backticks or tildes at the start of a line: how many, and which; 0 where the line opens no fence. */
static uint32_t opens_fence(const raw *t, uint32_t start, uint32_t end, uint32_t *mark) {
    uint32_t at = after_spaces(t, start), c = read(t, at);
    if (c != '`' && c != '~') return 0;
    uint32_t stop = run_end(t, at);
    if (stop - at < 3) return 0;
    if (c == '`')
        for (uint32_t i = stop; i < end; i++)
            if (sl_char(t->text, i) == '`') return 0; /* ```code``` on one line is no fence */
    *mark = c;
    return stop - at;
}

static int closes_fence(const raw *t, uint32_t start, uint32_t end, uint32_t mark, uint32_t count) {
    uint32_t at = after_spaces(t, start);
    if (read(t, at) != mark) return 0;
    uint32_t stop = run_end(t, at);
    if (stop - at < count) return 0;
    for (; stop < end; stop++) {
        uint32_t c = sl_char(t->text, stop);
        if (c != ' ' && c != '\t' && c != '\r') return 0;
    }
    return 1;
}

/* The next run of exactly `count` backticks in at..end: its end, or 0. */
static uint32_t next_run(const raw *t, uint32_t at, uint32_t end, uint32_t count) {
    while (at < end) {
        if (sl_char(t->text, at) != '`') {
            at++;
            continue;
        }
        uint32_t stop = run_end(t, at);
        if (stop - at == count) return stop;
        at = stop;
    }
    return 0;
}

static sl_status inline_code(const raw *t, uint32_t at, uint32_t end, sl_arena *arena, sl_spans *spans) {
    uint8_t none[TICKS + 1] = {0}; /* PERF: no further run of this length on the line: each length fails once */
    while (at < end) {
        if (sl_char(t->text, at) != '`') {
            at++;
            continue;
        }
        uint32_t stop = run_end(t, at), count = stop - at, close = 0;
        if (count <= TICKS && !none[count]) {
            close = next_run(t, stop, end, count);
            none[count] = !close;
        }
        if (close) {
            sl_status status = sl_spans_push(spans, arena, at, close);
            if (status) return status;
        }
        at = close ? close : stop;
    }
    return SL_OK;
}

sl_status sl_zone_code(const sl_text *text, uint32_t length_chars, sl_arena *arena, sl_spans *spans) {
    raw t = {text, length_chars};
    uint32_t mark = 0, count = 0, opened = 0;
    for (uint32_t start = 0; start < length_chars;) {
        uint32_t end = line_end(&t, start);
        sl_status status = SL_OK;
        if (count) {
            if (closes_fence(&t, start, end, mark, count)) {
                status = sl_spans_push(spans, arena, opened, end);
                count = 0;
            }
        } else if ((count = opens_fence(&t, start, end, &mark))) {
            opened = start;
        } else {
            status = inline_code(&t, start, end, arena, spans);
        }
        if (status) return status;
        start = end + 1;
    }
    return count ? sl_spans_push(spans, arena, opened, length_chars) : SL_OK;
}

sl_status sl_zone_quote(const sl_text *text, uint32_t length_chars, sl_arena *arena, sl_spans *spans) {
    raw t = {text, length_chars};
    for (uint32_t start = 0; start < length_chars;) {
        uint32_t end = line_end(&t, start);
        if (read(&t, after_spaces(&t, start)) == '>') {
            sl_status status = sl_spans_push(spans, arena, start, end);
            if (status) return status;
        }
        start = end + 1;
    }
    return SL_OK;
}
