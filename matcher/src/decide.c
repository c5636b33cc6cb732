/* The decision: rows that the facts leave standing (filter.c), then the conditions behind them, node by node. */
#include "decide.h"

#include "filter.h"

/* ── Conditions ─────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    const sl_decision *d;
    const sl_facts *facts;
    const sl_lookup *lookup;
    sl_arena *arena;
    const uint64_t *possible; /* of the lookup */
    uint8_t *memo;    /* 0, or 1 + the value of a node */
    uint64_t *taken;  /* a bit for each pattern that an exemption took away; NULL where none did */
    sl_sum *sums;
    uint8_t *summed;
    sl_status status; /* the first failure: all after it is void */
} work;

static int value_of(work *w, uint32_t number);

static int has_member(const sl_decision *d, const sl_facts *facts, uint32_t fact, uint32_t bit) {
    return facts->members[d->facts[fact].first_word + (bit >> 6)] >> (bit & 63) & 1;
}

static int is_taken(const work *w, uint32_t pattern) {
    return w->taken && (w->taken[pattern >> 6] >> (pattern & 63) & 1);
}

static void note(work *w, sl_status status) {
    if (w->status == SL_OK) w->status = status;
}

static int has_span(work *w, uint32_t pattern, uint32_t field) {
    int present = 0;
    if (is_taken(w, pattern)) return 0;
    if (!field && w->possible && !(w->possible[pattern >> 6] >> (pattern & 63) & 1)) return 0;
    note(w, w->lookup->contains(w->lookup->context, pattern, field, &present));
    return present != 0;
}

static uint64_t count_of(work *w, uint32_t pattern, int distinct) {
    uint64_t count = 0;
    if (is_taken(w, pattern)) return 0;
    note(w, w->lookup->count(w->lookup->context, pattern, distinct, &count));
    return count;
}

static int covers(work *w, uint32_t pattern) {
    int yes = 0;
    if (is_taken(w, pattern)) return 0;
    note(w, w->lookup->covers(w->lookup->context, pattern, &yes));
    return yes != 0;
}

static int within(const sl_condition *node, uint64_t count) {
    int64_t value = count > INT64_MAX ? INT64_MAX : (int64_t)count;
    return node->low <= value && value <= node->high ? SL_TRUE : SL_FALSE;
}

static int64_t held(__int128 value) {
    return value > INT64_MAX ? INT64_MAX : value < INT64_MIN ? INT64_MIN : (int64_t)value;
}

/* Least and greatest sum of a score's entries. 128 bits cannot overflow: 2^32 entries of at most 2^63 each. */
static sl_sum sum_of(work *w, uint32_t number) {
    const sl_score *score = &w->d->scores[number];
    if (w->summed[number]) return w->sums[number];
    __int128 least = 0, greatest = 0;
    for (uint32_t i = 0; i < score->entry_count; i++) {
        const sl_entry *entry = &w->d->entries[score->first_entry + i];
        int when = entry->when == SL_NONE ? SL_TRUE : value_of(w, entry->when);
        if (when == SL_FALSE) continue;
        int64_t points = entry->points;
        if (entry->per_match_of != SL_NONE) {
            __int128 product = (__int128)points * (__int128)count_of(w, entry->per_match_of, 0);
            points = product > entry->most ? entry->most : held(product);
        }
        if (when == SL_TRUE || points < 0) least += points;
        if (when == SL_TRUE || points > 0) greatest += points;
    }
    sl_sum sum = {held(least), held(greatest)};
    w->sums[number] = sum;
    w->summed[number] = 1;
    return sum;
}

static int score_value(work *w, const sl_condition *node) {
    sl_sum sum = sum_of(w, node->a);
    if (node->low <= sum.least && sum.greatest <= node->high) return SL_TRUE;
    return sum.greatest < node->low || node->high < sum.least || node->low > node->high ? SL_FALSE : SL_UNKNOWN;
}

