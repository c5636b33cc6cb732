/* Computes patterns over one text, each once and only when asked. */
#include "engine.h"
#include "entities.h"
#include "zones.h"

#include <stdlib.h>

#define TRY(call) do { sl_status status_ = (call); if (status_) return status_; } while (0)

sl_status sl_scan_start(sl_scan *scan, const sl_engine *engine, sl_arena *arena, const sl_text *text) {
    memset(&scan->done, 0, sizeof scan->done);
    memset(scan->seen, 0, sizeof scan->seen);
    scan->absent = NULL;
    scan->word_starts_before = NULL;
    scan->possible = NULL;
    scan->engine = engine;
    scan->arena = arena;
    scan->text = *text;
    scan->scanned_chars = sl_prefix_chars(text, engine->patterns.limit_bytes);
    uint32_t count = engine->patterns.pattern_count;
    scan->results.spans = sl_arena_take(arena, (size_t)count * sizeof(sl_spans));
    scan->results.done = sl_arena_take(arena, count);
    if (!scan->results.spans || !scan->results.done) return SL_NO_MEMORY;
    memset(scan->results.done, 0, count);
    return SL_OK;
}

static sl_status stream_of(sl_scan *scan, int level, const sl_stream **stream) {
    if (!scan->done.folded[level]) {
        if (level == SL_STREAM_RAW)
            TRY(sl_raw_stream(scan->arena, &scan->text, scan->scanned_chars, &scan->streams[level]));
        else
            TRY(sl_fold_run(&scan->engine->folds[level], scan->arena, &scan->text, scan->scanned_chars, &scan->streams[level]));
        scan->done.folded[level] = 1;
    }
    *stream = &scan->streams[level];
    return SL_OK;
}

sl_status sl_scan_stream(sl_scan *scan, int level, const sl_stream **stream) { return stream_of(scan, level, stream); }

static sl_status links_of(sl_scan *scan, int level, int strong, const sl_link_list **links) {
    if (!scan->done.links[level][strong]) {
        const sl_engine *e = scan->engine;
        const sl_stream *stream;
        TRY(stream_of(scan, level, &stream));
        scan->link_lists[level][strong] = (sl_link_list){0};
        if (strong) TRY(sl_links_scan_strong(&e->suffixes, &e->props, stream, scan->arena, &scan->link_lists[level][1]));
        else TRY(sl_links_scan(&e->suffixes, &e->props, stream, scan->arena, &scan->link_lists[level][0]));
        scan->done.links[level][strong] = 1;
    }
    *links = &scan->link_lists[level][strong];
    return SL_OK;
}

/* ── Leaves ──────────────────────────────────────────────────────────────────────────────────────── */

/* PERF: a message has few hits, and a walk over them beats an index by leaf. A flood is sorted by leaf once. */
enum { FEW_HITS = 32 };

static int by_leaf_then_start(const void *left, const void *right) {
    const sl_hit *a = left, *b = right;
    if (a->leaf != b->leaf) return a->leaf < b->leaf ? -1 : 1;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    return a->end > b->end ? -1 : a->end < b->end;
}

static void sort_flood(sl_hits *hits) {
    if (hits->count > FEW_HITS) qsort(hits->items, hits->count, sizeof *hits->items, by_leaf_then_start);
}

static sl_status hits_of_leaf(const sl_hits *hits, uint32_t leaf, sl_arena *arena, sl_spans *spans) {
    uint32_t i = 0;
    if (hits->count > FEW_HITS) {
        uint32_t high = hits->count;
        while (i < high) {
            uint32_t middle = i + (high - i) / 2;
            if (hits->items[middle].leaf < leaf) i = middle + 1;
            else high = middle;
        }
    }
    for (; i < hits->count; i++) {
        if (hits->items[i].leaf == leaf) TRY(sl_spans_push(spans, arena, hits->items[i].start, hits->items[i].end));
        else if (hits->count > FEW_HITS) break;
    }
    return SL_OK;
}

sl_status sl_scan_words(sl_scan *scan, int level, const sl_hits **hits) {
    if (!scan->done.words[level]) {
        const sl_stream *stream;
        TRY(stream_of(scan, level, &stream));
        scan->word_hits[level] = (sl_hits){0};
        TRY(sl_words_find(&scan->engine->words[level], &scan->engine->props, stream, scan->arena, &scan->word_hits[level]));
        sort_flood(&scan->word_hits[level]);
        scan->done.words[level] = 1;
    }
    *hits = &scan->word_hits[level];
    return SL_OK;
}

