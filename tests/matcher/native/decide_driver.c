/* Opens sections that come over a pipe and decides with them, under sanitizers.
 *
 * In, until the end: a u32 of bytes, the section. Out for each: one byte, the status of opening it (0: opened, and then decided
 * with facts and answers drawn at random). Arrays are exactly as long as the section says, so that a read outside is seen.
 */
#include "decide.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t seed = 1;
static uint64_t next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static const int64_t INTERESTING[] = {INT64_MIN, -1, 0, 1, 2, 3, 7, 63, 64, 1000000, INT64_MAX};

static sl_status contains(void *context, uint32_t pattern, uint32_t field, int *present) {
    const sl_decision *d = context;
    if (pattern >= d->pattern_count || field > d->field_count) abort();
    *present = next_random() & 1;
    return SL_OK;
}

static sl_status count(void *context, uint32_t pattern, int distinct, uint64_t *value) {
    const sl_decision *d = context;
    if (pattern >= d->pattern_count || distinct > 1) abort();
    *value = next_random() % 5 ? next_random() % 4 : UINT64_MAX;
    return SL_OK;
}

static sl_status covers(void *context, uint32_t pattern, int *yes) {
    const sl_decision *d = context;
    if (pattern >= d->pattern_count) abort();
    *yes = next_random() & 1;
    return SL_OK;
}

static void *exactly(size_t count, size_t size) {
    void *block = calloc(count ? count : 1, size);
    if (!block) abort();
    return block;
}

static void check_list(const uint32_t *list, uint32_t count, uint32_t limit) {
    for (uint32_t i = 0; i < count; i++)
        if (list[i] >= limit || (i && list[i] <= list[i - 1])) abort();
}

static void check_outcome(const sl_decision *d, const sl_outcome *out) {
    if (out->action >= d->action_count) abort();
    check_list(out->fired, out->fired_count, d->rule_count);
    check_list(out->undecided, out->undecided_count, d->rule_count);
    check_list(out->shadow, out->shadow_count, d->rule_count);
    check_list(out->notices, out->notice_count, d->notice_count);
    for (uint32_t i = 0; i < out->exempted_rule_count; i++)
        if (out->exempted_rules[i].what >= d->rule_count || out->exempted_rules[i].exemption >= d->exemption_count) abort();
    for (uint32_t i = 0; i < out->exempted_pattern_count; i++)
        if (out->exempted_patterns[i].what >= d->pattern_count) abort();
    for (uint32_t i = 0; i < d->score_count; i++)
        if (out->summed[i] && out->sums[i].least > out->sums[i].greatest) abort();
}

static void decide(const sl_decision *d) {
    int64_t *values = exactly(d->fact_count, sizeof *values);
    uint8_t *known = exactly(d->fact_count, 1);
    uint64_t *members = exactly(d->member_words, sizeof *members), *rows = exactly(d->row_words, sizeof *rows);
    sl_utf8 *texts = exactly(d->rollout_slots, sizeof *texts);
    uint64_t *possible = exactly((d->pattern_count + 63) / 64, sizeof *possible);
    for (uint32_t i = 0; i < d->fact_count; i++) {
        values[i] = next_random() & 1 ? INTERESTING[next_random() % (sizeof INTERESTING / sizeof *INTERESTING)] : (int64_t)next_random();
        known[i] = next_random() % 3 != 0;
    }
    for (uint32_t i = 0; i < d->member_words; i++) members[i] = next_random() & next_random();
    for (uint32_t i = 0; i < d->rollout_slots; i++)
        if (next_random() & 1) texts[i] = (sl_utf8){"abc", 3};
    for (uint32_t i = 0; i < (d->pattern_count + 63) / 64; i++) possible[i] = next_random();
    sl_facts facts = {values, known, members, texts, NULL};
    sl_lookup lookup = {(void *)d, contains, count, covers, next_random() % 1000, NULL, (int)(next_random() & 1), NULL};
    if (next_random() & 1) lookup.possible = possible;
    if (next_random() & 1) {
        sl_filter(d, &facts, rows);
        facts.candidates = rows;
    }
    sl_arena arena;
    sl_outcome out;
    sl_arena_init(&arena);
    if (sl_decide(d, &facts, &lookup, (int64_t)(next_random() % 8), &arena, &out) != SL_OK) abort();
    check_outcome(d, &out);
    sl_arena_free(&arena);
    free(values);
    free(known);
    free(members);
    free(rows);
    free(texts);
    free(possible);
}

int main(void) {
    uint32_t bytes;
    while (fread(&bytes, sizeof bytes, 1, stdin) == 1) {
        uint8_t *section = malloc(bytes ? bytes : 1);
        if (!section || fread(section, 1, bytes, stdin) != bytes) return 1;
        sl_decision decision;
        sl_fault fault;
        sl_status status = sl_decision_open(&decision, section, bytes, 6, &fault);
        if (status == SL_OK)
            for (int i = 0; i < 4; i++) decide(&decision);
        else if (!fault.what || !fault.section) return 1;
        putchar((int)status);
        fflush(stdout);
        free(section);
    }
    return 0;
}
