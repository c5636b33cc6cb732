/* Handles: `@name`, `name#1234`; app_names.c has the names beside an app's name. docs/entities.md, "Handle". */
#include "identities.h"

#include "app_names.h"

enum { NAME_CHARS = 32 };

static int is_name(uint32_t c) { return sl_is_small(c) || sl_is_digit(c) || c == '_' || c == '.'; }

static int has_letter(const sl_reader *r, uint32_t start, uint32_t end) {
    for (uint32_t i = start; i < end; i++)
        if (sl_is_small(sl_read(r, i))) return 1;
    return 0;
}

/* Does what stands after the last dot, if there is a dot, make the name a host? */
static int is_host(const sl_reader *r, uint32_t start, uint32_t end) {
    for (uint32_t i = end; i > start; i--)
        if (sl_read(r, i - 1) == '.') return sl_tld_class(r, i, end) == SL_SUFFIX_SURE;
    return 0;
}

/* After `/friends`, where a list is named: a letter, then at most 24 name characters or hyphens. */
static uint32_t list_end(const sl_reader *r, uint32_t end) {
    if (sl_read(r, end) != '/' || !sl_is_small(sl_read(r, end + 1))) return end;
    uint32_t stop = end + 2;
    while (stop - end <= NAME_CHARS && (is_name(sl_read(r, stop)) || sl_read(r, stop) == '-')) stop++;
    if (stop - end > NAME_CHARS) { /* longer than any list, whatever is left out at its end: but dots and hyphens do not count */
        uint32_t all = stop, name = stop;
        while (is_name(sl_read(r, all)) || sl_read(r, all) == '-') all++;
        while (name > end && (sl_read(r, name - 1) == '.' || sl_read(r, name - 1) == '-')) name--;
        for (uint32_t i = name; i < all; i++)
            if (sl_read(r, i) != '.' && sl_read(r, i) != '-') return end;
        stop = all;
    }
    while (sl_read(r, stop - 1) == '.' || sl_read(r, stop - 1) == '-') stop--;
    uint32_t after = sl_read(r, stop);
    return stop - end <= 26 && !sl_glue_at(r, stop) && after != '/' && after != '@' ? stop : end;
}

/* Where the name after the `@` at `at` ends, or 0. */
static uint32_t mention_end(const sl_reader *r, uint32_t at) {
    uint32_t before = sl_read(r, at - 1);
    int retold = sl_read(r, at - 2) == 'r' && before == 't' && !sl_glue_at(r, at - 3);
    if ((sl_glue_at(r, at - 1) && !retold) || (before < 0x80 && strchr("@!#$%&*+-/=?^'{|}~`", (int)before))) return 0;
    if (before == '.' && sl_glue_at(r, at - 2)) return 0;
    uint32_t start = at + 1, end = start;
    while (is_name(sl_read(r, end)) && end < start + NAME_CHARS + 2) {
        if (sl_read(r, end) == '.' && sl_read(r, end + 1) == '.') break;
        end++;
    }
    if (end > start && sl_read(r, end - 1) == '.') end--;
    if (end - start < 3 || end - start > NAME_CHARS || sl_read(r, start) == '.' || !has_letter(r, start, end)) return 0;
    uint32_t after = sl_read(r, end);
    if (sl_glue_at(r, end) || after == '@' || (after == '-' && sl_word_at(r, end + 1))) return 0;
    return is_host(r, start, end) ? 0 : list_end(r, end);
}

static int is_no_name(const sl_reader *r, uint32_t start, uint32_t end) {
    static const char *const words[] = {
        "apt", "batch", "bill", "block", "box", "bug", "building", "case", "chapter", "claim", "code", "contract", "door", "fall", "flat",
        "floor", "gate", "house", "id", "invoice", "issue", "item", "job", "line", "lot", "model", "no", "num", "number", "order", "page",
        "part", "patch", "po", "pr", "project", "proposal", "ref", "room", "row", "seat", "section", "serial", "sku", "slide", "step",
        "suite", "table", "task", "ticket", "track", "unit", "version",
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == end - start && sl_text_at(r, start, words[i])) return 1;
    return 0;
}

/* Where the name before the `#` at `at` and its four digits starts; `at` where there is none. */
static uint32_t tagged_start(const sl_reader *r, uint32_t at) {
    for (uint32_t i = at + 1; i <= at + 4; i++)
        if (!sl_is_digit(sl_read(r, i))) return at;
    uint32_t start = at;
    while (start > 0 && at - start <= NAME_CHARS && is_name(sl_read(r, start - 1))) start--;
    if (sl_word_at(r, at + 5) || at - start < 2 || at - start > NAME_CHARS) return at;
    if (sl_read(r, start) == '.' || !has_letter(r, start, at) || is_no_name(r, start, at)) return at;
    uint32_t before = sl_read(r, start - 1);
    return sl_glue_at(r, start - 1) || before == '/' || before == '@' || before == '#' ? at : start;
}

sl_status sl_find_handle(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans) {
    (void)strong; /* adds nothing */
    sl_reader r = {stream, props, suffixes};
    sl_status told = sl_app_names(&r, arena, spans);
    if (told) return told;
    for (uint32_t at = 0; at < stream->length; at++) {
        uint32_t c = sl_at(stream, at), start = at, end = 0;
        if (c == '@') {
            end = mention_end(&r, at);
        } else if (c == '#') {
            start = tagged_start(&r, at);
            end = start < at ? at + 5 : 0;
        }
        if (!end || !sl_starts(stream, start)) continue;
        sl_status status = sl_spans_push(spans, arena, sl_origin(stream, start), sl_reach(stream, end - 1));
        if (status) return status;
    }
    return SL_OK;
}
