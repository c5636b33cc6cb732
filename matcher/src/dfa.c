/* Opens, verifies and runs the automata.
 *
 * From each character that may begin a match the automaton runs until it is dead, and the longest end counts. On ordinary
 * text most runs die within a few characters. A hostile text can make each run go to the end of the text
 * (`a.*b|a` on a run of a's), which would be quadratic. So the symbols read are counted, and once they exceed what ordinary
 * text takes, runs leave notes: at every `stride`-th character, in which state they came by and what the longest end was in the
 * end. A later run that comes by in the same state knows the rest. Each pair of state and noted place is then walked from once, so that
 * all runs together read at most (starts × stride) + (states × length) symbols: linear in the text for one automaton. The stride begins small
 * and grows only where so many states come by that their notes would not fit. (The idea is
 * that of linear-time maximal-munch scanners; they note failures, here the notes are values.)
 */
#include "dfa.h"

#include "simd.h"

#include <stdlib.h>

#ifdef SL_COUNT_STEPS
uint64_t sl_dfa_steps;
#define COUNT_STEPS(n) (sl_dfa_steps += (n))
#else
#define COUNT_STEPS(n) ((void)0)
#endif

enum { HEADER_BYTES = 32, INDEX = 0x110000 >> 12, BLOCK = 32, PAGE = 128 };
enum { FREE_STEPS = 4096, FREE_STEPS_PER_CHARACTER = 8, STRIDE_LEAST = 16, NOTES_LEAST = 4096, NOTES_MOST = 1 << 19 };

#define REFUSE(why, where) SL_REFUSE(fault, "dfas", why, where)

static sl_status verify_map(const sl_dfas *d, uint32_t blocks, uint32_t pages, sl_fault *fault) {
    for (uint32_t i = 0; i < INDEX; i++)
        if (d->index[i] >= blocks) REFUSE("a block that is not there", i);
    for (uint32_t i = 0; i < blocks * BLOCK; i++)
        if (d->blocks[i] >= pages) REFUSE("a page that is not there", i);
    for (uint32_t i = 0; i < pages * PAGE; i++) {
        uint32_t atom = d->atom_bytes == 1 ? d->pages[i] : ((const uint16_t *)d->pages)[i];
        if (atom >= d->atom_count) REFUSE("an atom that is not there", i);
    }
    return SL_OK;
}

/* `at` is where its tables must stand: they tile, so that the time to verify all of them is linear in the section. */
static sl_status verify_record(const sl_dfas *d, uint32_t i, uint32_t table_bytes, uint64_t *at, uint32_t *row, sl_fault *fault) {
    const sl_dfa_record *r = &d->records[i];
    uint64_t classes_end = (uint64_t)r->classes_at + 128 + d->atom_count;
    uint64_t states_end = (uint64_t)r->states_at + ((uint64_t)r->states + 1) * r->width * 2;
    if (r->width < 2 || r->width > 256 || r->states == 0 || r->states > 65535) REFUSE("a size out of range", i);
    if (r->classes_at != *at || r->states_at != ((classes_end + 7) & ~(uint64_t)7)) REFUSE("the tables do not tile", i);
    *at = (states_end + 7) & ~(uint64_t)7;
    if (*at > table_bytes) REFUSE("a table reaches past the end", i);
    if (r->first_row != *row || r->row_count > d->row_count - *row) REFUSE("the rows do not tile", i);
    *row += r->row_count;
    if (r->accepting_from == 0 || r->accepting_from > r->states) REFUSE("the dead state accepts", i);
    if (r->zero) REFUSE("a field out of range", i);
    const uint8_t *classes = d->tables + r->classes_at;
    for (uint32_t c = 0; c < 128 + d->atom_count; c++)
        if (classes[c] + 1u >= r->width) REFUSE("a class that is not there", i);
    const uint16_t *cells = (const uint16_t *)(d->tables + r->states_at);
    uint64_t count = ((uint64_t)r->states + 1) * r->width;
    for (uint64_t c = 0; c < count; c++)
        if (cells[c] >= r->states) REFUSE("a state that is not there", i);
    for (uint32_t c = 0; c < r->width; c++)
        if (cells[r->width + c]) REFUSE("the dead state leads on", i);
    return SL_OK;
}

