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
    arena->first = arena->current = NULL;
    arena->used = 0;
}

void sl_arena_reset(sl_arena *arena) {
    size_t kept = 0;
    sl_block *block = arena->first, *last = NULL;
    while (block && kept + block->size <= KEPT_BYTES) {
        kept += block->size;
        last = block;
        block = block->next;
    }
    while (block) {
        sl_block *next = block->next;
        free(block);
        block = next;
    }
    if (last) last->next = NULL;
    else arena->first = NULL;
    arena->current = arena->first;
    arena->used = 0;
}

void sl_arena_free(sl_arena *arena) {
    sl_block *block = arena->first;
    while (block) {
        sl_block *next = block->next;
        free(block);
        block = next;
    }
    sl_arena_init(arena);
}

void *sl_arena_take(sl_arena *arena, size_t bytes) {
    if (bytes > SIZE_MAX - 64) return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    while (arena->current) {
        if (bytes <= arena->current->size - arena->used) {
            void *taken = (char *)(arena->current + 1) + arena->used;
            arena->used += bytes;
            return taken;
        }
        if (!arena->current->next) break;
        arena->current = arena->current->next;
        arena->used = 0;
    }
    size_t size = arena->current ? arena->current->size * 2 : FIRST_BLOCK;
    if (size > 16 * 1024 * 1024) size = 16 * 1024 * 1024;
    if (size < bytes) size = bytes;
    sl_block *block = malloc(sizeof(sl_block) + size);
    if (!block) return NULL;
    block->next = NULL;
    block->size = size;
    if (arena->current) arena->current->next = block;
    else arena->first = block;
    arena->current = block;
    arena->used = bytes;
    return block + 1;
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
