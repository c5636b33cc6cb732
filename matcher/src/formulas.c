/* Formulas: the spans of a pattern from those of its parts, of which only those are computed that can still matter.
 *
 *   near      one side first, the cheaper one; where it has no span, the other side is not looked for
 *   except    what is kept first; what is taken away only while something is left
 *   a pattern of which nothing that it needs was seen has no span
 *
 * Formulas may be deep and references long: the way down is a stack of frames in the arena, never C's own. */
#include "engine.h"

#define TRY(call) do { sl_status status_ = (call); if (status_) return status_; } while (0)

/* Word starts are counted once for a text: a running sum by character of the message. */
static sl_status count_word_starts(sl_scan *scan) {
    const sl_stream *stream;
    TRY(sl_scan_stream(scan, SL_STREAM_BASIC, &stream));
    uint32_t n = scan->scanned_chars;
    uint32_t *before = sl_arena_take(scan->arena, ((size_t)n + 1) * sizeof *before);
    if (!before) return SL_NO_MEMORY;
    memset(before, 0, ((size_t)n + 1) * sizeof *before);
    const sl_props *props = &scan->engine->props;
    uint8_t last = 0;
    for (uint32_t i = 0; i < stream->length; i++) {
        uint8_t here = sl_props_of(props, sl_at(stream, i));
        if ((here & SL_WORD) && (i == 0 || sl_edge_of(last, here))) before[sl_origin(stream, i) + 1]++;
        last = here;
    }
    for (uint32_t i = 0; i < n; i++) before[i + 1] += before[i];
    scan->word_starts_before = before;
    return SL_OK;
}

static int close_enough(const sl_scan *scan, const sl_formula *node, uint32_t gap_start, uint32_t gap_end) {
    if (node->unit == SL_UNIT_CHARACTERS) return gap_end - gap_start <= node->distance;
    return scan->word_starts_before[gap_end] - scan->word_starts_before[gap_start] <= node->distance;
}

/* Both lists are in order. The nearest right span on each side decides: others are further away. */
static sl_status near_spans(sl_scan *scan, const sl_formula *node, const sl_spans *left, const sl_spans *right, sl_spans *out) {
    if (node->unit == SL_UNIT_WORDS && !scan->word_starts_before && left->count && right->count) TRY(count_word_starts(scan));
    uint32_t before = 0, after = 0; /* right[before-1] is the last that ends by the start of left; right[after] the first from its end on */
    for (uint32_t i = 0; i < left->count; i++) {
        sl_span a = left->items[i];
        while (before < right->count && right->items[before].end <= a.start) before++;
        while (after < right->count && right->items[after].start < a.end) after++;
        int found = 0;
        if (node->side != SL_SIDE_BEFORE && before > 0) found = close_enough(scan, node, right->items[before - 1].end, a.start);
        if (!found && node->side != SL_SIDE_AFTER && after < right->count) found = close_enough(scan, node, a.end, right->items[after].start);
        if (found) TRY(sl_spans_push(out, scan->arena, a.start, a.end));
    }
    return SL_OK;
}

static sl_status append(sl_scan *scan, const sl_spans *from, sl_spans *to) {
    for (uint32_t i = 0; i < from->count; i++) TRY(sl_spans_push(to, scan->arena, from->items[i].start, from->items[i].end));
    return SL_OK;
}

/* ── The walk ──────────────────────────────────────────────────────────────────────────────────────── */

/* A node that is being computed: `step` of its parts are done. `lists` are those of its pattern, by node from `first` on. */
typedef struct {
    sl_spans *lists;
    uint32_t pattern, first, node, step;
} frame;

typedef struct {
    frame *items;
    uint32_t count, capacity;
} frames;

static sl_status push(frames *stack, sl_arena *arena, frame made) {
    if (stack->count == stack->capacity) {
        uint32_t capacity = stack->capacity ? 2 * stack->capacity : 16;
        frame *items = sl_arena_take(arena, (size_t)capacity * sizeof *items);
        if (!items) return SL_NO_MEMORY;
        if (stack->count) memcpy(items, stack->items, (size_t)stack->count * sizeof *items);
        stack->items = items;
        stack->capacity = capacity;
    }
    stack->items[stack->count++] = made;
    return SL_OK;
}

static int is_possible(const sl_scan *scan, uint32_t pattern) {
    const uint64_t bit = (uint64_t)1 << (pattern & 63);
    if (scan->absent && (scan->absent[pattern >> 6] & bit)) return 0;
    return !scan->possible || (scan->possible[pattern >> 6] & bit);
}

