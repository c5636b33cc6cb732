/* Rows that the facts leave standing: one AND a fact over machine words, whatever the number of rules.
 *
 * PERF: the bit sets of all facts are found first, and then joined word by word in registers, so that no row is written more than
 * once, and a set of members, which costs an OR for each that is there, is only asked where something stands. */
#include "filter.h"

enum { GROUP = 4 }; /* words of one step; row_words is a multiple of it */

/* A fact that is a set: rows that ask no member of it, and those that ask one that it has. */
typedef struct {
    uint32_t first, count; /* of `members` in the work */
} set_column;

typedef struct {
    const uint64_t **scalars; /* one bit set a column, all of which must hold */
    uint32_t scalar_count;
    const uint64_t **members; /* for each set: those of which one must hold */
    set_column *sets;
    uint32_t set_count;
} work;

#if defined(__GNUC__)
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE static inline
#endif

enum { FEW_CUTS = 32 };

/* Four words that may lie anywhere; compilers make of it what the processor has. */
typedef uint64_t four __attribute__((vector_size(32), aligned(8), may_alias));
typedef int64_t four_signed __attribute__((vector_size(32), aligned(8), may_alias));

/* How many cuts are at or below the value: the number of its class. No branch depends on the value. */
ALWAYS_INLINE uint32_t class_of(const int64_t *cuts, uint32_t count, int64_t value) {
    const int64_t *at = cuts;
    while (count > FEW_CUTS) {
        uint32_t half = count / 2;
        at += at[half - 1] <= value ? half : 0;
        count -= half;
    }
    four_signed below = {0}, wanted = {value, value, value, value};
    uint32_t i = 0, class = (uint32_t)(at - cuts);
    for (; i + 4 <= count; i += 4) below -= *(const four_signed *)(at + i) <= wanted; /* a lane that holds is -1 */
    for (; i < count; i++) class += at[i] <= value;
    return class + (uint32_t)(below[0] + below[1] + below[2] + below[3]);
}

/* The place of a member among a column's cuts, or its cut_count. */
ALWAYS_INLINE uint32_t place_of(const int64_t *cuts, uint32_t count, int64_t bit) {
    uint32_t place = class_of(cuts, count, bit);
    return place && cuts[place - 1] == bit ? place - 1 : count;
}

enum { PRESENT_MAX = 64 };

/* A set with very many members that matter leaves all rows standing: the conditions decide. */
ALWAYS_INLINE void find_set(const sl_decision *d, const sl_facts *facts, const sl_column *column, const uint64_t *bits, work *w) {
    const sl_fact *fact = &d->facts[column->fact];
    const int64_t *cuts = d->cuts + column->first_cut;
    set_column *set = &w->sets[w->set_count];
    const uint64_t **members = w->members + set->first;
    members[0] = bits;
    set->count = 1;
    for (uint32_t word = 0; word < (fact->member_count + 63) / 64; word++) {
        for (uint64_t there = facts->members[fact->first_word + word]; there; there &= there - 1) {
            uint32_t place = place_of(cuts, column->cut_count, (int64_t)word * 64 + __builtin_ctzll(there));
            if (place == column->cut_count) continue;
            if (set->count > PRESENT_MAX) return;
            members[set->count++] = bits + (size_t)(place + 1) * d->row_words;
        }
    }
    w->sets[++w->set_count].first = set->first + set->count;
}

/* The bit sets that these facts point to. `rows`: those that the patterns leave, or NULL. */
ALWAYS_INLINE sl_status find_columns(const sl_decision *d, const sl_facts *facts, const uint64_t *rows, sl_arena *arena, work *w) {
    uint32_t sets = d->set_column_count;
    size_t pointers = (size_t)d->column_count + 1 + (size_t)sets * (PRESENT_MAX + 1);
    w->scalars = sl_arena_take(arena, pointers * sizeof *w->scalars + ((size_t)sets + 1) * sizeof *w->sets);
    if (!w->scalars) return SL_NO_MEMORY;
    w->members = w->scalars + d->column_count + 1;
    w->sets = (set_column *)(w->scalars + pointers);
    w->scalar_count = w->set_count = 0;
    w->sets[0].first = 0;
    if (rows) w->scalars[w->scalar_count++] = rows;
    for (uint32_t c = 0; c < d->column_count; c++) {
        const sl_column *column = &d->columns[c];
        const uint64_t *bits = d->bitsets + (size_t)column->first_bitset * d->row_words;
        int known = facts->known[column->fact];
        if (d->facts[column->fact].is_set) {
            if (known) find_set(d, facts, column, bits, w);
            continue;
        }
        uint32_t class = known ? class_of(d->cuts + column->first_cut, column->cut_count, facts->values[column->fact])
                               : column->cut_count + 1;
        w->scalars[w->scalar_count++] = bits + (size_t)class * d->row_words;
    }
    return SL_OK;
}

