/* Finds links, addresses, handles and zones on request, for the tests: built with sanitizers, and kept running.
 *
 * Arguments: files with the sections props, fold_none, fold_basic, suffixes.
 * Request:  u8 what, u8 level (0 none, 1 basic, 2 strong), u32 section bytes, section, u32 length, u32 character…
 * Response: u32 status, u32 count, (u32 number, u32 start, u32 end)…
 * what: 0 links (number 1: doubtful), 1 url, 2 email, 3 handle, 4 ip_address, 5 zone code, 6 zone quote,
 *       7 hits of the link shapes in the section, 8 links by the table of suffixes in the section */
#include <stdio.h>
#include <stdlib.h>

#include "identities.h"
#include "zones.h"

#define TRY(call) do { sl_status status_ = (call); if (status_) return status_; } while (0)

static uint8_t *read_file(const char *path, size_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(2);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*bytes ? *bytes : 1); /* of the exact size, so that a read past the end is seen */
    if (!data || fread(data, 1, *bytes, file) != *bytes) exit(2);
    fclose(file);
    return data;
}

static void get(void *to, size_t bytes) {
    if (bytes && fread(to, 1, bytes, stdin) != bytes) exit(0);
}

static sl_props props;
static sl_fold folds[2];
static sl_suffixes shipped;

/* The text as Python would store it. */
static void *narrowest(const uint32_t *chars, uint32_t length, int *kind) {
    uint32_t widest = 0;
    for (uint32_t i = 0; i < length; i++) widest |= chars[i];
    *kind = widest < 0x100 ? 1 : widest < 0x10000 ? 2 : 4;
    uint8_t *data = malloc((size_t)length * (size_t)*kind + 1);
    for (uint32_t i = 0; i < length; i++) {
        if (*kind == 1) data[i] = (uint8_t)chars[i];
        else if (*kind == 2) ((uint16_t *)(void *)data)[i] = (uint16_t)chars[i];
        else ((uint32_t *)(void *)data)[i] = chars[i];
    }
    return data;
}

/* A stream with no byte more than solon.h promises. */
static sl_stream tight(const sl_stream *s, void **block) {
    sl_stream copy = *s;
    size_t unit = s->narrow ? 1 : 4, padding = 16;
    *block = malloc(s->length * unit + padding);
    memset((uint8_t *)*block + s->length * unit, 0, padding);
    memcpy(*block, s->narrow ? (const void *)s->narrow : (const void *)s->wide, s->length * unit);
    if (s->narrow) copy.narrow = *block;
    else copy.wide = *block;
    return copy;
}

static sl_status list_hits(const sl_link_list *list, sl_arena *arena, sl_hits *hits) {
    for (uint32_t i = 0; i < list->count; i++) TRY(sl_hits_push(hits, arena, list->items[i].doubtful, list->items[i].start, list->items[i].end));
    return SL_OK;
}

static sl_status find(int what, int level, const uint8_t *section, size_t bytes, const sl_text *text, const sl_stream *s, sl_arena *arena, sl_hits *hits) {
    sl_fault fault;
    sl_links links;
    sl_link_list list;
    sl_suffixes suffixes = shipped;
    sl_spans spans = {0};
    int strong = level == 2;
    if (what == 7) TRY(sl_links_open(&links, section, bytes, &fault));
    if (what == 8) TRY(sl_suffixes_open(&suffixes, section, bytes, &fault));
    if (what < 2 || what > 6) {
        if (strong) TRY(sl_links_scan_strong(&suffixes, &props, s, arena, &list));
        else TRY(sl_links_scan(&suffixes, &props, s, arena, &list));
    }
    switch (what) {
    case 0:
    case 8: return list_hits(&list, arena, hits);
    case 1: TRY(sl_links_spans(&list, arena, &spans)); break;
    case 2: TRY(sl_find_email(&suffixes, &props, s, strong, arena, &spans)); break;
    case 3: TRY(sl_find_handle(&suffixes, &props, s, strong, arena, &spans)); break;
    case 4: TRY(sl_find_ip(&props, s, strong, arena, &spans)); break;
    case 5: TRY(sl_zone_code(text, text->length_chars, arena, &spans)); break;
    case 6: TRY(sl_zone_quote(text, text->length_chars, arena, &spans)); break;
    default:
        links.fold = &folds[level > 0];
        return sl_links_match(&links, &list, arena, hits);
    }
    for (uint32_t i = 0; i < spans.count; i++) TRY(sl_hits_push(hits, arena, 0, spans.items[i].start, spans.items[i].end));
    return SL_OK;
}

static void serve(sl_arena *arena) {
    uint8_t what, level;
    uint32_t bytes, length;
    get(&what, 1), get(&level, 1), get(&bytes, 4);
    uint8_t *section = malloc(bytes + 1);
    get(section, bytes);
    get(&length, 4);
    uint32_t *chars = malloc(length * sizeof *chars + 1);
    get(chars, length * sizeof *chars);
    sl_text text = {NULL, 0, length};
    text.data = narrowest(chars, length, &text.kind);
    void *block = NULL;
    sl_stream stream;
    sl_hits hits = {0};
    sl_status status = sl_fold_run(&folds[level > 0], arena, &text, length, &stream);
    if (status) exit(3);
    stream = tight(&stream, &block);
    status = find(what, level, section, bytes, &text, &stream, arena, &hits);
    uint32_t head[2] = {(uint32_t)status, status ? 0 : hits.count};
    fwrite(head, 4, 2, stdout);
    if (head[1]) fwrite(hits.items, sizeof *hits.items, hits.count, stdout);
    fflush(stdout);
    sl_arena_reset(arena);
    free(block);
    free((void *)(uintptr_t)text.data);
    free(chars);
    free(section);
}

int main(int count, char **arguments) {
    size_t bytes;
    sl_fault fault;
    if (count < 5) return 2;
    uint8_t *section = read_file(arguments[1], &bytes);
    if (sl_props_open(&props, section, bytes, &fault)) return 2;
    for (int i = 0; i < 2; i++) {
        section = read_file(arguments[2 + i], &bytes);
        if (sl_fold_open(&folds[i], section, bytes, &fault)) return 2;
    }
    section = read_file(arguments[4], &bytes);
    if (sl_suffixes_open(&shipped, section, bytes, &fault)) return 2;
    sl_arena arena;
    sl_arena_init(&arena);
    for (;;) serve(&arena);
}
