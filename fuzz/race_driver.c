/* One engine, many threads: finds and decides at once, with a memory of its own for each thread, under the thread sanitizer.
 *
 * In: a file of sections and a file of messages that race.py writes; how many threads and rounds. Out: the fingerprint of all that was
 * found and decided, which must be the same for every thread; 1 where it is not, and 66 from the sanitizer where two threads met.
 */
#include "engine.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const sl_engine *engine;
    const sl_text *texts;
    uint32_t text_count, rounds, first;
    uint64_t fingerprint;
    int failed;
} work;

static uint64_t mixed(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x9E3779B97F4A7C15u; }

/* What does not depend on the order of the messages: threads begin at different ones. */
static uint64_t asked(const work *self, sl_arena *arena, const sl_text *text, uint32_t number, int *failed) {
    const sl_engine *engine = self->engine;
    const sl_decision *decision = &engine->decision;
    uint64_t hash = number;
    sl_scan scan;
    const sl_spans *spans;
    if (sl_scan_start(&scan, engine, arena, text) != SL_OK) *failed = 1;
    for (uint32_t pattern = 0; pattern < engine->patterns.pattern_count && !*failed; pattern++) {
        if (sl_scan_pattern(&scan, pattern, &spans) != SL_OK) *failed = 1;
        else
            for (uint32_t i = 0; i < spans->count; i++) hash = mixed(mixed(hash, spans->items[i].start), spans->items[i].end);
    }
    uint32_t fields = decision->field_count + 1;
    sl_text *texts = calloc(fields, sizeof *texts);
    uint8_t *known = malloc(decision->fact_count + 1u), *cut = calloc(fields, 1);
    int64_t *values = calloc(decision->fact_count + 1u, sizeof *values);
    uint64_t *members = calloc(decision->member_words + 1u, sizeof *members);
    sl_utf8 *utf8 = calloc(decision->rollout_slots + 1u, sizeof *utf8);
    sl_question question;
    sl_outcome outcome;
    if (!texts || !known || !cut || !values || !members || !utf8) {
        *failed = 1;
    } else {
        for (uint32_t i = 0; i < decision->fact_count; i++) known[i] = (number + i) % 3 != 0;
        for (uint32_t i = 0; i < fields; i++) texts[i] = *text;
        sl_facts facts = {.values = values, .known = known, .members = members, .texts = utf8};
        if (sl_engine_decide(engine, texts, fields, &facts, (int64_t)number, arena, &question, &outcome, cut) != SL_OK) *failed = 1;
        else {
            hash = mixed(mixed(hash, outcome.action), outcome.fired_count);
            for (uint32_t i = 0; i < outcome.fired_count; i++) hash = mixed(hash, outcome.fired[i]);
        }
    }
    free(texts), free(known), free(cut), free(values), free(members), free(utf8);
    return hash;
}

static void *run(void *argument) {
    work *self = argument;
    sl_arena arena;
    sl_arena_init(&arena);
    for (uint32_t round = 0; round < self->rounds; round++)
        for (uint32_t i = 0; i < self->text_count; i++) {
            uint32_t number = (i + self->first) % self->text_count;
            self->fingerprint += asked(self, &arena, &self->texts[number], number, &self->failed);
            sl_arena_reset(&arena);
        }
    sl_arena_free(&arena);
    return NULL;
}

/* A file in memory that begins at a multiple of 64. */
static uint8_t *whole(const char *path, size_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) return NULL;
    long size = ftell(file);
    if (size < 0) return NULL;
    rewind(file);
    uint8_t *data = aligned_alloc(64, ((size_t)size + 127) & ~(size_t)63);
    if (data && fread(data, 1, (size_t)size, file) != (size_t)size) return NULL;
    fclose(file);
    *bytes = (size_t)size;
    return data;
}

enum { SECTIONS_MAX = 32, THREADS_MAX = 64 };

int main(int argc, char **argv) {
    size_t artifact_bytes, message_bytes;
    if (argc != 6) return 2;
    uint8_t *artifact = whole(argv[1], &artifact_bytes), *messages = whole(argv[2], &message_bytes);
    uint32_t threads = (uint32_t)atoi(argv[4]), rounds = (uint32_t)atoi(argv[5]);
    FILE *table = fopen(argv[3], "r");
    if (!artifact || !messages || !table || threads > THREADS_MAX) return 2;

    static char names[SECTIONS_MAX][32];
    sl_section sections[SECTIONS_MAX];
    uint32_t section_count = 0;
    size_t offset, bytes;
    while (section_count < SECTIONS_MAX && fscanf(table, "%31s %zu %zu", names[section_count], &offset, &bytes) == 3) {
        sections[section_count] = (sl_section){names[section_count], artifact + offset, bytes};
        section_count++;
    }
    fclose(table);

    /* Each message: 4 bytes kind, 4 bytes length in characters, its characters, filled up to a multiple of 8. */
    uint32_t text_count = 0;
    sl_text *texts = calloc(message_bytes / 8 + 1, sizeof *texts);
    for (size_t at = 0; texts && at + 8 <= message_bytes;) {
        uint32_t head[2];
        memcpy(head, messages + at, 8);
        texts[text_count++] = (sl_text){.data = messages + at + 8, .kind = (int)head[0], .length_chars = head[1]};
        at += 8 + (((size_t)head[0] * head[1] + 7) & ~(size_t)7);
    }

    sl_engine engine;
    sl_fault fault;
    if (!texts || sl_engine_open(&engine, sections, section_count, 0x5eed, &fault) != SL_OK) return 2;
    pthread_t ids[THREADS_MAX];
    work works[THREADS_MAX];
    for (uint32_t i = 0; i < threads; i++) {
        works[i] = (work){.engine = &engine, .texts = texts, .text_count = text_count, .rounds = rounds, .first = i * 7};
        if (pthread_create(&ids[i], NULL, run, &works[i])) return 2;
    }
    int wrong = 0;
    for (uint32_t i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        wrong |= works[i].failed || works[i].fingerprint != works[0].fingerprint;
    }
    printf("%u threads, %u messages, %u rounds: %s\n", threads, text_count, rounds, wrong ? "THEY DIFFER" : "the same in each");
    sl_engine_close(&engine);
    free(texts), free(artifact), free(messages);
    return wrong;
}