static sl_status verify_rows(const sl_dfas *d, sl_fault *fault) {
    for (uint32_t i = 0; i < d->row_count; i++) {
        const sl_dfa_row *row = &d->rows[i];
        if (row->bit / (64 * SL_GATE_WORDS) >= d->gate_chunks) REFUSE("a bit of the gate that is not there", i);
        if (row->nearest > row->furthest || row->zero) REFUSE("a row is out of range", i);
    }
    return SL_OK;
}

sl_status sl_dfas_open(sl_dfas *d, const uint8_t *section, size_t bytes, sl_fault *fault) {
    if (bytes < HEADER_BYTES || ((uintptr_t)section & 7)) REFUSE("too short or not aligned", bytes);
    const uint32_t *h = (const uint32_t *)section;
    uint32_t blocks = h[2], pages = h[3], table_bytes = h[5];
    d->count = h[0];
    d->atom_count = h[1];
    d->atom_bytes = h[4];
    if ((d->atom_bytes != 1 && d->atom_bytes != 2) || d->atom_count == 0 || d->atom_count > 65536)
        REFUSE("a field of the header is out of range", 0);
    if (blocks == 0 || blocks > INDEX || pages == 0 || pages > 65536) REFUSE("a count of the header is out of range", 0);
    d->gate_chunks = h[6];
    d->row_count = h[7];
    uint64_t at[8] = {HEADER_BYTES};
    at[1] = at[0] + (uint64_t)d->count * sizeof(sl_dfa_record);
    at[2] = at[1] + INDEX * 2;
    at[3] = at[2] + (uint64_t)blocks * BLOCK * 2;
    at[4] = at[3] + (uint64_t)pages * PAGE * d->atom_bytes;
    at[5] = at[4] + (uint64_t)d->gate_chunks * sizeof(sl_dfa_gate);
    at[6] = at[5] + (uint64_t)d->row_count * sizeof(sl_dfa_row);
    at[7] = at[6] + table_bytes;
    if (at[7] != bytes) REFUSE("the counts do not fit the length", bytes);
    d->records = (const sl_dfa_record *)(section + at[0]);
    d->index = (const uint16_t *)(section + at[1]);
    d->blocks = (const uint16_t *)(section + at[2]);
    d->pages = section + at[3];
    d->gate = (const sl_dfa_gate *)(section + at[4]);
    d->rows = (const sl_dfa_row *)(section + at[5]);
    d->tables = section + at[6];
    sl_status status = verify_map(d, blocks, pages, fault);
    if (!status) status = verify_rows(d, fault);
    uint64_t next = 0;
    uint32_t row = 0;
    for (uint32_t i = 0; i < d->count && !status; i++) status = verify_record(d, i, table_bytes, &next, &row, fault);
    if (!status && (next != table_bytes || row != d->row_count)) REFUSE("a table belongs to no automaton", next);
    return status;
}

/* ── Running ─────────────────────────────────────────────────────────────────────────────────────── */

/* The notes of the runs over one text: a hash table of pairs of place and state (one more than place × 65536 + state; 0: free), and of each pair
 * the end that a run found which came by: 0 where none is known yet, 1 where no match ends from there on, else one more than the longest end.
 * `path` has the slots that the present run has to fill in. PERF: few of all pairs occur. Where they are too many all the same, the notes
 * begin anew with twice the stride. */
typedef struct {
    uint64_t *pairs;
    uint32_t *ends, *path;
    uint32_t stride, path_count, count, slots;
} notes;

typedef struct {
    const sl_dfas *dfas;
    const sl_dfa_record *record;
    const sl_stream *stream;
    const uint8_t *classes;
    const uint16_t *start, *next;
    uint64_t *marks; /* where a match may begin, a bit for each character; NULL: anywhere */
    uint64_t steps;
    notes notes;
} run;

