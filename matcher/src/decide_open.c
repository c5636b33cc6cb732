/* Opens the section of a decision: every count, index and order that decide.c leans on is checked here, once. */
#include "decide.h"

#include <stdlib.h>

enum { MAGIC = 0x31444c53, VERSION = 1, HEADER_FIELDS = 24, COUNT_MAX = 1 << 28 };

#define REFUSE(why, where) SL_REFUSE(fault, "decision", why, where)
#define CHECK(condition, why, where) do { if (!(condition)) REFUSE(why, where); } while (0)
#define TRY(call) do { sl_status status_ = (call); if (status_ != SL_OK) return status_; } while (0)

typedef struct {
    const uint8_t *bytes;
    size_t size, at;
} reader;

/* The next table; INVARIANT: count <= COUNT_MAX, so that no product overflows. */
static sl_status take(reader *r, const void **table, uint64_t count, size_t size, sl_fault *fault) {
    uint64_t wanted = (count * size + 7) & ~(uint64_t)7;
    CHECK(wanted <= r->size - r->at, "the section ends inside a table", r->at);
    for (uint64_t i = count * size; i < wanted; i++) CHECK(!r->bytes[r->at + i], "the padding is not zero", r->at + i);
    *table = r->bytes + r->at;
    r->at += (size_t)wanted;
    return SL_OK;
}

static sl_status read_header(sl_decision *d, reader *r, uint32_t pattern_count, sl_fault *fault) {
    const uint32_t *h;
    const uint16_t one = 1;
    CHECK(*(const uint8_t *)&one == 1, "this host is big-endian", 0);
    CHECK(((uintptr_t)r->bytes & 7) == 0, "the section does not start at a multiple of 8", 0);
    TRY(take(r, (const void **)&h, HEADER_FIELDS, sizeof *h, fault));
    CHECK(h[0] == MAGIC, "the magic is another", 0);
    CHECK(h[1] == VERSION, "the version is another", 4);
    for (uint32_t i = 2; i < HEADER_FIELDS - 1; i++) CHECK(h[i] <= COUNT_MAX, "a count is too large", i * 4);
    uint32_t *counts[] = {&d->fact_count, &d->member_words, &d->field_count, &d->pattern_count, &d->node_count,
                          &d->child_count, &d->memo_count, &d->score_count, &d->entry_count, &d->rule_count,
                          &d->rule_score_count, &d->notice_count, &d->exemption_count, &d->taken_count, &d->rollout_slots,
                          &d->row_count, &d->column_count, &d->cut_count, &d->bitset_count, &d->need_count,
                          &d->action_count};
    for (uint32_t i = 0; i < sizeof counts / sizeof *counts; i++) *counts[i] = h[2 + i];
    CHECK(d->pattern_count == pattern_count, "it has not as many patterns as the section patterns", 5 * 4);
    CHECK(d->memo_count <= d->node_count && d->rollout_slots <= d->fact_count && d->field_count <= d->fact_count,
          "a count is larger than what it counts", 0);
    uint32_t actions[3];
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t action = h[23] >> (8 * i) & 255;
        actions[i] = action == 255 && i ? SL_NONE : action;
        CHECK(actions[i] == SL_NONE || action < d->action_count, "there is no such action", 23 * 4 + i);
    }
    CHECK(!(h[23] >> 24), "the last byte of the header is not zero", 95);
    d->default_action = actions[0];
    d->undecided_action = actions[1];
    d->incomplete_action = actions[2];
    d->row_words = (d->row_count + 255) / 256 * 4;
    d->rule_words = (d->rule_count + 63) / 64;
    return SL_OK;
}

static sl_status read_tables(sl_decision *d, reader *r, sl_fault *fault) {
#define TABLE(name, count) TRY(take(r, (const void **)&d->name, count, sizeof *d->name, fault))
    TABLE(facts, d->fact_count);
    TABLE(fields, d->field_count);
    TABLE(nodes, d->node_count);
    TABLE(children, d->child_count);
    TABLE(scores, d->score_count);
    TABLE(entries, d->entry_count);
    TABLE(rules, d->rule_count);
    TABLE(rule_scores, d->rule_score_count);
    TABLE(notices, d->notice_count);
    TABLE(exemptions, d->exemption_count);
    TABLE(taken, d->taken_count);
    TABLE(covers, (uint64_t)d->exemption_count * d->rule_words);
    TABLE(rows, d->row_count);
    TABLE(columns, d->column_count);
    TABLE(cuts, d->cut_count);
    TABLE(needs, (uint64_t)d->pattern_count + 1);
    TABLE(need_entries, d->need_count);
    TABLE(bitsets, (uint64_t)d->bitset_count * d->row_words);
#undef TABLE
    CHECK(r->at == r->size, "bytes follow after the last table", r->at);
    CHECK(d->bitset_count >= 1, "there is no first bit set", 20 * 4);
    return SL_OK;
}