/* An atom, before `negated`. */
static int atom_value(work *w, const sl_condition *node) {
    const sl_facts *facts = w->facts;
    switch (node->kind) {
    case SL_IF_CONSTANT: return (int)node->a;
    case SL_IF_KNOWN: return facts->known[node->a] ? SL_TRUE : SL_FALSE;
    case SL_IF_RANGE:
        if (!facts->known[node->a]) return SL_UNKNOWN;
        return node->low <= facts->values[node->a] && facts->values[node->a] <= node->high ? SL_TRUE : SL_FALSE;
    case SL_IF_MASK:
        if (!facts->known[node->a]) return SL_UNKNOWN;
        return (uint64_t)facts->values[node->a] < 64 && ((uint64_t)node->low >> facts->values[node->a] & 1) ? SL_TRUE : SL_FALSE;
    case SL_IF_HAS:
        if (!facts->known[node->a]) return SL_UNKNOWN;
        return has_member(w->d, facts, node->a, node->b) ? SL_TRUE : SL_FALSE;
    case SL_IF_LENGTH: return within(node, w->lookup->length_chars);
    case SL_IF_CONTAINS:
        if (node->b && !facts->known[w->d->fields[node->b - 1]]) return SL_UNKNOWN;
        return has_span(w, node->a, node->b) ? SL_TRUE : SL_FALSE;
    case SL_IF_COUNT: return within(node, count_of(w, node->a, 0));
    case SL_IF_DISTINCT: return within(node, count_of(w, node->a, 1));
    case SL_IF_COVERS: return covers(w, node->a) ? SL_TRUE : SL_FALSE;
    default: return score_value(w, node);
    }
}

/* PERF: what most children are, without a call: plain questions about facts that are there. */
static inline int child_value(work *w, uint32_t number) {
    const sl_condition *node = &w->d->nodes[number];
    if (node->kind == SL_IF_RANGE && w->facts->known[node->a]) {
        int64_t given = w->facts->values[node->a];
        return ((node->low <= given) & (given <= node->high)) ^ node->negated ? SL_TRUE : SL_FALSE;
    }
    if (node->kind == SL_IF_MASK && w->facts->known[node->a]) {
        uint64_t given = (uint64_t)w->facts->values[node->a];
        return ((given < 64) & ((uint64_t)node->low >> (given & 63))) ^ node->negated ? SL_TRUE : SL_FALSE;
    }
    return value_of(w, number);
}

/* The value of a condition: of ALL the least of its children's, of ANY the greatest. The depth was checked when the
 * section was opened. */
static int value_of(work *w, uint32_t number) {
    const sl_condition *node = &w->d->nodes[number];
    if (node->memo != SL_NONE && w->memo[node->memo]) return w->memo[node->memo] - 1;
    int value;
    if (node->kind == SL_IF_ALL || node->kind == SL_IF_ANY) {
        int final = node->kind == SL_IF_ALL ? SL_FALSE : SL_TRUE;
        const uint32_t *children = w->d->children + node->a;
        value = SL_TRUE - final;
        for (uint32_t i = 0; i < node->b && value != final && w->status == SL_OK; i++) {
            int part = child_value(w, children[i]);
            if (final == SL_FALSE ? part < value : part > value) value = part;
        }
    } else {
        value = atom_value(w, node);
    }
    if (node->negated) value = SL_TRUE - value;
    if (node->memo != SL_NONE) w->memo[node->memo] = (uint8_t)(1 + value);
    return value;
}

/* ── Exemptions ─────────────────────────────────────────────────────────────────────────────────────── */

typedef struct {
    uint32_t *in_force, count; /* exemptions, rising */
} exemptions;

static sl_status forget(work *w) {
    if (w->d->memo_count) memset(w->memo, 0, w->d->memo_count);
    if (w->d->score_count) memset(w->summed, 0, w->d->score_count);
    return w->status;
}

static int has_any_span(work *w, uint32_t pattern) {
    if (has_span(w, pattern, 0)) return 1;
    for (uint32_t f = 0; f < w->d->field_count; f++)
        if (w->facts->known[w->d->fields[f]] && has_span(w, pattern, f + 1)) return 1;
    return 0;
}

