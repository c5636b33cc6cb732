/* Opens and verifies the section `patterns`. */
#include "patterns.h"

enum { HEADER_BYTES = 32, DEPTH_MAX = 256 };

#define REFUSE(why, where) SL_REFUSE(fault, "patterns", why, where)

static sl_status verify_leaf(const sl_patterns *p, uint32_t i, const sl_pattern_limits *limits, sl_fault *fault) {
    const sl_leaf *leaf = &p->leaves[i];
    if (leaf->stream >= SL_STREAMS || leaf->strong > 1 || leaf->zero[0] || leaf->zero[1] || leaf->zero[2])
        REFUSE("a leaf has a field out of range", i);
    uint64_t end = (uint64_t)leaf->first + leaf->count;
    switch (leaf->kind) {
    case SL_LEAF_WORDS:
    case SL_LEAF_LITERALS:
    case SL_LEAF_LINKS:
        break;
    case SL_LEAF_DFAS:
        if (end > limits->dfa_count) REFUSE("a leaf names an automaton that is not there", i);
        break;
    case SL_LEAF_ENTITY:
        if (leaf->what >= SL_ENTITIES || end > p->region_count) REFUSE("a leaf names an entity that is not there", i);
        if (leaf->stream != SL_STREAM_NONE && leaf->stream != SL_STREAM_BASIC) REFUSE("an entity has a wrong stream", i);
        break;
    case SL_LEAF_ZONE:
        if (leaf->what >= SL_ZONES) REFUSE("a leaf names a zone that is not there", i);
        break;
    default:
        REFUSE("a leaf has an unknown kind", i);
    }
    return SL_OK;
}

/* A node may point back alone: at nodes of its own pattern, at patterns before its own. `child` is where its children must stand: they
 * tile the list, so that the work of all nodes together is linear in the section. */
static sl_status verify_node(const sl_patterns *p, uint32_t pattern, uint32_t i, uint32_t *child, sl_fault *fault) {
    const sl_formula *node = &p->nodes[i];
    uint32_t from = p->patterns[2 * pattern];
    if (node->zero || node->zero2) REFUSE("a node has a field out of range", i);
    if (node->kind == SL_NODE_LEAF) {
        if (node->first >= p->leaf_count) REFUSE("a node names a leaf that is not there", i);
        return SL_OK;
    }
    if (node->kind == SL_NODE_REF) {
        if (node->first >= pattern) REFUSE("a pattern refers to one that does not come before it", i);
        return SL_OK;
    }
    if (node->kind != SL_NODE_ANY && node->kind != SL_NODE_EXCEPT && node->kind != SL_NODE_NEAR) REFUSE("a node has an unknown kind", i);
    if (node->first != *child || node->count == 0 || node->count > p->child_count - *child) REFUSE("a node has children that are not there", i);
    *child += node->count;
    if (node->kind == SL_NODE_NEAR && (node->count != 2 || node->side > SL_SIDE_AFTER || node->unit > SL_UNIT_CHARACTERS))
        REFUSE("a distance node has a field out of range", i);
    for (uint32_t c = node->first; c < node->first + node->count; c++)
        if (p->children[c] >= i || p->children[c] < from) REFUSE("a child does not come before its node", i);
    return SL_OK;
}

sl_status sl_patterns_open(sl_patterns *p, const uint8_t *section, size_t bytes, const sl_pattern_limits *limits, sl_fault *fault) {
    if (bytes < HEADER_BYTES || ((uintptr_t)section & 3)) REFUSE("too short", bytes);
    const uint32_t *h = (const uint32_t *)section;
    p->pattern_count = h[0];
    p->node_count = h[1];
    p->child_count = h[2];
    p->leaf_count = h[3];
    p->region_count = h[4];
    p->limit_bytes = h[5];
    uint64_t at[6] = {HEADER_BYTES};
    at[1] = at[0] + (uint64_t)p->pattern_count * 8;
    at[2] = at[1] + (uint64_t)p->node_count * sizeof(sl_formula);
    at[3] = at[2] + (uint64_t)p->child_count * 4;
    at[4] = at[3] + (uint64_t)p->leaf_count * sizeof(sl_leaf);
    at[5] = at[4] + (((uint64_t)p->region_count * 2 + 3) & ~(uint64_t)3);
    if (at[5] != bytes || h[6] || h[7] || p->limit_bytes == 0 || p->pattern_count > INT32_MAX) REFUSE("the counts do not fit the length", bytes);
    p->patterns = (const uint32_t *)(section + at[0]);
    p->nodes = (const sl_formula *)(section + at[1]);
    p->children = (const uint32_t *)(section + at[2]);
    p->leaves = (const sl_leaf *)(section + at[3]);
    p->regions = (const uint16_t *)(section + at[4]);
    for (uint32_t i = 0; i < p->leaf_count; i++) {
        sl_status status = verify_leaf(p, i, limits, fault);
        if (status) return status;
    }
    for (uint32_t i = 0; i < p->region_count; i++)
        if (p->regions[i] >= limits->region_ids) REFUSE("a region that is not there", i);
    uint64_t next = 0;
    uint32_t child = 0;
    for (uint32_t i = 0; i < p->pattern_count; i++) {
        uint32_t first = p->patterns[2 * i], count = p->patterns[2 * i + 1];
        if (first != next || count == 0 || next + count > p->node_count) REFUSE("the nodes of the patterns do not tile", i);
        next += count;
        for (uint32_t n = first; n < first + count; n++) {
            sl_status status = verify_node(p, i, n, &child, fault);
            if (status) return status;
        }
    }
    if (next != p->node_count) REFUSE("the nodes of the patterns do not tile", next);
    if (child != p->child_count) REFUSE("a child belongs to no node", child);
    return SL_OK;
}

/* Both lists are in order and free of overlaps: one walk. */
sl_status sl_spans_except(sl_spans *kept, const sl_spans *removed) {
    uint32_t out = 0, r = 0;
    for (uint32_t k = 0; k < kept->count; k++) {
        sl_span span = kept->items[k];
        while (r < removed->count && removed->items[r].end <= span.start) r++;
        if (r < removed->count && removed->items[r].start < span.end) continue;
        kept->items[out++] = span;
    }
    kept->count = out;
    return SL_OK;
}
