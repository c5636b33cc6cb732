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

/* ── What the message makes possible, before any pattern is computed ── */

typedef struct {
    const sl_foresight *f;
    uint64_t *patterns; /* of which something was seen */
} sight;

static void see_leaf(const sight *s, uint32_t leaf) {
    const sl_lists *lists = &s->f->by_leaf;
    for (uint32_t i = lists->first[leaf]; i < lists->first[leaf + 1]; i++) s->patterns[lists->items[i] >> 6] |= 1ull << (lists->items[i] & 63);
}

/* The leaves of a damaged table may not be there. A flood of hits is sorted by leaf: each is looked at once. */
static void see_hits(const sight *s, const sl_hits *hits, uint32_t leaf_count) {
    for (uint32_t i = 0; i < hits->count; i++) {
        uint32_t leaf = hits->items[i].leaf;
        if (leaf < leaf_count && (i == 0 || leaf != hits->items[i - 1].leaf)) see_leaf(s, leaf);
    }
}

static void see_bits(const sight *s, const uint64_t *seen, uint32_t words) {
    const sl_lists *lists = &s->f->by_bit;
    for (uint32_t w = 0; w < words; w++)
        for (uint64_t bits = seen[w]; bits; bits &= bits - 1) {
            uint32_t bit = w * 64 + (uint32_t)__builtin_ctzll(bits);
            for (uint32_t i = lists->first[bit]; i < lists->first[bit + 1]; i++) see_leaf(s, lists->items[i]);
        }
}

static sl_status look(sl_scan *scan, uint32_t source, const sight *s) {
    const sl_engine *e = scan->engine;
    int level = (int)(source % SL_STREAMS);
    if (source >= SL_SOURCE_GATE) {
        const uint64_t *seen;
        TRY(sl_scan_gate(scan, level, &seen));
        see_bits(s, seen, e->dfas.gate_chunks * SL_GATE_WORDS);
        return SL_OK;
    }
    const sl_hits *hits;
    if (source >= SL_SOURCE_LITERALS ? !e->has_literals[level] : !e->has_words[level]) return SL_OK;
    TRY(source >= SL_SOURCE_LITERALS ? sl_scan_literals(scan, level, &hits) : sl_scan_words(scan, level, &hits));
    see_hits(s, hits, e->patterns.leaf_count);
    return SL_OK;
}

/* Patterns that refer to one of which something was seen; they come after it. */
static void follow_references(const sight *s) {
    const sl_lists *lists = &s->f->by_pattern;
    for (uint32_t w = 0; w < s->f->pattern_words; w++) {
        for (uint64_t bits = s->patterns[w], done = 0; bits; bits = s->patterns[w] & ~done) {
            uint32_t pattern = w * 64 + (uint32_t)__builtin_ctzll(bits);
            done |= bits & -bits;
            for (uint32_t i = lists->first[pattern]; i < lists->first[pattern + 1]; i++)
                s->patterns[lists->items[i] >> 6] |= 1ull << (lists->items[i] & 63);
        }
    }
}

/* Rows stand that need no pattern, or one of which something was seen, or one of which only its own search can tell. */
static sl_status keep_rows(const sight *s, const sl_decision *d, sl_arena *arena, uint64_t *rows) {
    uint64_t *kept = sl_arena_take(arena, (size_t)d->row_words * sizeof *kept);
    if (!kept) return SL_NO_MEMORY;
    memcpy(kept, s->f->base_rows, (size_t)d->row_words * sizeof *kept);
    for (uint32_t w = 0; w < s->f->pattern_words; w++)
        for (uint64_t bits = s->patterns[w]; bits; bits &= bits - 1) {
            uint32_t pattern = w * 64 + (uint32_t)__builtin_ctzll(bits);
            for (uint32_t i = d->needs[pattern]; i < d->needs[pattern + 1]; i++) kept[d->need_entries[i] >> 6] |= 1ull << (d->need_entries[i] & 63);
        }
    for (uint32_t w = 0; w < d->row_words; w++) rows[w] &= kept[w];
    return SL_OK;
}

static int any_common(const uint64_t *a, const uint64_t *b, uint32_t words) {
    uint64_t common = 0;
    for (uint32_t w = 0; w < words; w++) common |= a[w] & b[w];
    return common != 0;
}

static sl_status foresee(void *context, uint64_t *rows, const uint64_t **possible) {
    sl_question *question = context;
    const sl_engine *e = question->engine;
    const sl_foresight *f = &e->foresight;
    size_t bytes = (size_t)f->pattern_words * sizeof(uint64_t);
    uint64_t *may = sl_arena_take(question->arena, bytes);
    sight s = {f, sl_arena_take(question->arena, bytes)};
    sl_scan *scan;
    if (!may || !s.patterns) return SL_NO_MEMORY;
    TRY(sl_question_scan(question, 0, &scan));
    memcpy(may, f->always, bytes);
    memset(s.patterns, 0, bytes);
    for (uint32_t source = 0; source < SL_SOURCES; source++) {
        if (!f->rows[source]) continue;
        if (any_common(rows, f->rows[source], e->decision.row_words)) TRY(look(scan, source, &s));
        else for (uint32_t w = 0; w < f->pattern_words; w++) may[w] |= f->patterns[source][w]; /* nobody looked */
    }
    follow_references(&s);
    for (uint32_t w = 0; w < f->pattern_words; w++) may[w] |= s.patterns[w];
    *possible = scan->possible = may;
    return keep_rows(&s, &e->decision, question->arena, rows);
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
        .foresee = foresee,
    };
    return sl_decide(&engine->decision, facts, &lookup, at, arena, outcome);
}