static sl_status push_pattern(sl_scan *scan, frames *stack, uint32_t pattern) {
    const sl_patterns *p = &scan->engine->patterns;
    uint32_t first = p->patterns[2 * pattern], count = p->patterns[2 * pattern + 1];
    sl_spans *lists = sl_arena_take(scan->arena, (size_t)count * sizeof *lists);
    if (!lists) return SL_NO_MEMORY;
    memset(lists, 0, (size_t)count * sizeof *lists);
    return push(stack, scan->arena, (frame){lists, pattern, first, first + count - 1, 0});
}

/* The part of a node that comes next, or UINT32_MAX where its own spans can be worked out. */
static uint32_t next_part(const sl_scan *scan, const frame *f) {
    const sl_patterns *p = &scan->engine->patterns;
    const sl_formula *node = &p->nodes[f->node];
    const uint32_t *children = p->children + node->first;
    switch (node->kind) {
    case SL_NODE_NEAR: {
        uint32_t before = scan->engine->foresight.dear_node[children[0]] && !scan->engine->foresight.dear_node[children[1]];
        if (f->step == 2 || (f->step == 1 && !f->lists[children[before] - f->first].count)) return UINT32_MAX;
        return children[before ^ f->step];
    }
    case SL_NODE_EXCEPT:
        if (f->step == node->count || (f->step && !f->lists[children[0] - f->first].count)) return UINT32_MAX;
        return children[f->step];
    case SL_NODE_ANY: return f->step < node->count ? children[f->step] : UINT32_MAX;
    default: return UINT32_MAX;
    }
}

/* INVARIANT: the parts that can matter are done, and the pattern that a REF names is. */
static sl_status node_spans(sl_scan *scan, const frame *f, sl_spans *out) {
    const sl_patterns *p = &scan->engine->patterns;
    const sl_formula *node = &p->nodes[f->node];
    if (node->kind == SL_NODE_LEAF) return sl_scan_leaf(scan, node->first, out);
    if (node->kind == SL_NODE_REF) return append(scan, &scan->results.spans[node->first], out);
    const uint32_t *children = p->children + node->first;
    const sl_spans *head = &f->lists[children[0] - f->first];
    if (node->kind == SL_NODE_NEAR) return near_spans(scan, node, head, &f->lists[children[1] - f->first], out);
    TRY(append(scan, head, out));
    for (uint32_t c = 1; c < node->count; c++) {
        const sl_spans *other = &f->lists[children[c] - f->first];
        if (node->kind == SL_NODE_ANY) TRY(append(scan, other, out));
        else TRY(sl_spans_except(out, other));
    }
    if (node->kind == SL_NODE_ANY && node->count > 1) sl_spans_select(out);
    return SL_OK;
}

static sl_status walk(sl_scan *scan, uint32_t pattern) {
    const sl_patterns *p = &scan->engine->patterns;
    frames stack = {0};
    TRY(push_pattern(scan, &stack, pattern));
    while (stack.count) {
        frame *top = &stack.items[stack.count - 1];
        const sl_formula *node = &p->nodes[top->node];
        uint32_t part = next_part(scan, top);
        if (part != UINT32_MAX) {
            top->step++;
            TRY(push(&stack, scan->arena, (frame){top->lists, top->pattern, top->first, part, 0}));
            continue;
        }
        if (node->kind == SL_NODE_REF && !scan->results.done[node->first]) {
            if (is_possible(scan, node->first)) {
                TRY(push_pattern(scan, &stack, node->first)); /* a lower number: the way down ends */
                continue;
            }
            scan->results.spans[node->first] = (sl_spans){0};
            scan->results.done[node->first] = 1;
        }
        TRY(node_spans(scan, top, &top->lists[top->node - top->first]));
        if (top->node == p->patterns[2 * top->pattern] + p->patterns[2 * top->pattern + 1] - 1) {
            scan->results.spans[top->pattern] = top->lists[top->node - top->first];
            scan->results.done[top->pattern] = 1;
        }
        stack.count--;
    }
    return SL_OK;
}

sl_status sl_scan_possible_pattern(sl_scan *scan, uint32_t pattern, const sl_spans **spans) {
    const sl_patterns *p = &scan->engine->patterns;
    if (!scan->results.done[pattern]) {
        uint32_t first = p->patterns[2 * pattern];
        scan->results.spans[pattern] = (sl_spans){0};
        if (!is_possible(scan, pattern)) {
            scan->results.done[pattern] = 1;
        } else if (p->patterns[2 * pattern + 1] == 1 && p->nodes[first].kind == SL_NODE_LEAF) {
            /* PERF: most patterns are one leaf and refer to nothing. */
            TRY(sl_scan_leaf(scan, p->nodes[first].first, &scan->results.spans[pattern]));
            scan->results.done[pattern] = 1;
        } else {
            TRY(walk(scan, pattern));
        }
    }
    *spans = &scan->results.spans[pattern];
    return SL_OK;
}