static inline uint32_t atom_of(const sl_dfas *d, uint32_t c) {
    if (c >= 0x110000) return 0;
    uint32_t page = d->blocks[d->index[c >> 12] * BLOCK + (c >> 7 & (BLOCK - 1))];
    uint32_t at = page * PAGE + (c & (PAGE - 1));
    return d->atom_bytes == 1 ? d->pages[at] : ((const uint16_t *)d->pages)[at];
}

static sl_status begin_notes(run *r) {
    uint32_t n = r->stream->length, slots = NOTES_LEAST;
    while (slots < NOTES_MOST && slots < (uint64_t)n * 2) slots *= 2;
    r->notes.stride = STRIDE_LEAST;
    r->notes.slots = slots;
    r->notes.pairs = calloc(slots, sizeof *r->notes.pairs);
    r->notes.ends = malloc(slots * sizeof *r->notes.ends);
    r->notes.path = malloc(((size_t)n / STRIDE_LEAST + 1) * sizeof *r->notes.path);
    return r->notes.pairs && r->notes.ends && r->notes.path ? SL_OK : SL_NO_MEMORY;
}

static int notes_full(const notes *of) { return of->count >= of->slots / 4 * 3; }

/* The slot of a place and a state: the one that has them, or a free one. INVARIANT: a quarter of the slots is free. */
static uint32_t slot_of(const notes *of, uint32_t place, uint32_t state) {
    uint64_t pair = ((uint64_t)place << 16 | state) + 1;
    uint32_t slot = (uint32_t)(pair * 0x9E3779B97F4A7C15u >> 40) & (of->slots - 1);
    while (of->pairs[slot] && of->pairs[slot] != pair) slot = (slot + 1) & (of->slots - 1);
    return slot;
}

static void fill_in(run *r, uint32_t end) {
    notes *of = &r->notes;
    for (uint32_t k = 0; k < of->path_count; k++) {
        uint64_t place = ((of->pairs[of->path[k]] - 1) >> 16) * of->stride;
        of->ends[of->path[k]] = end >= place ? end + 1 : 1;
    }
    of->path_count = 0;
    if (!notes_full(of)) return;
    memset(of->pairs, 0, of->slots * sizeof *of->pairs);
    of->count = 0;
    if (of->stride <= r->stream->length) of->stride *= 2;
}

#define NAME(x) x##_narrow
#define UNIT uint8_t
#define UNITS(stream) ((stream)->narrow)
#define CLASS(r, c) ((r)->classes[(c) & 127])
#include "dfa_impl.h"

#define NAME(x) x##_wide
#define UNIT uint32_t
#define UNITS(stream) ((stream)->wide)
#define CLASS(r, c) ((c) < 128 ? (r)->classes[c] : (r)->classes[128 + atom_of((r)->dfas, c)])
#include "dfa_impl.h"

/* ── The gate ────────────────────────────────────────────────────────────────────────────────────── */

enum { FEW_HITS = 16 };

static sl_status more_hits(sl_seen *seen, sl_arena *arena) {
    uint32_t wanted = seen->capacity ? seen->capacity * 2 : FEW_HITS;
    sl_gate_hit *hits = seen->capacity < UINT32_MAX / 2 ? sl_arena_take(arena, (size_t)wanted * sizeof *hits) : NULL;
    if (!hits) return SL_NO_MEMORY;
    if (seen->count) memcpy(hits, seen->hits, (size_t)seen->count * sizeof *hits);
    seen->hits = hits;
    seen->capacity = wanted;
    return SL_OK;
}

