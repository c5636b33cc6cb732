/* Runs the matchers on bytes from a test: as a library through ctypes, or with -DDRIVER_MAIN as a program that damages a section. */
#include "dfa.h"
#include "fold.h"
#include "literals.h"
#include "words.h"

#include <stdio.h>
#include <stdlib.h>

enum { WORDS, LITERALS, DFAS };

typedef struct {
    sl_props props;
    sl_fold fold;
    sl_words words;
    sl_literals literals;
    sl_dfas dfas;
} tables;

static sl_status open_one(tables *t, int kind, const uint8_t *section, size_t bytes, sl_fault *fault) {
    if (kind == WORDS) return sl_words_open(&t->words, section, bytes, fault);
    if (kind == LITERALS) return sl_literals_open(&t->literals, section, bytes, fault);
    return sl_dfas_open(&t->dfas, section, bytes, fault);
}

static sl_status find_one(tables *t, int kind, uint32_t index, int all_starts, const sl_stream *stream, sl_arena *arena, sl_hits *hits) {
    if (kind == WORDS) return sl_words_find(&t->words, &t->props, stream, arena, hits);
    if (kind == LITERALS) return sl_literals_find(&t->literals, &t->props, stream, arena, hits);
    sl_spans spans = {0};
    const sl_seen *seen;
    sl_status status = sl_dfas_gate(&t->dfas, stream, arena, &seen);
    if (status || index >= t->dfas.count || !sl_dfa_may_match(&t->dfas, seen, index)) return status;
    status = sl_dfa_find(&t->dfas, index, seen, stream, all_starts, arena, &spans);
    for (uint32_t i = 0; i < spans.count && !status; i++) status = sl_hits_push(hits, arena, index, spans.items[i].start, spans.items[i].end);
    return status;
}

static sl_status stream_of(tables *t, const uint8_t *fold, size_t fold_bytes, const sl_text *text, sl_arena *arena, sl_stream *stream) {
    sl_fault fault;
    if (!fold_bytes) return sl_raw_stream(arena, text, text->length_chars, stream);
    sl_status status = sl_fold_open(&t->fold, fold, fold_bytes, &fault);
    return status ? status : sl_fold_run(&t->fold, arena, text, text->length_chars, stream);
}

/* A copy of exactly this size, so that a sanitizer sees each read past its end. */
static uint8_t *copied(const uint8_t *data, size_t bytes) {
    uint8_t *copy = malloc(bytes ? bytes : 1);
    if (bytes) memcpy(copy, data, bytes);
    return copy;
}

/* Returns the status; hits go to `out` as triples, at most `capacity` of them, and their number to `count`. */
int driver_find(int kind, const uint8_t *section, size_t bytes, const uint8_t *props, size_t props_bytes, const uint8_t *fold, size_t fold_bytes,
                const void *data, int char_bytes, uint32_t length, uint32_t index, int all_starts, uint32_t *out, uint32_t capacity,
                uint32_t *count, uint64_t *steps) {
    tables t;
    sl_fault fault;
    sl_arena arena;
    sl_hits hits = {0};
    sl_stream stream;
    sl_text text = {data, char_bytes, length};
    uint8_t *own = copied(section, bytes);
    sl_arena_init(&arena);
    sl_dfa_steps = 0;
    sl_status status = sl_props_open(&t.props, props, props_bytes, &fault);
    if (!status) status = open_one(&t, kind, own, bytes, &fault);
    if (!status) status = stream_of(&t, fold, fold_bytes, &text, &arena, &stream);
    if (!status) status = find_one(&t, kind, index, all_starts, &stream, &arena, &hits);
    *count = hits.count;
    *steps = sl_dfa_steps;
    for (uint32_t i = 0; i < hits.count && i < capacity; i++) memcpy(out + 3 * i, &hits.items[i], sizeof(sl_hit));
    sl_arena_free(&arena);
    free(own);
    return status;
}

#ifdef DRIVER_MAIN
static uint8_t *read_file(const char *path, size_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file) exit(3);
    fseek(file, 0, SEEK_END);
    *bytes = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(*bytes + 1);
    if (fread(data, 1, *bytes, file) != *bytes) exit(3);
    fclose(file);
    return data;
}

static uint64_t state = 88172645463325252ull;
static uint32_t random_below(uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 11) % limit;
}

/* driver KIND SECTION PROPS FOLD TEXT(UCS-4) ROUNDS: prints how many damaged copies were refused and how many ran. */
int main(int argc, char **argv) {
    if (argc != 7) return 3;
    size_t bytes, props_bytes, fold_bytes, text_bytes;
    int kind = atoi(argv[1]), rounds = atoi(argv[6]), refused = 0, ran = 0;
    uint8_t *section = read_file(argv[2], &bytes), *props = read_file(argv[3], &props_bytes);
    uint8_t *fold = read_file(argv[4], &fold_bytes), *text = read_file(argv[5], &text_bytes);
    uint32_t *out = malloc(12), count;
    uint64_t steps;
    for (int round = 0; round < rounds; round++) {
        size_t length = bytes;
        uint8_t *damaged = copied(section, bytes);
        if (round % 4 == 0) length = random_below((uint32_t)bytes);
        for (int k = (int)random_below(3); round % 4 && k >= 0; k--) {
            /* half of the damage near the beginning, where counts and offsets stand */
            uint32_t at = random_below(random_below(2) || bytes < 128 ? (uint32_t)bytes : 128);
            damaged[at] = random_below(2) ? (uint8_t)random_below(256) : (uint8_t)(damaged[at] ^ 1u << random_below(8));
        }
        int status = driver_find(kind, damaged, length, props, props_bytes, fold, fold_bytes, text, 4, (uint32_t)(text_bytes / 4), 0, round & 1, out, 1, &count, &steps);
        if (status) refused++;
        else ran++;
        free(damaged);
    }
    printf("%d %d\n", refused, ran);
    free(section), free(props), free(fold), free(text), free(out);
    return 0;
}
#endif
