/* Rows of columns into decisions. */
#include "batch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ── Words ── */

static uint32_t hash_of(const char *utf8, size_t bytes) {
    uint64_t state = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes; i++) state = (state ^ (uint8_t)utf8[i]) * UINT64_C(0x100000001b3);
    return (uint32_t)(state ^ state >> 32);
}

sl_status sl_word_map_open(sl_word_map *map, uint32_t count) {
    uint64_t places = 2;
    while (places < 2 * (uint64_t)count) places *= 2;
    memset(map, 0, sizeof *map);
    map->entries = calloc(places, sizeof *map->entries);
    map->mask = (uint32_t)(places - 1);
    map->lengths = calloc((size_t)count + 1, sizeof *map->lengths);
    return map->entries && map->lengths ? SL_OK : SL_NO_MEMORY;
}

void sl_word_map_close(sl_word_map *map) {
    free(map->entries);
    free(map->lengths);
    memset(map, 0, sizeof *map);
}

static sl_word_entry *place_of(const sl_word_map *map, const char *utf8, size_t bytes) {
    uint32_t at = hash_of(utf8, bytes) & map->mask;
    for (;; at = (at + 1) & map->mask) {
        sl_word_entry *entry = &map->entries[at];
        if (!entry->utf8 || (entry->bytes == bytes && !memcmp(entry->utf8, utf8, bytes))) return entry;
    }
}

void sl_word_map_add(sl_word_map *map, const char *utf8, uint32_t bytes, uint32_t number) {
    *place_of(map, utf8, bytes) = (sl_word_entry){utf8, bytes, number};
    uint32_t at = 0;
    while (at < map->length_count && map->lengths[at] > bytes) at++;
    if (at < map->length_count && map->lengths[at] == bytes) return;
    memmove(map->lengths + at + 1, map->lengths + at, (map->length_count - at) * sizeof *map->lengths);
    map->lengths[at] = bytes;
    map->length_count++;
}

int sl_word_map_find(const sl_word_map *map, const char *utf8, size_t bytes, uint32_t *number) {
    const sl_word_entry *entry = place_of(map, utf8, bytes);
    if (entry->utf8) *number = entry->number;
    return entry->utf8 != NULL;
}

/* As text_class_of in _fact_values.pxi: the text itself, else its longest prefix, else 0. */
static uint32_t class_of(const sl_fact_column *fact, const char *utf8, size_t bytes) {
    uint32_t number = 0;
    if (sl_word_map_find(fact->words, utf8, bytes, &number)) return number;
    for (uint32_t i = 0; i < fact->prefixes->length_count; i++) {
        uint32_t length = fact->prefixes->lengths[i];
        if (length <= bytes && sl_word_map_find(fact->prefixes, utf8, length, &number)) return number;
    }
    return 0;
}

/* ── One fact of one row ── */

int sl_fact_column_fits(const sl_fact_column *fact) {
    const sl_arrow *column = &fact->column;
    int number = column->means == SL_MEANS_NUMBER;
    if (column->kind == SL_ARROW_NULL) return 1;
    switch (fact->kind) {
    case SL_FACT_BOOL: return column->kind == SL_ARROW_BOOL;
    case SL_FACT_INT: return column->kind == SL_ARROW_INT && number;
    case SL_FACT_NUMBER: return column->kind == SL_ARROW_FLOAT || (column->kind == SL_ARROW_INT && number);
    case SL_FACT_ENUM:
    case SL_FACT_TEXT: return column->kind == SL_ARROW_TEXT;
    case SL_FACT_SET: return column->kind == SL_ARROW_LIST;
    case SL_FACT_DURATION: return column->kind == SL_ARROW_INT && column->means == SL_MEANS_DURATION;
    case SL_FACT_MONEY: return column->kind == SL_ARROW_DECIMAL || (column->kind == SL_ARROW_INT && number);
    default: return column->kind == SL_ARROW_INT && (column->means == SL_MEANS_MOMENT || column->means == SL_MEANS_DATE);
    }
}

static const int64_t FIRST_TIME = INT64_C(-62135596800000000), LAST_TIME = INT64_C(253402300799999999);

static int64_t key_of(double number) {
    int64_t bits;
    number += 0.0; /* both zeros are the same */
    memcpy(&bits, &number, 8);
    return bits >= 0 ? bits : bits ^ INT64_MAX;
}