sl_status sl_dfas_gate(const sl_dfas *dfas, const sl_stream *stream, sl_arena *arena, const sl_seen **given) {
    sl_seen *seen = sl_arena_take(arena, sizeof *seen);
    uint64_t *bits = sl_arena_take(arena, ((size_t)dfas->gate_chunks * SL_GATE_WORDS + 1) * sizeof *bits);
    if (!seen || !bits) return SL_NO_MEMORY;
    *seen = (sl_seen){.bits = bits};
    const sl_simd *simd = sl_simd_chosen();
    for (uint32_t chunk = 0; chunk < dfas->gate_chunks; chunk++) {
        sl_gate_walk w = {.gate = &dfas->gate[chunk], .stream = stream};
        for (int more = 1; more;) {
            if (seen->count == seen->capacity) {
                sl_status status = more_hits(seen, arena);
                if (status) return status;
            }
            w.hits = seen->hits + seen->count;
            w.room = seen->capacity - seen->count;
            w.count = 0;
            more = stream->narrow ? simd->gate_narrow(&w) : simd->gate_wide(&w);
            for (uint32_t k = 0; k < w.count; k++) w.hits[k].chunk = chunk;
            seen->count += w.count;
        }
        memcpy(bits + chunk * SL_GATE_WORDS, w.seen, sizeof w.seen);
    }
    *given = seen;
    return SL_OK;
}

/* ── Where a match may begin ─────────────────────────────────────────────────────────────────────── */

static void mark(uint64_t *marks, uint32_t low, uint32_t high) {
    uint32_t first = low >> 6, last = high >> 6;
    uint64_t from = ~0ull << (low & 63), to = ~0ull >> (63 - (high & 63));
    if (first == last) {
        marks[first] |= from & to;
        return;
    }
    marks[first] |= from;
    for (uint32_t k = first + 1; k < last; k++) marks[k] = ~0ull;
    marks[last] |= to;
}

/* The starts that a row leaves possible. INVARIANT: `free` is the first one that was not marked yet, so that all marking of a row is linear. */
static void mark_row(const sl_dfa_row *row, const sl_seen *seen, uint32_t n, uint64_t *marks) {
    uint32_t chunk = row->bit / (64 * SL_GATE_WORDS), word = row->bit / 64 % SL_GATE_WORDS, shift = row->bit & 63, free = 0;
    for (uint32_t k = 0; k < seen->count; k++) {
        const sl_gate_hit *hit = &seen->hits[k];
        if (hit->chunk != chunk || !(hit->bits[word] >> shift & 1)) continue;
        uint64_t last = (uint64_t)hit->at + SL_GATE_STEP - 1;
        if (last < row->nearest) continue;
        uint32_t low = row->furthest > hit->at ? 0 : hit->at - row->furthest, high = last - row->nearest < n ? (uint32_t)(last - row->nearest) : n - 1;
        if (low < free) low = free;
        if (low > high) continue;
        mark(marks, low, high);
        free = high + 1;
    }
}

/* A bit for each character: may a match begin there? NULL in `*marks`: anywhere. */
static sl_status mark_starts(const sl_dfas *dfas, const sl_dfa_record *record, const sl_seen *seen, uint32_t n, sl_arena *arena, uint64_t **marks) {
    *marks = NULL;
    if (!record->row_count) return SL_OK;
    size_t bytes = ((size_t)n / 64 + 1) * sizeof **marks;
    *marks = sl_arena_take(arena, bytes);
    if (!*marks) return SL_NO_MEMORY;
    memset(*marks, 0, bytes);
    const sl_dfa_row *row = dfas->rows + record->first_row;
    for (uint32_t k = record->row_count; k > 0; k--, row++)
        if (seen->bits[row->bit >> 6] >> (row->bit & 63) & 1) mark_row(row, seen, n, *marks);
    return SL_OK;
}

sl_status sl_dfa_find(const sl_dfas *dfas, uint32_t index, const sl_seen *seen, const sl_stream *stream, int all_starts, sl_arena *arena,
                      sl_spans *spans) {
    const sl_dfa_record *record = &dfas->records[index];
    run r = {.dfas = dfas, .record = record, .stream = stream, .classes = dfas->tables + record->classes_at};
    r.start = (const uint16_t *)(dfas->tables + record->states_at);
    r.next = r.start + record->width;
    if (!stream->length) return SL_OK;
    sl_status status = mark_starts(dfas, record, seen, stream->length, arena, &r.marks);
    if (!status) status = stream->narrow ? find_narrow(&r, all_starts, arena, spans) : find_wide(&r, all_starts, arena, spans);
    COUNT_STEPS(r.steps);
    free(r.notes.pairs);
    free(r.notes.ends);
    free(r.notes.path);
    return status;
}
