/* The decision: which rules fire, given the facts and what the patterns find.
 *
 * The section is made by compiler/decision/build.py. It is read in place, so it must start at a multiple of 8. All is
 * little-endian. A header of 24 u32, then the tables in this order, each as long as the header's count says, each padded with
 * zeros to a multiple of 8 bytes; together they fill the section.
 *
 *   header        0 magic "SLD1"     1 version, 1      2 facts          3 member words    4 fields
 *                 5 patterns         6 nodes           7 children       8 memos           9 scores
 *                10 score entries   11 rules          12 rule scores   13 notices        14 exemptions
 *                15 taken patterns  16 rollout slots  17 rows          18 columns        19 cuts
 *                20 bit sets        21 need entries   22 actions       23 actions of the policy: one byte each for
 *                                                                         default, undecided, incomplete (255: none), 0
 *   facts         sl_fact             one a fact, in order of name
 *   fields        u32                 the fact that field i + 1 scans; field 0 is the message
 *   nodes         sl_condition             conditions, children before parents; see below
 *   children      u32                 nodes, for SL_IF_ALL and SL_IF_ANY
 *   scores        sl_score            in an order in which each can be summed
 *   entries       sl_entry            of the scores
 *   rules         sl_rule             in order of name
 *   rule scores   u32                 scores that a rule's `when` names
 *   notices       u32                 the condition (a node) of each notice that has one; notices of one rule are neighbours
 *   exemptions    sl_exemption        in order of name
 *   taken         u32                 patterns that an exemption takes away
 *   covers        u64                 exemptions x ceil(rules / 64): a bit for each rule that an exemption takes out
 *   rows          u32                 the condition that a row stands for: an exemption, or exemptions + rule; never falling
 *   columns       sl_column
 *   cuts          i64                 of the columns, rising within a column
 *   needs         u32 patterns + 1    where a pattern's rows begin in need entries, and the end
 *   need entries  u32                 rows for which a pattern is enough
 *   bit sets      u64                 bit sets x words, words = ceil(rows / 256) * 4; the first has the rows that need no pattern
 *
 * A decision ANDs one bit set a column: what is left are the rows whose facts fit. Only the conditions behind them are
 * evaluated, node by node, and only they ask for patterns. INVARIANT (of the compiler, nothing unsafe hangs on it): a rule
 * that could fire or be undecided has a row that stands.
 */
#ifndef SOLON_DECIDE_H
#define SOLON_DECIDE_H

#include "solon.h"

enum { SL_DECISION_DEPTH = 400 }; /* how deep conditions may nest, scores that they compare included */

enum { SL_FALSE = 0, SL_UNKNOWN = 1, SL_TRUE = 2 };
#define SL_NONE UINT32_MAX

/* What a node is; compiler/decision/nodes.py has the same numbers.
 *
 *   kind             a         b        low, high        true where
 *   SL_IF_CONSTANT   value                               a is SL_TRUE (SL_UNKNOWN stays unknown)
 *   SL_IF_KNOWN      fact                                the fact is there
 *   SL_IF_RANGE      fact               range            low <= value <= high
 *   SL_IF_MASK       fact               bits, -          0 <= value < 64 and that bit of `low` is set
 *   SL_IF_HAS        fact      bit                       the set has that member
 *   SL_IF_LENGTH                        range            low <= characters of the message <= high
 *   SL_IF_CONTAINS   pattern   field                     the pattern has a span there
 *   SL_IF_COUNT      pattern            range            low <= spans in the message <= high
 *   SL_IF_DISTINCT   pattern            range            low <= different texts of them <= high
 *   SL_IF_COVERS     pattern                             the message is the pattern
 *   SL_IF_ALL        children  count                     all children are
 *   SL_IF_ANY        children  count                     one child is
 *   SL_IF_SCORE      score              range            every value from least to greatest sum is in it
 *
 * What asks an absent fact is unknown, but SL_IF_KNOWN. `negated` turns the value round. */
enum sl_condition_kind {
    SL_IF_CONSTANT, SL_IF_KNOWN, SL_IF_RANGE, SL_IF_MASK, SL_IF_HAS, SL_IF_LENGTH, SL_IF_CONTAINS, SL_IF_COUNT,
    SL_IF_DISTINCT, SL_IF_COVERS, SL_IF_ALL, SL_IF_ANY, SL_IF_SCORE, SL_IF_KINDS
};

typedef struct {
    uint8_t kind, negated;
    uint16_t zero;
    uint32_t memo; /* where the value is kept for the rest of the decision, or SL_NONE; numbered in the order of nodes */
    uint32_t a, b;
    int64_t low, high;
} sl_condition;

typedef struct {
    uint32_t is_set;       /* 0: `values` has an integer; 1: `members` has bits */
    uint32_t first_word;   /* in `members`, where those of the facts before it end */
    uint32_t member_count; /* of a set */
    uint32_t rollout_slot; /* where `texts` has the value as text, or SL_NONE */
} sl_fact;

typedef struct {
    uint32_t first_entry, entry_count;
    uint32_t node_limit; /* its conditions stand before this node, and what compares it does not */
    uint32_t zero;
} sl_score;

typedef struct {
    uint32_t when, per_match_of; /* SL_NONE where there is none */
    int64_t points, most;
} sl_entry;

