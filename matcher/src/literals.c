/* Opens the literals of a level and finds them. */
#include "literals.h"

#include "utf8_view.h"

enum { HEADER_BYTES = 32, EMPTY = 0, DENSE = 1, SPARSE = 2 };
#define NONE UINT32_MAX

#define REFUSE(why, where) SL_REFUSE(fault, "literals", why, where)

typedef struct {
    const uint8_t *section;
    size_t bytes, at;
    int short_of; /* a part did not fit */
} reader;

/* `count` items of `size` bytes and the padding after them; the place where they would be even where they do not fit. */
static const void *take(reader *r, uint64_t count, size_t size) {
    uint64_t wanted = (count * size + 7) & ~(uint64_t)7;
    const void *taken = r->section + r->at;
    if (wanted > r->bytes - r->at) r->short_of = 1;
    else r->at += (size_t)wanted;
    return taken;
}

static sl_status verify_sparse(const sl_literals *l, uint32_t edges, sl_fault *fault) {
    if (l->edge_starts[0] != 0 || l->edge_starts[l->states] != edges) REFUSE("the edges do not tile", 0);
    for (uint32_t i = 0; i < l->states; i++) {
        if (l->edge_starts[i] > l->edge_starts[i + 1]) REFUSE("the edges do not tile", i);
        if (i ? l->fail[i] >= i : l->fail[i] != 0) REFUSE("a failure does not lead back", i);
    }
    for (uint32_t i = 0; i < l->states; i++)
        for (uint32_t e = l->edge_starts[i]; e < l->edge_starts[i + 1]; e++)
            if (l->targets[e] <= i || l->targets[e] >= l->states) REFUSE("an edge does not lead on", e);
    return SL_OK;
}

static sl_status verify_dense(const sl_literals *l, sl_fault *fault) {
    for (uint32_t i = 0; i < 256; i++)
        if (l->class_of[i] >= l->classes) REFUSE("a class that is not there", i);
    uint64_t cells = (uint64_t)l->states * l->classes;
    for (uint64_t i = 0; i < cells; i++)
        if (l->next[i] >= l->states) REFUSE("a state that is not there", i);
    return SL_OK;
}

static sl_status verify_lists(const sl_literals *l, uint32_t items, sl_fault *fault) {
    for (uint32_t i = 0; i < l->states; i++)
        if (l->list_of[i] != NONE && l->list_of[i] >= l->lists) REFUSE("a list that is not there", i);
    if (l->list_starts[0] != 0 || l->list_starts[l->lists] != items) REFUSE("the lists do not tile", 0);
    for (uint32_t i = 0; i < l->lists; i++) {
        if (l->list_starts[i] > l->list_starts[i + 1]) REFUSE("the lists do not tile", i);
        if (l->links[i] != NONE && l->links[i] >= i) REFUSE("a link does not lead back", i);
    }
    for (uint32_t i = 0; i < items; i++)
        if (l->items[i].leaf >= l->leaf_limit || l->items[i].bytes == 0) REFUSE("an item is out of range", i);
    return SL_OK;
}

sl_status sl_literals_open(sl_literals *l, const uint8_t *section, size_t bytes, sl_fault *fault) {
    memset(l, 0, sizeof *l);
    if (bytes < HEADER_BYTES || ((uintptr_t)section & 7)) REFUSE("too short or not aligned", bytes);
    const uint32_t *h = (const uint32_t *)section;
    l->kind = h[0];
    l->states = h[1];
    l->lists = h[3];
    l->leaf_limit = h[6];
    if (l->kind > SPARSE || h[5] || h[7]) REFUSE("a field of the header is out of range", 0);
    if (l->kind == EMPTY) {
        if (bytes != HEADER_BYTES || h[1] || h[2] || h[3] || h[4]) REFUSE("an empty section that is not empty", 0);
        return SL_OK;
    }
    if (l->states == 0) REFUSE("there is no state", 0);
    reader r = {section, bytes, HEADER_BYTES, 0};
    if (l->kind == DENSE) {
        l->classes = h[2];
        if (l->classes == 0 || l->classes > 256) REFUSE("classes out of range", 8);
        l->class_of = take(&r, 256, 1);
        l->next = take(&r, (uint64_t)l->states * l->classes, sizeof *l->next);
    } else {
        l->edge_starts = take(&r, (uint64_t)l->states + 1, sizeof *l->edge_starts);
        l->fail = take(&r, l->states, sizeof *l->fail);
        l->targets = take(&r, h[2], sizeof *l->targets);
        l->labels = take(&r, h[2], 1);
    }
    l->list_of = take(&r, l->states, sizeof *l->list_of);
    l->list_starts = take(&r, (uint64_t)l->lists + 1, sizeof *l->list_starts);
    l->links = take(&r, l->lists, sizeof *l->links);
    l->items = take(&r, h[4], sizeof *l->items);
    if (r.short_of || r.at != bytes) REFUSE("the counts do not fit the length", bytes);
    sl_status status = l->kind == DENSE ? verify_dense(l, fault) : verify_sparse(l, h[2], fault);
    return status ? status : verify_lists(l, h[4], fault);
}