/* Takes the patterns of the exemptions in force. Their conditions saw all spans, so what they left behind is forgotten. */
static sl_status take_patterns(work *w, const exemptions *ex, sl_outcome *out) {
    size_t most = 0;
    for (uint32_t i = 0; i < ex->count; i++) most += w->d->exemptions[ex->in_force[i]].pattern_count;
    if (!most) return w->status;
    size_t words = ((size_t)w->d->pattern_count + 63) / 64;
    uint64_t *taken = sl_arena_take(w->arena, words * sizeof *taken);
    sl_exempted *found = sl_arena_take(w->arena, most * sizeof *found);
    if (!taken || !found) return SL_NO_MEMORY;
    memset(taken, 0, words * sizeof *taken);
    out->exempted_patterns = found;
    for (uint32_t i = 0; i < ex->count; i++) {
        const sl_exemption *exemption = &w->d->exemptions[ex->in_force[i]];
        for (uint32_t j = 0; j < exemption->pattern_count; j++) {
            uint32_t pattern = w->d->taken[exemption->first_pattern + j];
            uint64_t bit = (uint64_t)1 << (pattern & 63);
            if (taken[pattern >> 6] & bit) continue; /* by an exemption whose name comes first */
            taken[pattern >> 6] |= bit;
            if (has_any_span(w, pattern)) found[out->exempted_pattern_count++] = (sl_exempted){pattern, ex->in_force[i]};
        }
    }
    w->taken = taken;
    return forget(w);
}

/* The first exemption in force that takes out a rule, or SL_NONE. */
static uint32_t exempted_by(const work *w, const exemptions *ex, uint32_t rule) {
    for (uint32_t i = 0; i < ex->count; i++) {
        const uint64_t *covered = w->d->covers + (size_t)ex->in_force[i] * w->d->rule_words;
        if (covered[rule >> 6] >> (rule & 63) & 1) return ex->in_force[i];
    }
    return SL_NONE;
}

/* ── Rules ──────────────────────────────────────────────────────────────────────────────────────────── */

