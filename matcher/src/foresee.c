/* Works out, when an artifact is opened, which patterns each thing seen makes possible. See foresee.h. */
#include "foresee.h"

#include <stdlib.h>

static void set_bit(uint64_t *bits, uint32_t i) { bits[i >> 6] |= (uint64_t)1 << (i & 63); }
static int has_bit(const uint64_t *bits, uint32_t i) { return bits[i >> 6] >> (i & 63) & 1; }

/* calloc may give NULL for nothing, which would read as "no memory". */
static void *zeros(size_t count, size_t size) { return calloc(count + 1, size); }

/* What is known of leaves and nodes while the tables are made. */
typedef struct {
    const sl_patterns *p;
    const sl_dfas *dfas;
    uint8_t *dear_leaf; /* 1: only its own search can tell */
    uint8_t *dear_node; /* kept */
    uint8_t *counts; /* by node: its pattern has no span where this one and the others that count have none */
} maker;

/* INVARIANT: leaves name at most as many automata and rows, together, as there are; the leaves of a damaged file that go beyond are dear. */
static void weigh_leaves(maker *m) {
    uint64_t automata = 0, rows = 0;
    for (uint32_t i = 0; i < m->p->leaf_count; i++) {
        const sl_leaf *leaf = &m->p->leaves[i];
        int dear = leaf->kind != SL_LEAF_WORDS && leaf->kind != SL_LEAF_LITERALS && leaf->kind != SL_LEAF_DFAS;
        if (leaf->kind == SL_LEAF_DFAS) {
            uint64_t own = 0;
            dear = automata + leaf->count > m->dfas->count;
            for (uint32_t k = 0; k < leaf->count && !dear; k++) {
                own += m->dfas->records[leaf->first + k].row_count;
                dear = !m->dfas->records[leaf->first + k].row_count || rows + own > m->dfas->row_count;
            }
            if (!dear) automata += leaf->count;
            if (!dear) rows += own;
        }
        m->dear_leaf[i] = (uint8_t)dear;
    }
}

static int is_dear(const maker *m, const sl_foresight *f, const sl_formula *node) {
    const uint32_t *children = m->p->children + node->first;
    int dear = 0;
    switch (node->kind) {
    case SL_NODE_LEAF: return m->dear_leaf[node->first];
    case SL_NODE_REF: return has_bit(f->always, node->first);
    case SL_NODE_NEAR: return m->dear_node[children[0]] && m->dear_node[children[1]];
    case SL_NODE_EXCEPT: return m->dear_node[children[0]];
    default:
        for (uint32_t c = 0; c < node->count; c++) dear |= m->dear_node[children[c]];
        return dear;
    }
}

/* From the root of a formula down to what counts: of `near` one side, of `except` what is kept. */
static void weigh_patterns(maker *m, sl_foresight *f) {
    for (uint32_t pattern = 0; pattern < m->p->pattern_count; pattern++) {
        uint32_t first = m->p->patterns[2 * pattern], end = first + m->p->patterns[2 * pattern + 1];
        for (uint32_t i = first; i < end; i++) m->dear_node[i] = (uint8_t)is_dear(m, f, &m->p->nodes[i]);
        if (m->dear_node[end - 1]) {
            set_bit(f->always, pattern);
            continue;
        }
        m->counts[end - 1] = 1;
        for (uint32_t i = end; i-- > first;) {
            const sl_formula *node = &m->p->nodes[i];
            const uint32_t *children = m->p->children + node->first;
            if (!m->counts[i] || node->kind == SL_NODE_LEAF || node->kind == SL_NODE_REF) continue;
            if (node->kind == SL_NODE_NEAR) m->counts[m->dear_node[children[0]] ? children[1] : children[0]] = 1;
            else for (uint32_t c = 0; c < (node->kind == SL_NODE_ANY ? node->count : 1); c++) m->counts[children[c]] = 1;
        }
    }
}

/* Turns counts, kept at [i + 1], into where each list begins. */
static int begin_lists(sl_lists *lists, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) lists->first[i + 1] += lists->first[i];
    lists->items = zeros(lists->first[count], sizeof(uint32_t));
    return lists->items != NULL;
}