/* Is first .. first + count inside 0 .. limit? */
static int inside(uint32_t first, uint32_t count, uint32_t limit) {
    return first <= limit && count <= limit - first;
}

static sl_status check_facts(const sl_decision *d, sl_fault *fault) {
    uint32_t word = 0;
    for (uint32_t i = 0; i < d->fact_count; i++) {
        const sl_fact *fact = &d->facts[i];
        CHECK(fact->is_set <= 1, "a fact is of no kind", i);
        CHECK(fact->member_count <= COUNT_MAX, "a fact has too many members", i);
        CHECK(fact->first_word == word && (fact->is_set || !fact->member_count), "a fact's members stand elsewhere", i);
        word += (fact->member_count + 63) / 64;
        CHECK(word <= d->member_words, "a fact's members lie outside", i);
        CHECK(fact->rollout_slot == SL_NONE || fact->rollout_slot < d->rollout_slots, "a rollout slot lies outside", i);
    }
    CHECK(word == d->member_words, "member words belong to no fact", word);
    for (uint32_t i = 0; i < d->field_count; i++)
        CHECK(d->fields[i] < d->fact_count && !d->facts[d->fields[i]].is_set, "a field names no text", i);
    return SL_OK;
}

/* One node: what it names is there, and stands before it. `child` is where the next children stand: they tile. */
static sl_status check_node(const sl_decision *d, uint32_t i, uint32_t *child, sl_fault *fault) {
    const sl_condition *node = &d->nodes[i];
    CHECK(node->negated <= 1, "a node is neither turned round nor not", i);
    switch (node->kind) {
    case SL_IF_CONSTANT: CHECK(node->a <= SL_TRUE, "a constant has no value", i); break;
    case SL_IF_KNOWN: CHECK(node->a < d->fact_count, "a node names no fact", i); break;
    case SL_IF_RANGE:
    case SL_IF_MASK: CHECK(node->a < d->fact_count && !d->facts[node->a].is_set, "a node names no scalar fact", i); break;
    case SL_IF_HAS:
        CHECK(node->a < d->fact_count && d->facts[node->a].is_set, "a node names no set", i);
        CHECK(node->b < d->facts[node->a].member_count, "a node names no member", i);
        break;
    case SL_IF_LENGTH: break;
    case SL_IF_CONTAINS: CHECK(node->b <= d->field_count, "a node names no field", i); /* fall through */
    case SL_IF_COUNT:
    case SL_IF_DISTINCT:
    case SL_IF_COVERS: CHECK(node->a < d->pattern_count, "a node names no pattern", i); break;
    case SL_IF_ALL:
    case SL_IF_ANY:
        CHECK(node->a == *child && inside(*child, node->b, d->child_count), "a node's children lie outside", i);
        *child += node->b;
        for (uint32_t c = 0; c < node->b; c++) CHECK(d->children[node->a + c] < i, "a child stands after its parent", i);
        break;
    case SL_IF_SCORE:
        CHECK(node->a < d->score_count, "a node names no score", i);
        CHECK(d->scores[node->a].node_limit <= i, "a node stands before what its score asks", i);
        break;
    default: REFUSE("a node is of no kind", i);
    }
    return SL_OK;
}

/* Scores stand in the order in which they can be summed: limits rise, entries tile. */
static sl_status check_scores(const sl_decision *d, sl_fault *fault) {
    uint32_t entry = 0, limit = 0;
    for (uint32_t i = 0; i < d->score_count; i++) {
        const sl_score *score = &d->scores[i];
        CHECK(limit <= score->node_limit && score->node_limit <= d->node_count, "a score's limit is out of order", i);
        CHECK(score->first_entry == entry && inside(entry, score->entry_count, d->entry_count), "a score's entries lie outside", i);
        limit = score->node_limit;
        entry += score->entry_count;
        for (uint32_t e = score->first_entry; e < entry; e++) {
            const sl_entry *one = &d->entries[e];
            CHECK(one->when == SL_NONE || one->when < limit, "an entry stands after what compares its score", e);
            CHECK(one->per_match_of == SL_NONE || one->per_match_of < d->pattern_count, "an entry names no pattern", e);
        }
    }
    CHECK(entry == d->entry_count, "an entry belongs to no score", entry);
    return SL_OK;
}