static uint64_t rollout_hash(uint64_t state, const sl_utf8 *text) {
    for (size_t i = 0; i < text->bytes; i++) state = (state ^ (uint8_t)text->utf8[i]) * UINT64_C(0x100000001b3);
    state = (state ^ state >> 33) * UINT64_C(0xff51afd7ed558ccd);
    state = (state ^ state >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return state ^ state >> 33;
}

static int is_live(const work *w, const sl_rule *rule, int64_t at) {
    if (at < rule->from || at >= rule->until) return 0;
    if (rule->rollout_slot == SL_NONE) return 1;
    const sl_utf8 *text = &w->facts->texts[rule->rollout_slot];
    return text->utf8 && rollout_hash(rule->rollout_state, text) % 1000000 < rule->rollout_share;
}

static void decide_rule(work *w, uint32_t number, int64_t at, const exemptions *ex, sl_outcome *out) {
    const sl_rule *rule = &w->d->rules[number];
    if (!is_live(w, rule, at)) return;
    int when = value_of(w, rule->when);
    if (when == SL_FALSE || (rule->guard != SL_NONE && value_of(w, rule->guard) == SL_FALSE)) return;
    uint32_t exemption = exempted_by(w, ex, number);
    if (exemption != SL_NONE) {
        if (when == SL_TRUE) out->exempted_rules[out->exempted_rule_count++] = (sl_exempted){number, exemption};
    } else if (rule->flags & SL_SHADOW) {
        if (when == SL_TRUE) out->shadow[out->shadow_count++] = number;
    } else if (when == SL_TRUE) {
        out->fired[out->fired_count++] = number;
    } else {
        out->undecided[out->undecided_count++] = number;
    }
}

/* Goes over the standing rows, exemptions first, each condition once. */
static sl_status decide_rows(work *w, const sl_standing *rows, int64_t at, exemptions *ex, sl_outcome *out) {
    const sl_decision *d = w->d;
    uint32_t last = SL_NONE;
    int exempting = 1;
    for (uint32_t i = 0; i < rows->nonzero_count && w->status == SL_OK; i++) {
        uint32_t word = rows->nonzero[i];
        for (uint64_t bits = rows->rows[word]; bits && w->status == SL_OK; bits &= bits - 1) {
            uint32_t condition = d->rows[word * 64 + (uint32_t)__builtin_ctzll(bits)];
            if (condition == last) continue;
            last = condition;
            if (condition < d->exemption_count) {
                const sl_exemption *exemption = &d->exemptions[condition];
                if (at < exemption->expires && value_of(w, exemption->when) == SL_TRUE) ex->in_force[ex->count++] = condition;
                continue;
            }
            if (exempting) {
                exempting = 0;
                sl_status status = take_patterns(w, ex, out);
                if (status != SL_OK) return status;
            }
            decide_rule(w, condition - d->exemption_count, at, ex, out);
        }
    }
    return exempting && w->status == SL_OK ? take_patterns(w, ex, out) : w->status;
}

/* ── The whole ──────────────────────────────────────────────────────────────────────────────────────── */

/* The notices whose condition is true, and the scores, of the rules that fired. */
static sl_status finish_fired(work *w, sl_outcome *out) {
    const sl_decision *d = w->d;
    size_t most = 0;
    for (uint32_t i = 0; i < out->fired_count; i++) most += d->rules[out->fired[i]].notice_count;
    if (most && !(out->notices = sl_arena_take(w->arena, most * sizeof *out->notices))) return SL_NO_MEMORY;
    for (uint32_t i = 0; i < out->fired_count && w->status == SL_OK; i++) {
        const sl_rule *rule = &d->rules[out->fired[i]];
        for (uint32_t n = rule->first_notice; n < rule->first_notice + rule->notice_count; n++)
            if (value_of(w, d->notices[n]) == SL_TRUE) out->notices[out->notice_count++] = n;
        for (uint32_t s = 0; s < rule->score_count; s++) sum_of(w, d->rule_scores[rule->first_score + s]);
    }
    return w->status;
}

static void raise_to(sl_outcome *out, uint32_t action) {
    if (action != SL_NONE && action > out->action) out->action = action;
}

static void choose_action(const sl_decision *d, const sl_lookup *lookup, sl_outcome *out) {
    out->action = out->fired_count ? 0 : d->default_action;
    for (uint32_t i = 0; i < out->fired_count; i++) raise_to(out, d->rules[out->fired[i]].action);
    if (out->undecided_count) raise_to(out, d->undecided_action);
    if (lookup->incomplete) raise_to(out, d->incomplete_action);
}

static size_t rounded(size_t bytes) { return (bytes + 15) & ~(size_t)15; }

/* Room for the lists, in one piece: no list is longer than the number of standing rows. */
static sl_status make_room(work *w, const sl_standing *rows, exemptions *ex, sl_outcome *out) {
    size_t count = rows->row_count, scores = w->d->score_count;
    size_t lists_bytes = rounded(count * 4 * sizeof(uint32_t)), exempted_bytes = rounded(count * sizeof *out->exempted_rules);
    size_t sums_bytes = rounded(scores * sizeof *w->sums);
    char *room = sl_arena_take(w->arena, lists_bytes + exempted_bytes + sums_bytes + scores + w->d->memo_count);
    if (!room) return SL_NO_MEMORY;
    uint32_t *lists = (uint32_t *)room;
    out->fired = lists;
    out->undecided = lists + count;
    out->shadow = lists + 2 * count;
    ex->in_force = lists + 3 * count;
    out->exempted_rules = (sl_exempted *)(room += lists_bytes);
    out->sums = w->sums = (sl_sum *)(room += exempted_bytes);
    out->summed = w->summed = (uint8_t *)(room += sums_bytes);
    w->memo = w->summed + scores;
    return forget(w);
}

sl_status sl_decide(const sl_decision *d, const sl_facts *facts, const sl_lookup *lookup, int64_t at, sl_arena *arena,
                    sl_outcome *out) {
    work w = {.d = d, .facts = facts, .lookup = lookup, .arena = arena, .possible = lookup->possible, .status = SL_OK};
    exemptions ex = {NULL, 0};
    sl_standing rows;
    memset(out, 0, sizeof *out);
    out->incomplete = lookup->incomplete;
    sl_status status = sl_standing_rows(d, facts, lookup, arena, &rows);
    if (status != SL_OK) return status;
    if (lookup->foresee && rows.need_patterns) {
        status = lookup->foresee(lookup->context, rows.rows, &w.possible);
        sl_standing_count(d, &rows);
    }
    if (status == SL_OK && (rows.nonzero_count || d->score_count)) { /* INVARIANT: `summed` is there where there are scores */
        status = make_room(&w, &rows, &ex, out);
        if (status == SL_OK) status = decide_rows(&w, &rows, at, &ex, out);
        if (status == SL_OK) status = finish_fired(&w, out);
    }
    choose_action(d, lookup, out);
    return status;
}