sl_status sl_scan_literals(sl_scan *scan, int level, const sl_hits **hits) {
    if (!scan->done.literals[level]) {
        const sl_stream *stream;
        TRY(stream_of(scan, level, &stream));
        scan->literal_hits[level] = (sl_hits){0};
        TRY(sl_literals_find(&scan->engine->literals[level], &scan->engine->props, stream, scan->arena, &scan->literal_hits[level]));
        sort_flood(&scan->literal_hits[level]);
        scan->done.literals[level] = 1;
    }
    *hits = &scan->literal_hits[level];
    return SL_OK;
}

/* PERF: one pass over the stream tells for all automata together which of them can match at all; of thirty, two. */
static sl_status note_absent(sl_scan *scan, int level) {
    const sl_foresight *f = &scan->engine->foresight;
    if (!f->gated[level]) return SL_OK;
    if (!scan->absent) {
        scan->absent = sl_arena_take(scan->arena, (size_t)f->pattern_words * sizeof(uint64_t));
        if (!scan->absent) return SL_NO_MEMORY;
        memset(scan->absent, 0, (size_t)f->pattern_words * sizeof(uint64_t));
    }
    for (uint32_t w = 0; w < f->pattern_words; w++) scan->absent[w] |= f->gated[level][w];
    for (uint32_t w = 0; w < scan->engine->dfas.gate_chunks * SL_GATE_WORDS; w++)
        for (uint64_t bits = scan->seen[level]->bits[w]; bits; bits &= bits - 1) {
            uint32_t bit = w * 64 + (uint32_t)__builtin_ctzll(bits);
            for (uint32_t i = f->by_bit.first[bit]; i < f->by_bit.first[bit + 1]; i++) {
                uint32_t leaf = f->by_bit.items[i];
                for (uint32_t k = f->by_leaf.first[leaf]; k < f->by_leaf.first[leaf + 1]; k++)
                    scan->absent[f->by_leaf.items[k] >> 6] &= ~(1ull << (f->by_leaf.items[k] & 63));
            }
        }
    return SL_OK;
}

static sl_status gate_of(sl_scan *scan, int level, const sl_seen **seen) {
    const sl_stream *stream;
    if (!scan->seen[level]) {
        TRY(stream_of(scan, level, &stream));
        TRY(sl_dfas_gate(&scan->engine->dfas, stream, scan->arena, &scan->seen[level]));
        TRY(note_absent(scan, level));
    }
    *seen = scan->seen[level];
    return SL_OK;
}

sl_status sl_scan_gate(sl_scan *scan, int level, const uint64_t **bits) {
    const sl_seen *seen;
    TRY(gate_of(scan, level, &seen));
    *bits = seen->bits;
    return SL_OK;
}

static sl_status words_of_leaf(sl_scan *scan, int level, uint32_t leaf, sl_spans *spans) {
    const sl_hits *hits;
    if (!scan->engine->has_words[level]) return SL_OK;
    TRY(sl_scan_words(scan, level, &hits));
    return hits_of_leaf(hits, leaf, scan->arena, spans);
}

static sl_status literals_of_leaf(sl_scan *scan, int level, uint32_t leaf, sl_spans *spans) {
    const sl_hits *hits;
    if (!scan->engine->has_literals[level]) return SL_OK;
    TRY(sl_scan_literals(scan, level, &hits));
    return hits_of_leaf(hits, leaf, scan->arena, spans);
}

static sl_status links_of_leaf(sl_scan *scan, int level, int strong, uint32_t leaf, sl_spans *spans) {
    if (!scan->engine->has_links[level]) return SL_OK;
    sl_hits *hits = &scan->link_hits[level][strong];
    if (!scan->done.link_shapes[level][strong]) {
        const sl_link_list *links;
        *hits = (sl_hits){0};
        TRY(links_of(scan, level, strong, &links));
        TRY(sl_links_match(&scan->engine->links[level], links, scan->arena, hits));
        sort_flood(hits);
        scan->done.link_shapes[level][strong] = 1;
    }
    return hits_of_leaf(hits, leaf, scan->arena, spans);
}

static sl_status dfas_of_leaf(sl_scan *scan, const sl_leaf *leaf, uint32_t number, sl_spans *spans) {
    const sl_stream *stream;
    TRY(stream_of(scan, leaf->stream, &stream));
    const sl_seen *seen = NULL;
    if (leaf->count) TRY(gate_of(scan, leaf->stream, &seen));
    /* One automaton may select by itself; of several, the union must see all candidates. */
    int all_starts = leaf->count > 1 || leaf->strong;
    for (uint32_t i = 0; i < leaf->count; i++)
        if (sl_dfa_may_match(&scan->engine->dfas, seen, leaf->first + i)) TRY(sl_dfa_find(&scan->engine->dfas, leaf->first + i, seen, stream, all_starts, scan->arena, spans));
    if (leaf->strong) TRY(words_of_leaf(scan, leaf->stream, number, spans));
    return SL_OK;
}