/* How much of a node is known while the nodes are gone through. */
typedef struct {
    uint16_t depth; /* of `value_of`'s recursion */
    uint8_t asked;  /* by how many parents, entries, rules, notices and exemptions, up to 2 */
} seen;

static uint16_t ask(seen *nodes, uint32_t number, uint16_t most) {
    if (nodes[number].asked < 2) nodes[number].asked++;
    return nodes[number].depth > most ? nodes[number].depth : most;
}

/* How deep what a score asks is; each of its entries asks. */
static uint16_t ask_entries(const sl_decision *d, seen *nodes, uint32_t score) {
    uint16_t deepest = 0;
    for (uint32_t e = 0; e < d->scores[score].entry_count; e++) {
        uint32_t when = d->entries[d->scores[score].first_entry + e].when;
        if (when != SL_NONE) deepest = ask(nodes, when, deepest);
    }
    return deepest;
}

/* Rules, notices and exemptions ask too, from the top. */
static void ask_from_outside(const sl_decision *d, seen *nodes) {
    for (uint32_t i = 0; i < d->rule_count; i++) {
        ask(nodes, d->rules[i].when, 0);
        if (d->rules[i].guard != SL_NONE) ask(nodes, d->rules[i].guard, 0);
    }
    for (uint32_t i = 0; i < d->notice_count; i++) ask(nodes, d->notices[i], 0);
    for (uint32_t i = 0; i < d->exemption_count; i++) ask(nodes, d->exemptions[i].when, 0);
}

/* Depth stays within bounds, and what is asked several times keeps its value: so time is linear in the section. */
static sl_status check_graph(const sl_decision *d, seen *nodes, uint16_t *score_depth, sl_fault *fault) {
    uint32_t score = 0, memo = 0;
    for (uint32_t i = 0; i < d->node_count; i++) {
        const sl_condition *node = &d->nodes[i];
        uint16_t most = 0;
        for (; score < d->score_count && d->scores[score].node_limit <= i; score++) score_depth[score] = ask_entries(d, nodes, score);
        if (node->kind == SL_IF_SCORE) most = score_depth[node->a];
        if (node->kind == SL_IF_ALL || node->kind == SL_IF_ANY)
            for (uint32_t c = 0; c < node->b; c++) most = ask(nodes, d->children[node->a + c], most);
        nodes[i].depth = most + 1;
        CHECK(most < SL_DECISION_DEPTH, "a condition nests too deep", i);
    }
    for (; score < d->score_count; score++) ask_entries(d, nodes, score); /* nothing compares them */
    ask_from_outside(d, nodes);
    for (uint32_t i = 0; i < d->node_count; i++) {
        uint32_t slot = d->nodes[i].memo;
        int joins = d->nodes[i].kind == SL_IF_ALL || d->nodes[i].kind == SL_IF_ANY;
        CHECK(slot == SL_NONE ? !joins || nodes[i].asked < 2 : slot == memo++, "a node's memo is another", i);
    }
    CHECK(memo == d->memo_count, "a memo belongs to no node", memo);
    return SL_OK;
}

static sl_status check_conditions(const sl_decision *d, sl_fault *fault) {
    uint32_t child = 0;
    TRY(check_scores(d, fault));
    for (uint32_t i = 0; i < d->node_count; i++) TRY(check_node(d, i, &child, fault));
    CHECK(child == d->child_count, "a child belongs to no node", child);
    seen *nodes = calloc((size_t)d->node_count + 1, sizeof *nodes);
    uint16_t *score_depth = calloc((size_t)d->score_count + 1, sizeof *score_depth);
    sl_status status = nodes && score_depth ? check_graph(d, nodes, score_depth, fault) : SL_NO_MEMORY;
    free(nodes);
    free(score_depth);
    return status;
}