enum { SL_SHADOW = 1 };
typedef struct {
    uint32_t when, guard; /* guard: the turned round `unless`; where it is false, the rule does nothing. SL_NONE where there is none */
    uint32_t action, flags;
    int64_t from, until;
    uint64_t rollout_state; /* FNV-1a of the rule's name and a zero byte */
    uint32_t rollout_share, rollout_slot; /* slot: SL_NONE where there is no rollout */
    uint32_t first_notice, notice_count;
    uint32_t first_score, score_count;
} sl_rule;

typedef struct {
    uint32_t when, first_pattern, pattern_count, zero;
    int64_t expires;
} sl_exemption;

typedef struct {
    uint32_t fact, first_cut, cut_count, first_bitset;
} sl_column;

/* An opened section. It points into the section, which must outlive it; it is only read, so threads may share it. */
typedef struct {
    uint32_t fact_count, member_words, field_count, pattern_count, node_count, child_count, memo_count, score_count,
        entry_count, rule_count, rule_score_count, notice_count, exemption_count, taken_count, rollout_slots, row_count,
        column_count, cut_count, bitset_count, need_count, action_count;
    uint32_t default_action, undecided_action, incomplete_action; /* SL_NONE where there is none */
    uint32_t row_words;                                           /* u64 words of a bit set over rows */
    uint32_t rule_words;                                          /* u64 words of a bit set over rules */
    uint32_t set_column_count;                                    /* columns whose fact is a set */
    const sl_fact *facts;
    const uint32_t *fields;
    const sl_condition *nodes;
    const uint32_t *children;
    const sl_score *scores;
    const sl_entry *entries;
    const sl_rule *rules;
    const uint32_t *rule_scores;
    const uint32_t *notices;
    const sl_exemption *exemptions;
    const uint32_t *taken;
    const uint64_t *covers;
    const uint32_t *rows;
    const sl_column *columns;
    const int64_t *cuts;
    const uint32_t *needs;
    const uint32_t *need_entries;
    const uint64_t *bitsets;
} sl_decision;

/* Verifies every index. `pattern_count` is how many patterns the engine has: the section may name no other.
 * SL_DAMAGED with `fault`, SL_NO_MEMORY, or a decision that is safe with any facts. */
sl_status sl_decision_open(sl_decision *decision, const uint8_t *section, size_t bytes, uint32_t pattern_count, sl_fault *fault);

typedef struct {
    const char *utf8; /* NULL where the fact is absent */
    size_t bytes;
} sl_utf8;

/* The facts of one decision. Arrays are as long as the decision says. `candidates` may be NULL; else it is what `sl_filter`
 * wrote for these facts (for facts that serve many messages). */
typedef struct {
    const int64_t *values;     /* fact_count: the integer of a scalar fact (compiler/decision/domains.py) */
    const uint8_t *known;      /* fact_count: 1 where the fact is there */
    const uint64_t *members;   /* member_words */
    const sl_utf8 *texts;      /* rollout_slots: the value as canonical text */
    const uint64_t *candidates; /* row_words, or NULL */
} sl_facts;

/* What the patterns find. The functions may work on demand; each is asked at most a few times for the same question. */
typedef struct {
    void *context;
    sl_status (*contains)(void *context, uint32_t pattern, uint32_t field, int *present);
    sl_status (*count)(void *context, uint32_t pattern, int distinct, uint64_t *value);
    sl_status (*covers)(void *context, uint32_t pattern, int *yes);
    uint64_t length_chars;
    const uint64_t *possible; /* a bit for each pattern that may have a span in the message; NULL: ask for any */
    int incomplete;           /* a limit was hit */
    /* Asked once the facts have left rows that need a pattern; may be NULL. Takes out of `rows` those whose patterns have no span in the
     * message, and gives what `possible` above would say. */
    sl_status (*foresee)(void *context, uint64_t *rows, const uint64_t **possible);
} sl_lookup;

typedef struct {
    uint32_t what, exemption;
} sl_exempted;

typedef struct {
    int64_t least, greatest; /* held within 64 bits */
} sl_sum;

/* What was decided; all in the arena. Lists rise. */
typedef struct {
    uint32_t action;
    uint32_t fired_count, undecided_count, shadow_count;
    uint32_t exempted_rule_count, exempted_pattern_count, notice_count;
    uint32_t *fired, *undecided, *shadow; /* rules */
    sl_exempted *exempted_rules, *exempted_patterns;
    uint32_t *notices;     /* conditional notices of fired rules whose condition is true */
    const sl_sum *sums;    /* score_count; valid where `summed` */
    const uint8_t *summed; /* score_count; 1 for the scores that fired rules name, at least */
    int incomplete;        /* a limit was hit: the lookup's word */
} sl_outcome;

/* Writes the rows (row_words) that the facts leave standing. SL_OK or SL_NO_MEMORY. */
sl_status sl_filter(const sl_decision *decision, const sl_facts *facts, uint64_t *candidates);

/* Decides at a time in microseconds since 1970. SL_OK, SL_NO_MEMORY, or what a function of `lookup` returned. */
sl_status sl_decide(const sl_decision *decision, const sl_facts *facts, const sl_lookup *lookup, int64_t at,
                    sl_arena *arena, sl_outcome *outcome);

#endif