/* Lists are filled from the front; `first` is then one list too far, and moved back. */
static void end_lists(sl_lists *lists, uint32_t count) {
    for (uint32_t i = count; i > 0; i--) lists->first[i] = lists->first[i - 1];
    lists->first[0] = 0;
}

static sl_status list_patterns(const maker *m, sl_foresight *f) {
    const sl_patterns *p = m->p;
    f->by_leaf.first = zeros((size_t)p->leaf_count + 1, sizeof(uint32_t));
    f->by_pattern.first = zeros((size_t)p->pattern_count + 1, sizeof(uint32_t));
    if (!f->by_leaf.first || !f->by_pattern.first) return SL_NO_MEMORY;
    for (uint32_t i = 0; i < p->node_count; i++) {
        if (!m->counts[i]) continue;
        if (p->nodes[i].kind == SL_NODE_LEAF) f->by_leaf.first[p->nodes[i].first + 1]++;
        if (p->nodes[i].kind == SL_NODE_REF) f->by_pattern.first[p->nodes[i].first + 1]++;
    }
    if (!begin_lists(&f->by_leaf, p->leaf_count) || !begin_lists(&f->by_pattern, p->pattern_count)) return SL_NO_MEMORY;
    for (uint32_t pattern = 0; pattern < p->pattern_count; pattern++) {
        uint32_t first = p->patterns[2 * pattern];
        for (uint32_t i = first; i < first + p->patterns[2 * pattern + 1]; i++) {
            if (!m->counts[i]) continue;
            if (p->nodes[i].kind == SL_NODE_LEAF) f->by_leaf.items[f->by_leaf.first[p->nodes[i].first]++] = pattern;
            if (p->nodes[i].kind == SL_NODE_REF) f->by_pattern.items[f->by_pattern.first[p->nodes[i].first]++] = pattern;
        }
    }
    end_lists(&f->by_leaf, p->leaf_count);
    end_lists(&f->by_pattern, p->pattern_count);
    return SL_OK;
}

static sl_status list_leaves(const maker *m, sl_foresight *f) {
    uint32_t bits = m->dfas->gate_chunks * SL_GATE_WORDS * 64;
    f->by_bit.first = zeros((size_t)bits + 1, sizeof(uint32_t));
    if (!f->by_bit.first) return SL_NO_MEMORY;
    for (int fill = 0; fill < 2; fill++) {
        for (uint32_t i = 0; i < m->p->leaf_count; i++) {
            const sl_leaf *leaf = &m->p->leaves[i];
            if (leaf->kind != SL_LEAF_DFAS || m->dear_leaf[i]) continue;
            for (uint32_t k = leaf->first; k < leaf->first + leaf->count; k++) {
                const sl_dfa_row *rows = m->dfas->rows + m->dfas->records[k].first_row;
                for (uint32_t r = 0; r < m->dfas->records[k].row_count; r++) {
                    if (fill) f->by_bit.items[f->by_bit.first[rows[r].bit]++] = i;
                    else f->by_bit.first[rows[r].bit + 1]++;
                }
            }
        }
        if (!fill && !begin_lists(&f->by_bit, bits)) return SL_NO_MEMORY;
    }
    end_lists(&f->by_bit, bits);
    return SL_OK;
}

/* ── Sources ── */

/* Bit s: source s can tell of the leaf. */
static uint32_t sources_of(const sl_leaf *leaf) {
    if (leaf->kind == SL_LEAF_WORDS) return 1u << (SL_SOURCE_WORDS + leaf->stream);
    if (leaf->kind == SL_LEAF_LITERALS) return 1u << (SL_SOURCE_LITERALS + leaf->stream);
    return (leaf->count ? 1u << (SL_SOURCE_GATE + leaf->stream) : 0) | (leaf->strong ? 1u << (SL_SOURCE_WORDS + leaf->stream) : 0);
}

static void add_rows(const sl_decision *d, uint32_t pattern, uint64_t *rows) {
    for (uint32_t i = d->needs[pattern]; i < d->needs[pattern + 1]; i++) set_bit(rows, d->need_entries[i]);
}

