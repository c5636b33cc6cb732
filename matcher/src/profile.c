/* Times the stages of a scan, and each pattern after them.
 *
 * A pattern that is asked first pays for what all share; here the shared stages are done before the clock runs, so that
 * each pattern shows what it costs beside the others. What only some share (the links of a text) each of them pays. */
#include "profile.h"

#include <time.h>

#define TRY(call) do { sl_status status_ = (call); if (status_) return status_; } while (0)

static uint64_t now(void) {
    struct timespec at;
    timespec_get(&at, TIME_UTC);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

/* What reading the clock twice takes. */
static uint64_t clock_cost(void) {
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < 8; i++) {
        uint64_t start = now(), spent = now() - start;
        if (spent < least) least = spent;
    }
    return least;
}

static uint64_t since(uint64_t start, uint64_t clock) {
    uint64_t spent = now() - start;
    return spent > clock ? spent - clock : 0;
}

/* All folds that the policy uses, in an arena of their own turn. */
static sl_status fold(const sl_engine *e, sl_arena *arena, const sl_text *text) {
    sl_scan scan;
    sl_stream stream;
    TRY(sl_scan_start(&scan, e, arena, text));
    for (int level = 0; level < SL_STREAMS; level++)
        if (e->has_fold[level]) TRY(sl_fold_run(&e->folds[level], arena, text, scan.scanned_chars, &stream));
    return SL_OK;
}

static int is_level(int level) { return level == SL_STREAM_CASED || level == SL_STREAM_NONE || level == SL_STREAM_BASIC; }

static sl_status shared(sl_scan *scan, uint64_t clock, sl_profile *profile) {
    const sl_engine *e = scan->engine;
    const sl_hits *hits;
    const sl_seen *seen;
    uint64_t start = now();
    for (int level = 0; level < SL_STREAMS; level++)
        if (e->has_words[level]) TRY(sl_scan_words(scan, level, &hits));
    if (profile) profile->stages[SL_STAGE_WORDS] += since(start, clock);
    start = now();
    for (int level = 0; level < SL_STREAMS; level++)
        if (e->has_literals[level]) TRY(sl_scan_literals(scan, level, &hits));
    if (profile) profile->stages[SL_STAGE_LITERALS] += since(start, clock);
    start = now();
    for (int level = 0; level < SL_STREAMS; level++)
        if (e->has_dfas && e->has_fold[level] && is_level(level)) TRY(sl_scan_gate(scan, level, &seen));
    if (profile) profile->stages[SL_STAGE_GATE] += since(start, clock);
    return SL_OK;
}

sl_status sl_profile_text(const sl_engine *e, sl_arena *arena, const sl_text *text, sl_profile *profile) {
    const uint64_t clock = clock_cost();
    sl_scan scan;
    const sl_spans *spans;
    sl_arena_reset(arena);
    TRY(fold(e, arena, text)); /* once for nothing, so that the first stage does not pay for cold memory alone */
    sl_arena_reset(arena);
    uint64_t start = now();
    TRY(fold(e, arena, text));
    profile->stages[SL_STAGE_FOLD] += since(start, clock);
    for (uint32_t pattern = 0; pattern < e->patterns.pattern_count; pattern++) {
        sl_arena_reset(arena);
        TRY(sl_scan_start(&scan, e, arena, text));
        TRY(shared(&scan, clock, pattern ? NULL : profile));
        start = now();
        TRY(sl_scan_pattern(&scan, pattern, &spans));
        profile->patterns[pattern] += since(start, clock);
        profile->spans[pattern] += spans->count;
    }
    return SL_OK;
}

int sl_profile_is_ungated(const sl_engine *e, uint32_t pattern) {
    const uint32_t *place = e->patterns.patterns + 2 * pattern;
    for (uint32_t node = place[0]; node < place[0] + place[1]; node++) {
        if (e->patterns.nodes[node].kind != SL_NODE_LEAF) continue;
        const sl_leaf *leaf = &e->patterns.leaves[e->patterns.nodes[node].first];
        if (leaf->kind != SL_LEAF_DFAS) continue;
        for (uint32_t i = leaf->first; i < leaf->first + leaf->count; i++)
            if (!e->dfas.records[i].row_count) return 1;
    }
    return 0;
}
