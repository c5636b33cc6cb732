/* Solon's engine without Python between two messages, for the figures that compare it with a scan in C.
 *
 * In: the sections of an artifact that the loader verified, and messages as Python stores them. Out: counts.
 */
#include "engine.h"

#include <stdlib.h>

typedef struct {
    sl_engine engine;
    sl_arena arena;
} bench;

bench *bench_open(const sl_section *sections, uint32_t count) {
    bench *made = calloc(1, sizeof *made);
    sl_fault fault;
    if (!made) return NULL;
    if (sl_engine_open(&made->engine, sections, count, 0x5eed, &fault) != SL_OK) {
        free(made);
        return NULL;
    }
    sl_arena_init(&made->arena);
    return made;
}

void bench_free(bench *self) {
    sl_arena_free(&self->arena);
    sl_engine_close(&self->engine);
    free(self);
}

/* Fold, find, select: the spans of all patterns, in characters of each message. */
uint64_t bench_find(bench *self, const sl_text *texts, uint32_t count) {
    uint64_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        sl_scan scan;
        const sl_spans *spans;
        sl_arena_reset(&self->arena);
        if (sl_scan_start(&scan, &self->engine, &self->arena, &texts[i]) != SL_OK) return UINT64_MAX;
        for (uint32_t pattern = 0; pattern < self->engine.patterns.pattern_count; pattern++) {
            if (sl_scan_pattern(&scan, pattern, &spans) != SL_OK) return UINT64_MAX;
            found += spans->count;
        }
    }
    return found;
}

/* Fold alone, with the map of offsets: folded characters. UINT64_MAX for a level that the policy does not use. */
uint64_t bench_fold(bench *self, int level, const sl_text *texts, uint32_t count) {
    uint64_t folded = 0;
    if (!self->engine.has_fold[level]) return UINT64_MAX;
    for (uint32_t i = 0; i < count; i++) {
        sl_stream stream;
        sl_arena_reset(&self->arena);
        if (sl_fold_run(&self->engine.folds[level], &self->arena, &texts[i], texts[i].length_chars, &stream) != SL_OK)
            return UINT64_MAX;
        folded += stream.length;
    }
    return folded;
}
