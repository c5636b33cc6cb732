/* Arena, span lists and hit lists. */
#include "solon.h"

#include <stdlib.h>

struct sl_block {
    sl_block *next;
    size_t size; /* of the bytes after this header */
    size_t unused_for_alignment[2];
};

enum { FIRST_BLOCK = 32 * 1024, KEPT_BYTES = 256 * 1024 };

void sl_arena_init(sl_arena *arena) {
    arena->first = NULL;
    arena->next = arena->end = NULL;
}

static void use(sl_arena *arena, sl_block *block) {
    arena->next = (char *)(block + 1);
    arena->end = arena->next + block->size;
}

static void free_from(sl_block *block) {
    while (block) {
        sl_block *next = block->next;
        free(block);
        block = next;
    }
}

void sl_arena_reset(sl_arena *arena) {
    if (!arena->first) return;
    if (arena->first->next || arena->first->size > KEPT_BYTES) {
        size_t kept = 0;
        sl_block **place = &arena->first;
        for (; *place && kept + (*place)->size <= KEPT_BYTES; place = &(*place)->next) kept += (*place)->size;
        free_from(*place);
        *place = NULL;
    }
    if (arena->first) use(arena, arena->first);
    else arena->next = arena->end = NULL;
}

void sl_arena_free(sl_arena *arena) {
    free_from(arena->first);
    sl_arena_init(arena);
}

void *sl_arena_take_more(sl_arena *arena, size_t bytes) {
    if (bytes > SIZE_MAX - 4096) return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    sl_block *block = arena->first;
    while (block && (char *)(block + 1) + block->size != arena->end) block = block->next; /* a few: each is twice the one before */
    while (block && block->next) { /* kept from another time */
        block = block->next;
        use(arena, block);
        if (bytes <= block->size) {
            arena->next += bytes;
            return block + 1;
        }
    }
    size_t size = block ? block->size * 2 : FIRST_BLOCK;
    if (size > 16 * 1024 * 1024) size = 16 * 1024 * 1024;
    if (size < bytes) size = bytes;
    sl_block *more = malloc(sizeof(sl_block) + size);
    if (!more) return NULL;
    more->next = NULL;
    more->size = size;
    if (block) block->next = more;
    else arena->first = more;
    use(arena, more);
    arena->next += bytes;
    return more + 1;
}

/* The old items stay in the arena: growth by doubling wastes at most as much again. */
static void *grown(sl_arena *arena, const void *items, uint32_t count, uint32_t *capacity, size_t size) {
    if (*capacity >= UINT32_MAX / 2) return NULL;
    uint32_t wanted = *capacity ? *capacity * 2 : 16;
    void *bigger = sl_arena_take(arena, (size_t)wanted * size);
    if (!bigger) return NULL;
    if (count) memcpy(bigger, items, (size_t)count * size);
    *capacity = wanted;
    return bigger;
}

sl_status sl_spans_push(sl_spans *spans, sl_arena *arena, uint32_t start, uint32_t end) {
    if (spans->count == spans->capacity) {
        sl_span *items = grown(arena, spans->items, spans->count, &spans->capacity, sizeof *items);
        if (!items) return SL_NO_MEMORY;
        spans->items = items;
    }
    spans->items[spans->count++] = (sl_span){start, end};
    return SL_OK;
}

sl_status sl_hits_push(sl_hits *hits, sl_arena *arena, uint32_t leaf, uint32_t start, uint32_t end) {
    if (hits->count == hits->capacity) {
        sl_hit *items = grown(arena, hits->items, hits->count, &hits->capacity, sizeof *items);
        if (!items) return SL_NO_MEMORY;
        hits->items = items;
    }
    hits->items[hits->count++] = (sl_hit){leaf, start, end};
    return SL_OK;
}

static int by_start_then_longest(const void *left, const void *right) {
    const sl_span *a = left, *b = right;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end > b->end ? -1 : 1;
    return 0;
}

void sl_spans_select(sl_spans *spans) {
    for (uint32_t i = 1; i < spans->count; i++) {
        if (by_start_then_longest(&spans->items[i - 1], &spans->items[i]) > 0) {
            qsort(spans->items, spans->count, sizeof *spans->items, by_start_then_longest);
            break;
        }
    }
    uint32_t kept = 0, from = 0;
    for (uint32_t i = 0; i < spans->count; i++) {
        sl_span span = spans->items[i];
        if (span.start < from || span.end <= span.start) continue;
        spans->items[kept++] = span;
        from = span.end;
    }
    spans->count = kept;
}