/* ── Finding ─────────────────────────────────────────────────────────────────────────────────────── */

static sl_status read_stream(sl_view *v, const sl_stream *s, sl_arena *arena) {
    if (s->narrow) {
        *v = (sl_view){s->narrow, s->length, NULL};
        return SL_OK;
    }
    uint32_t room = sl_utf8_length(s), *map, out = 0;
    uint8_t *to;
    if (!room) return SL_NO_MEMORY;
    sl_status status = sl_view_room(arena, room, &to, &map);
    if (status) return status;
    for (uint32_t i = 0; i < s->length; i++) {
        uint32_t size = sl_utf8_put(to + out, s->wide[i]);
        for (uint32_t k = 0; k < size; k++) map[out++] = i;
    }
    map[out] = s->length;
    memset(to + out, 0, 16);
    *v = (sl_view){to, out, map};
    return SL_OK;
}

static uint32_t sparse_step(const sl_literals *l, uint32_t state, uint8_t byte) {
    for (;;) {
        uint32_t low = l->edge_starts[state], end = l->edge_starts[state + 1], high = end;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (l->labels[middle] < byte) low = middle + 1;
            else high = middle;
        }
        if (low < end && l->labels[low] == byte) return l->targets[low];
        if (state == 0) return 0;
        state = l->fail[state];
    }
}

/* All literals that start at byte `at`, where the automaton has come to `list`. */
static sl_status report(const sl_literals *l, const sl_view *v, const sl_stream *s, uint32_t list, uint32_t at, sl_arena *arena, sl_hits *hits) {
    uint32_t first = sl_view_char(v, at);
    if (!sl_starts(s, first)) return SL_OK;
    for (; list != NONE; list = l->links[list]) {
        for (uint32_t i = l->list_starts[list]; i < l->list_starts[list + 1]; i++) {
            if (l->items[i].bytes > v->length - at) continue; /* only in a damaged section */
            uint32_t end = sl_view_char(v, at + l->items[i].bytes);
            if (end <= first) continue; /* likewise */
            sl_status status = sl_hits_push(hits, arena, l->items[i].leaf, sl_origin(s, first), sl_reach(s, end - 1));
            if (status) return status;
        }
    }
    return SL_OK;
}

/* The scan found the last hit first. */
static void turn_round(sl_hits *hits, uint32_t from) {
    for (uint32_t low = from, high = hits->count; low + 1 < high; low++) {
        sl_hit hit = hits->items[--high];
        hits->items[high] = hits->items[low];
        hits->items[low] = hit;
    }
}

sl_status sl_literals_find(const sl_literals *l, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_hits *hits) {
    (void)props;
    if (l->kind == EMPTY || !stream->length) return SL_OK;
    sl_view v;
    sl_status status = read_stream(&v, stream, arena);
    uint32_t state = 0, from = hits->count;
    for (uint32_t at = v.length; !status && at > 0;) {
        uint8_t byte = v.bytes[--at];
        state = l->kind == DENSE ? l->next[state * l->classes + l->class_of[byte]] : sparse_step(l, state, byte);
        if (l->list_of[state] != NONE) status = report(l, &v, stream, l->list_of[state], at, arena, hits);
    }
    turn_round(hits, from);
    return status;
}