static sl_status check_rules(const sl_decision *d, sl_fault *fault) {
    uint32_t notice = 0, score = 0;
    for (uint32_t i = 0; i < d->rule_count; i++) {
        const sl_rule *rule = &d->rules[i];
        CHECK(rule->when < d->node_count, "a rule has no condition", i);
        CHECK(rule->guard == SL_NONE || rule->guard < d->node_count, "a rule's guard lies outside", i);
        CHECK(rule->action < d->action_count, "a rule has no action", i);
        CHECK(rule->flags <= SL_SHADOW, "a rule has flags that there are not", i);
        CHECK(rule->rollout_slot == SL_NONE || rule->rollout_slot < d->rollout_slots, "a rule's rollout slot lies outside", i);
        CHECK(rule->first_notice == notice && inside(notice, rule->notice_count, d->notice_count), "a rule's notices lie outside", i);
        CHECK(rule->first_score == score && inside(score, rule->score_count, d->rule_score_count), "a rule's scores lie outside", i);
        notice += rule->notice_count;
        score += rule->score_count;
    }
    CHECK(notice == d->notice_count && score == d->rule_score_count, "a notice or score belongs to no rule", notice);
    for (uint32_t i = 0; i < notice; i++) CHECK(d->notices[i] < d->node_count, "a notice's condition lies outside", i);
    for (uint32_t i = 0; i < score; i++) CHECK(d->rule_scores[i] < d->score_count, "a rule names no score", i);
    return SL_OK;
}

static sl_status check_exemptions(const sl_decision *d, sl_fault *fault) {
    uint32_t pattern = 0;
    for (uint32_t i = 0; i < d->exemption_count; i++) {
        const sl_exemption *one = &d->exemptions[i];
        CHECK(one->when < d->node_count, "an exemption has no condition", i);
        CHECK(one->first_pattern == pattern && inside(pattern, one->pattern_count, d->taken_count), "an exemption's patterns lie outside", i);
        pattern += one->pattern_count;
    }
    CHECK(pattern == d->taken_count, "a pattern belongs to no exemption", pattern);
    for (uint32_t i = 0; i < pattern; i++) CHECK(d->taken[i] < d->pattern_count, "an exemption names no pattern", i);
    return SL_OK;
}

static sl_status check_rows(const sl_decision *d, sl_fault *fault) {
    uint32_t last = 0;
    for (uint32_t i = 0; i < d->row_count; i++) {
        CHECK(last <= d->rows[i] && d->rows[i] < d->exemption_count + d->rule_count, "a row is out of order", i);
        last = d->rows[i];
    }
    last = 0;
    for (uint32_t i = 0; i <= d->pattern_count; i++) {
        CHECK(last <= d->needs[i] && d->needs[i] <= d->need_count, "a pattern's rows are out of order", i);
        last = d->needs[i];
    }
    CHECK(d->needs[0] == 0 && last == d->need_count, "a need belongs to no pattern", last);
    for (uint32_t i = 0; i < d->need_count; i++) CHECK(d->need_entries[i] < d->row_count, "a pattern names no row", i);
    return SL_OK;
}

static sl_status check_columns(sl_decision *d, sl_fault *fault) {
    for (uint32_t i = 0; i < d->column_count; i++) {
        const sl_column *column = &d->columns[i];
        CHECK(column->fact < d->fact_count, "a column names no fact", i);
        CHECK(inside(column->first_cut, column->cut_count, d->cut_count), "a column's cuts lie outside", i);
        const sl_fact *fact = &d->facts[column->fact];
        CHECK(inside(column->first_bitset, column->cut_count + (fact->is_set ? 1 : 2), d->bitset_count), "a column's bit sets lie outside", i);
        d->set_column_count += fact->is_set != 0;
        const int64_t *cuts = d->cuts + column->first_cut;
        for (uint32_t c = 0; c < column->cut_count; c++) {
            CHECK(c == 0 || cuts[c - 1] < cuts[c], "a column's cuts do not rise", i);
            CHECK(!fact->is_set || (cuts[c] >= 0 && cuts[c] < fact->member_count), "a column names no member", i);
        }
    }
    return SL_OK;
}

sl_status sl_decision_open(sl_decision *d, const uint8_t *section, size_t bytes, uint32_t pattern_count, sl_fault *fault) {
    reader r = {section, bytes, 0};
    memset(d, 0, sizeof *d);
    TRY(read_header(d, &r, pattern_count, fault));
    TRY(read_tables(d, &r, fault));
    TRY(check_facts(d, fault));
    TRY(check_rules(d, fault));
    TRY(check_exemptions(d, fault));
    TRY(check_conditions(d, fault)); /* after the rules and exemptions, whose conditions it counts */
    TRY(check_rows(d, fault));
    return check_columns(d, fault);
}