static sl_status entity_of_leaf(sl_scan *scan, const sl_leaf *leaf, sl_spans *spans) {
    if (leaf->what == SL_ENTITY_URL) {
        const sl_link_list *links;
        TRY(links_of(scan, leaf->stream, leaf->strong, &links));
        return sl_links_spans(links, scan->arena, spans);
    }
    /* The letters of a wallet are numbers of base 58: their case counts. */
    int level = leaf->what == SL_ENTITY_CRYPTO_WALLET ? SL_STREAM_CASED : leaf->stream;
    const sl_stream *stream;
    TRY(stream_of(scan, level, &stream));
    return sl_find_entity(scan->engine, leaf, stream, scan->arena, spans);
}

static sl_status zone_of_leaf(sl_scan *scan, const sl_leaf *leaf, sl_spans *spans) {
    if (leaf->what == SL_ZONE_CODE) return sl_zone_code(&scan->text, scan->scanned_chars, scan->arena, spans);
    if (leaf->what == SL_ZONE_QUOTE) return sl_zone_quote(&scan->text, scan->scanned_chars, scan->arena, spans);
    const sl_link_list *links;
    TRY(links_of(scan, leaf->stream, 0, &links));
    return sl_links_spans(links, scan->arena, spans);
}

sl_status sl_scan_leaf(sl_scan *scan, uint32_t number, sl_spans *spans) {
    const sl_leaf *leaf = &scan->engine->patterns.leaves[number];
    switch (leaf->kind) {
    case SL_LEAF_WORDS: TRY(words_of_leaf(scan, leaf->stream, number, spans)); break;
    case SL_LEAF_LITERALS: TRY(literals_of_leaf(scan, leaf->stream, number, spans)); break;
    case SL_LEAF_DFAS: TRY(dfas_of_leaf(scan, leaf, number, spans)); break;
    case SL_LEAF_LINKS: TRY(links_of_leaf(scan, leaf->stream, leaf->strong, number, spans)); break;
    case SL_LEAF_ENTITY: TRY(entity_of_leaf(scan, leaf, spans)); break;
    default: TRY(zone_of_leaf(scan, leaf, spans)); break;
    }
    sl_spans_select(spans);
    return SL_OK;
}

/* ── Questions about spans ───────────────────────────────────────────────────────────────────────── */

/* The first folded character whose origin is at least `at`. */
static uint32_t folded_index(const sl_stream *stream, uint32_t at) {
    if (!stream->origin) return at < stream->length ? at : stream->length;
    uint32_t low = 0, high = stream->length;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (stream->origin[middle] < at) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int same_folded(const sl_stream *stream, sl_span a, sl_span b) { /* spans of folded characters */
    if (a.end - a.start != b.end - b.start) return 0;
    for (uint32_t i = 0; i < a.end - a.start; i++)
        if (sl_at(stream, a.start + i) != sl_at(stream, b.start + i)) return 0;
    return 1;
}

sl_status sl_scan_distinct(sl_scan *scan, const sl_spans *spans, uint64_t *count) {
    const sl_stream *stream;
    TRY(stream_of(scan, SL_STREAM_BASIC, &stream));
    uint32_t slots = 16;
    while (slots < spans->count * 2ull && slots < (1u << 31)) slots *= 2;
    sl_span *table = sl_arena_take(scan->arena, (size_t)slots * sizeof *table);
    if (!table) return SL_NO_MEMORY;
    memset(table, 0xFF, (size_t)slots * sizeof *table); /* start UINT32_MAX: free */
    *count = 0;
    for (uint32_t i = 0; i < spans->count; i++) {
        sl_span folded = {folded_index(stream, spans->items[i].start), folded_index(stream, spans->items[i].end)};
        uint64_t hash = scan->engine->secret;
        for (uint32_t c = folded.start; c < folded.end; c++) {
            hash = (hash ^ sl_at(stream, c)) * (scan->engine->secret | 1);
            hash ^= hash >> 32;
        }
        uint32_t slot = (uint32_t)hash & (slots - 1);
        while (table[slot].start != UINT32_MAX && !same_folded(stream, table[slot], folded)) slot = (slot + 1) & (slots - 1);
        if (table[slot].start != UINT32_MAX) continue;
        table[slot] = folded;
        ++*count;
    }
    return SL_OK;
}

int sl_scan_covers(const sl_scan *scan, const sl_spans *spans) {
    if (!spans->count) return 0;
    uint32_t next = 0;
    for (uint32_t i = 0; i < scan->text.length_chars; i++) {
        while (next < spans->count && spans->items[next].end <= i) next++;
        if (next < spans->count && spans->items[next].start <= i) {
            i = spans->items[next].end - 1;
            continue;
        }
        if (!(sl_props_of(&scan->engine->props, sl_char(&scan->text, i)) & (SL_SPACE | SL_PUNCTUATION | SL_DROPPED))) return 0;
    }
    return 1;
}