static const char *read_set(sl_batch_run *run, const sl_fact_column *fact) {
    const sl_fact *set = &run->batch->engine->decision.facts[fact->fact];
    int64_t from, until;
    const char *wrong = sl_arrow_items(&fact->column, run->row, &from, &until);
    if (wrong) return wrong;
    if (until - from > 100000) return "has more than 100,000 members";
    memset(run->members + set->first_word, 0, ((size_t)set->member_count + 63) / 64 * 8);
    for (int64_t i = from; i < until; i++) {
        const char *utf8;
        size_t bytes;
        int absent;
        uint32_t bit;
        if ((wrong = sl_arrow_text(fact->column.child, i, &utf8, &bytes, &absent))) return wrong;
        if (absent) return "has a null in it";
        if (sl_word_map_find(fact->words, utf8, bytes, &bit)) run->members[set->first_word + (bit >> 6)] |= (uint64_t)1 << (bit & 63);
        else if (fact->closed) return "has a member that the fact does not know";
        else if (!sl_is_utf8(utf8, bytes)) return "is not UTF-8";
    }
    return NULL;
}

static const char *keep_rollout(sl_batch_run *run, uint32_t fact, sl_arena *arena, const char *utf8, size_t bytes, int64_t number) {
    uint32_t slot = run->batch->engine->decision.facts[fact].rollout_slot;
    if (slot == SL_NONE) return NULL;
    if (!utf8) {
        char *written = sl_arena_take(arena, 24);
        if (!written) return "no memory";
        bytes = (size_t)snprintf(written, 24, "%lld", (long long)number);
        utf8 = written;
    }
    run->rollouts[slot] = (sl_utf8){utf8, bytes};
    return NULL;
}

static const char *read_text(sl_batch_run *run, const sl_fact_column *fact, sl_arena *arena, int *absent) {
    const char *utf8, *wrong;
    size_t bytes;
    uint32_t number = 0;
    if ((wrong = sl_arrow_text(&fact->column, run->row, &utf8, &bytes, absent)) || *absent) return wrong;
    if (fact->kind == SL_FACT_ENUM) {
        if (!sl_word_map_find(fact->words, utf8, bytes, &number)) return "has a value that the fact does not know";
    } else {
        sl_text text;
        if ((wrong = sl_text_of_utf8(utf8, bytes, arena, &text))) return wrong;
        if (fact->field) run->field_texts[fact->field] = text;
        number = class_of(fact, utf8, bytes);
    }
    run->values[fact->fact] = number;
    return keep_rollout(run, fact->fact, arena, utf8, bytes, 0);
}

static const char *read_there(sl_batch_run *run, const sl_fact_column *fact, sl_arena *arena) {
    const sl_arrow *column = &fact->column;
    int64_t number = 0, row = run->row;
    const char *wrong = NULL;
    double real;
    switch (fact->kind) {
    case SL_FACT_BOOL: number = sl_arrow_bool(column, row); break;
    case SL_FACT_NUMBER:
        real = sl_arrow_double(column, row);
        if (isnan(real)) return "is NaN";
        number = key_of(real);
        break;
    case SL_FACT_SET: return read_set(run, fact);
    case SL_FACT_MONEY:
        wrong = sl_arrow_int(column, row, &number);
        if (!wrong && column->kind == SL_ARROW_INT && __builtin_mul_overflow(number, INT64_C(1000000), &number)) wrong = "is too large";
        break;
    case SL_FACT_TIME:
        wrong = sl_arrow_int(column, row, &number);
        if (!wrong && (number < FIRST_TIME || number > LAST_TIME)) wrong = "is outside of the years 1 to 9999 in UTC";
        break;
    default: wrong = sl_arrow_int(column, row, &number);
    }
    run->values[fact->fact] = number;
    return wrong ? wrong : keep_rollout(run, fact->fact, arena, NULL, 0, number);
}

/* What the constants and defaults say, where the column is silent. */
static void read_absent(sl_batch_run *run, const sl_fact_column *fact) {
    const sl_facts *base = run->batch->base;
    const sl_fact *known = &run->batch->engine->decision.facts[fact->fact];
    run->values[fact->fact] = base->values[fact->fact];
    run->known[fact->fact] = base->known[fact->fact];
    if (known->is_set) {
        size_t words = ((size_t)known->member_count + 63) / 64;
        if (words) memcpy(run->members + known->first_word, base->members + known->first_word, words * 8);
    }
    if (known->rollout_slot != SL_NONE) run->rollouts[known->rollout_slot] = base->texts[known->rollout_slot];
    if (fact->field) run->field_texts[fact->field] = run->batch->base_texts[fact->field];
}

