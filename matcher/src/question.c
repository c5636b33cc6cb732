/* One decision: the table asks, the scans answer, each pattern computed when it is first needed. */
#include "engine.h"

#define TRY(call) do { sl_status status_ = (call); if (status_) return status_; } while (0)

sl_status sl_question_scan(sl_question *question, uint32_t field, sl_scan **scan) {
    if (!question->started[field]) {
        TRY(sl_scan_start(&question->scans[field], question->engine, question->arena, &question->texts[field]));
        question->started[field] = 1;
    }
    *scan = &question->scans[field];
    return SL_OK;
}

static sl_status spans_of(sl_question *question, uint32_t pattern, uint32_t field, sl_scan **scan, const sl_spans **spans) {
    TRY(sl_question_scan(question, field, scan));
    return sl_scan_pattern(*scan, pattern, spans);
}

static sl_status contains(void *context, uint32_t pattern, uint32_t field, int *present) {
    sl_scan *scan;
    const sl_spans *spans;
    TRY(spans_of(context, pattern, field, &scan, &spans));
    *present = spans->count > 0;
    return SL_OK;
}

static sl_status count(void *context, uint32_t pattern, int distinct, uint64_t *value) {
    sl_scan *scan;
    const sl_spans *spans;
    TRY(spans_of(context, pattern, 0, &scan, &spans));
    *value = spans->count;
    return distinct && spans->count ? sl_scan_distinct(scan, spans, value) : SL_OK;
}

static sl_status covers(void *context, uint32_t pattern, int *yes) {
    sl_scan *scan;
    const sl_spans *spans;
    TRY(spans_of(context, pattern, 0, &scan, &spans));
    *yes = sl_scan_covers(scan, spans);
    return SL_OK;
}

sl_status sl_engine_decide(const sl_engine *engine, const sl_text *texts, uint32_t field_count, const sl_facts *facts, int64_t at,
                           sl_arena *arena, sl_question *question, sl_outcome *outcome, uint8_t *cut) {
    question->engine = engine;
    question->arena = arena;
    question->texts = texts;
    question->field_count = field_count;
    question->scans = sl_arena_take(arena, (size_t)field_count * sizeof(sl_scan));
    question->started = sl_arena_take(arena, field_count);
    if (!question->scans || !question->started) return SL_NO_MEMORY;
    memset(question->started, 0, field_count);
    int incomplete = 0;
    for (uint32_t i = 0; i < field_count; i++) {
        cut[i] = texts[i].data && sl_prefix_chars(&texts[i], engine->patterns.limit_bytes) < texts[i].length_chars;
        incomplete |= cut[i];
    }
    sl_lookup lookup = {
        .context = question,
        .contains = contains,
        .count = count,
        .covers = covers,
        .length_chars = texts[0].length_chars,
        .possible = NULL,
        .incomplete = incomplete,
    };
    return sl_decide(&engine->decision, facts, &lookup, at, arena, outcome);
}