/* Only where something stands. */
ALWAYS_INLINE void join_sets(const work *w, uint32_t at, four *standing) {
    for (uint32_t s = 0; s < w->set_count; s++) {
        const uint64_t *const *members = w->members + w->sets[s].first;
        four allowed = *(const four *)(members[0] + at);
        for (uint32_t m = 1; m < w->sets[s].count; m++) allowed |= *(const four *)(members[m] + at);
        *standing &= allowed;
    }
}

ALWAYS_INLINE void join(const sl_decision *d, const work *w, uint64_t *rows) {
    for (uint32_t at = 0; at < d->row_words; at += GROUP) {
        four standing = {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
        for (uint32_t c = 0; c < w->scalar_count; c++) standing &= *(const four *)(w->scalars[c] + at);
        if (w->set_count && (standing[0] | standing[1] | standing[2] | standing[3])) join_sets(w, at, &standing);
        *(four *)(rows + at) = standing;
    }
}

ALWAYS_INLINE sl_status filter_in(const sl_decision *d, const sl_facts *facts, const uint64_t *before, sl_arena *arena, uint64_t *rows) {
    work w;
    if (find_columns(d, facts, before, arena, &w) != SL_OK) return SL_NO_MEMORY;
    join(d, &w, rows);
    return SL_OK;
}

static sl_status filter_portable(const sl_decision *d, const sl_facts *facts, const uint64_t *before, sl_arena *arena, uint64_t *rows) {
    return filter_in(d, facts, before, arena, rows);
}

#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx2"))) static sl_status filter_avx2(const sl_decision *d, const sl_facts *facts, const uint64_t *before,
                                                             sl_arena *arena, uint64_t *rows) {
    return filter_in(d, facts, before, arena, rows);
}
#endif

/* `before`: the rows that the patterns leave, or NULL. */
static sl_status filter(const sl_decision *d, const sl_facts *facts, const uint64_t *before, sl_arena *arena, uint64_t *rows) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx2")) return filter_avx2(d, facts, before, arena, rows);
#endif
    return filter_portable(d, facts, before, arena, rows);
}

sl_status sl_filter(const sl_decision *d, const sl_facts *facts, uint64_t *candidates) {
    sl_arena arena;
    sl_arena_init(&arena);
    sl_status status = filter(d, facts, NULL, &arena, candidates);
    sl_arena_free(&arena);
    return status;
}

/* Rows that need no pattern, and those for which a pattern that may have a span is enough. */
static void filter_by_patterns(const sl_decision *d, const uint64_t *possible, uint64_t *rows) {
    memcpy(rows, d->bitsets, (size_t)d->row_words * sizeof *rows);
    for (uint32_t w = 0; w < (d->pattern_count + 63) / 64; w++) {
        for (uint64_t bits = possible[w]; bits; bits &= bits - 1) {
            uint32_t pattern = w * 64 + (uint32_t)__builtin_ctzll(bits);
            if (pattern >= d->pattern_count) break;
            for (uint32_t i = d->needs[pattern]; i < d->needs[pattern + 1]; i++)
                rows[d->need_entries[i] >> 6] |= (uint64_t)1 << (d->need_entries[i] & 63);
        }
    }
}

void sl_standing_count(const sl_decision *d, sl_standing *s) {
    uint32_t *nonzero = (uint32_t *)s->nonzero;
    uint64_t needing = 0;
    s->nonzero_count = 0;
    s->row_count = 0;
    for (uint32_t w = 0; w < d->row_words; w++) {
        if (!s->rows[w]) continue;
        nonzero[s->nonzero_count++] = w;
        needing |= s->rows[w] & ~d->bitsets[w];
        for (uint64_t bits = s->rows[w]; bits; bits &= bits - 1) s->row_count++;
    }
    s->need_patterns = needing != 0;
}

sl_status sl_standing_rows(const sl_decision *d, const sl_facts *facts, const sl_lookup *lookup, sl_arena *arena, sl_standing *s) {
    s->rows = sl_arena_take(arena, (size_t)d->row_words * (sizeof *s->rows + sizeof *s->nonzero));
    if (!s->rows) return SL_NO_MEMORY;
    s->nonzero = (const uint32_t *)(s->rows + d->row_words);
    if (lookup->possible) filter_by_patterns(d, lookup->possible, s->rows);
    if (facts->candidates) {
        if (!lookup->possible) memcpy(s->rows, facts->candidates, (size_t)d->row_words * sizeof *s->rows);
        else for (uint32_t w = 0; w < d->row_words; w++) s->rows[w] &= facts->candidates[w];
    } else if (filter(d, facts, lookup->possible ? s->rows : NULL, arena, s->rows) != SL_OK) {
        return SL_NO_MEMORY;
    }
    uint32_t last = d->row_count >> 6; /* bits after the last row stand for nothing */
    if (d->row_count & 63) s->rows[last++] &= ((uint64_t)1 << (d->row_count & 63)) - 1;
    for (; last < d->row_words; last++) s->rows[last] = 0;
    sl_standing_count(d, s);
    return SL_OK;
}