static const char *read_fact(sl_batch_run *run, const sl_fact_column *fact, sl_arena *arena) {
    const char *wrong;
    int absent = sl_arrow_absent(&fact->column, run->row);
    run->known[fact->fact] = 1;
    if (!absent) {
        int text = fact->kind == SL_FACT_ENUM || fact->kind == SL_FACT_TEXT;
        if ((wrong = text ? read_text(run, fact, arena, &absent) : read_there(run, fact, arena))) return wrong;
    }
    if (!absent) return NULL;
    if (fact->required) return "is null, and the fact is required";
    read_absent(run, fact);
    return NULL;
}

/* ── Rows ── */

sl_status sl_batch_run_open(sl_batch_run *run, const sl_batch *batch, int64_t first) {
    const sl_decision *d = &batch->engine->decision;
    memset(run, 0, sizeof *run);
    run->batch = batch;
    run->row = first - 1;
    run->values = calloc((size_t)d->fact_count + 1, 8);
    run->members = calloc((size_t)d->member_words + 1, 8);
    run->rollouts = calloc((size_t)d->rollout_slots + 1, sizeof *run->rollouts);
    run->known = calloc((size_t)d->fact_count + 1, 1);
    run->field_texts = calloc(batch->field_count, sizeof *run->field_texts);
    run->cut = calloc(batch->field_count, 1);
    if (!run->values || !run->members || !run->rollouts || !run->known || !run->field_texts || !run->cut) return SL_NO_MEMORY;
    memcpy(run->values, batch->base->values, (size_t)d->fact_count * 8);
    memcpy(run->known, batch->base->known, d->fact_count);
    memcpy(run->members, batch->base->members, (size_t)d->member_words * 8);
    memcpy(run->rollouts, batch->base->texts, (size_t)d->rollout_slots * sizeof *run->rollouts);
    memcpy(run->field_texts, batch->base_texts, batch->field_count * sizeof *run->field_texts);
    run->facts = (sl_facts){run->values, run->known, run->members, run->rollouts, batch->fact_count ? NULL : batch->base->candidates};
    return SL_OK;
}

void sl_batch_run_close(sl_batch_run *run) {
    free(run->values);
    free(run->members);
    free(run->rollouts);
    free(run->known);
    free(run->field_texts);
    free(run->cut);
}

static const char *read_message(sl_batch_run *run, sl_arena *arena) {
    const sl_batch *batch = run->batch;
    const char *utf8, *wrong;
    size_t bytes;
    int absent;
    run->of = NULL;
    if (batch->texts) {
        run->field_texts[0] = batch->texts[run->row];
        return NULL;
    }
    if ((wrong = sl_arrow_text(batch->messages, run->row, &utf8, &bytes, &absent))) return wrong;
    return absent ? "is null" : sl_text_of_utf8(utf8, bytes, arena, &run->field_texts[0]);
}

static int is_plain(const sl_outcome *out) {
    return !(out->fired_count || out->undecided_count || out->shadow_count || out->exempted_rule_count || out->exempted_pattern_count || out->incomplete);
}

int sl_batch_next(sl_batch_run *run, int64_t first, int64_t end, sl_arena *arena, uint16_t *actions) {
    const sl_batch *batch = run->batch;
    for (run->row++; run->row < end; run->row++) {
        sl_arena_reset(arena);
        if ((run->wrong = read_message(run, arena))) return SL_BATCH_WRONG;
        for (uint32_t i = 0; i < batch->fact_count; i++) {
            run->of = &batch->facts[i];
            if ((run->wrong = read_fact(run, &batch->facts[i], arena))) return SL_BATCH_WRONG;
        }
        sl_status status = sl_engine_decide(batch->engine, run->field_texts, batch->field_count, &run->facts, batch->at, arena, &run->question,
                                            &run->outcome, run->cut);
        if (status != SL_OK) return SL_BATCH_NO_MEMORY;
        actions[run->row - first] = (uint16_t)run->outcome.action;
        if (!is_plain(&run->outcome)) return SL_BATCH_KEEP;
    }
    return SL_BATCH_DONE;
}