static sl_status divide_rows(const maker *m, const sl_decision *d, sl_foresight *f) {
    const sl_patterns *p = m->p;
    uint32_t *told = zeros(p->pattern_count, sizeof *told), all = 0; /* by pattern: bits of its sources */
    if (!told) return SL_NO_MEMORY;
    for (uint32_t pattern = 0; pattern < p->pattern_count; pattern++) {
        uint32_t first = p->patterns[2 * pattern];
        for (uint32_t i = first; i < first + p->patterns[2 * pattern + 1]; i++) {
            const sl_formula *node = &p->nodes[i];
            if (!m->counts[i]) continue;
            if (node->kind == SL_NODE_LEAF) told[pattern] |= sources_of(&p->leaves[node->first]);
            if (node->kind == SL_NODE_REF) told[pattern] |= told[node->first];
        }
        all |= told[pattern];
        if (has_bit(f->always, pattern)) add_rows(d, pattern, f->base_rows);
    }
    sl_status status = SL_OK;
    for (uint32_t s = 0; s < SL_SOURCES && !status; s++) {
        if (!(all >> s & 1)) continue;
        f->patterns[s] = zeros(f->pattern_words, sizeof(uint64_t));
        f->rows[s] = zeros(d->row_words, sizeof(uint64_t));
        if (!f->patterns[s] || !f->rows[s]) status = SL_NO_MEMORY;
        for (uint32_t pattern = 0; pattern < p->pattern_count && !status; pattern++) {
            if (!(told[pattern] >> s & 1)) continue;
            set_bit(f->patterns[s], pattern);
            add_rows(d, pattern, f->rows[s]);
        }
    }
    free(told);
    return status;
}

static sl_status list_gated(const maker *m, sl_foresight *f) {
    const sl_patterns *p = m->p;
    for (uint32_t pattern = 0; pattern < p->pattern_count; pattern++) {
        const sl_formula *root = &p->nodes[p->patterns[2 * pattern]];
        if (p->patterns[2 * pattern + 1] != 1 || root->kind != SL_NODE_LEAF || m->dear_leaf[root->first]) continue;
        const sl_leaf *leaf = &p->leaves[root->first];
        if (leaf->kind != SL_LEAF_DFAS || leaf->strong || !leaf->count) continue;
        if (!f->gated[leaf->stream]) f->gated[leaf->stream] = zeros(f->pattern_words, sizeof(uint64_t));
        if (!f->gated[leaf->stream]) return SL_NO_MEMORY;
        set_bit(f->gated[leaf->stream], pattern);
    }
    return SL_OK;
}

/* ── The whole ── */

static sl_status make(maker *m, const sl_decision *d, sl_foresight *f) {
    m->dear_leaf = zeros(m->p->leaf_count, 1);
    f->dear_node = m->dear_node = zeros(m->p->node_count, 1);
    m->counts = zeros(m->p->node_count, 1);
    f->always = zeros(f->pattern_words, sizeof(uint64_t));
    f->base_rows = zeros(d->row_words, sizeof(uint64_t));
    if (!m->dear_leaf || !m->dear_node || !m->counts || !f->always || !f->base_rows) return SL_NO_MEMORY;
    memcpy(f->base_rows, d->bitsets, (size_t)d->row_words * sizeof *f->base_rows);
    weigh_leaves(m);
    weigh_patterns(m, f);
    sl_status status = list_patterns(m, f);
    if (!status) status = list_leaves(m, f);
    if (!status) status = list_gated(m, f);
    return status ? status : divide_rows(m, d, f);
}

sl_status sl_foresight_open(sl_foresight *f, const sl_patterns *p, const sl_dfas *dfas, const sl_decision *d) {
    maker m = {p, dfas, NULL, NULL, NULL};
    memset(f, 0, sizeof *f);
    f->pattern_words = (p->pattern_count + 63) / 64;
    sl_status status = make(&m, d, f);
    free(m.dear_leaf);
    free(m.counts);
    return status;
}

void sl_foresight_close(sl_foresight *f) {
    for (int s = 0; s < SL_SOURCES; s++) {
        free(f->patterns[s]);
        free(f->rows[s]);
    }
    for (int level = 0; level < SL_STREAMS; level++) free(f->gated[level]);
    sl_lists *lists[] = {&f->by_bit, &f->by_leaf, &f->by_pattern};
    for (int i = 0; i < 3; i++) {
        free(lists[i]->first);
        free(lists[i]->items);
    }
    free(f->always);
    free(f->dear_node);
    free(f->base_rows);
    memset(f, 0, sizeof *f);
}
