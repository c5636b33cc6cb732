/* Opens, verifies and runs the automata.
 *
 * From each character that may begin a match the automaton runs until it is dead, and the longest end counts. On ordinary
 * text most runs die within a few characters. A hostile text can make each run go to the end of the text
 * (`a.*b|a` on a run of a's), which would be quadratic. So the symbols read are counted, and once they exceed what ordinary
 * text takes, runs leave notes: at every `stride`-th character, in which state they came by and what the longest end was in the
 * end. A later run that comes by in the same state knows the rest. Each pair of state and noted place is then walked from once, so that
 * all runs together read at most (starts × stride) + (states × length) symbols: linear in the text for one automaton. (The idea is
 * that of linear-time maximal-munch scanners; they note failures, here the notes are values.)
 */
#include "dfa.h"

#include <stdlib.h>

#ifdef SL_COUNT_STEPS
uint64_t sl_dfa_steps;
#define COUNT_STEPS(n) (sl_dfa_steps += (n))
#else
#define COUNT_STEPS(n) ((void)0)
#endif

enum { HEADER_BYTES = 32, INDEX = 0x110000 >> 12, BLOCK = 32, PAGE = 128 };
enum { FREE_STEPS = 4096, FREE_STEPS_PER_CHARACTER = 8, STRIDE_LEAST = 16, NOTES_LEAST = 4096, NOTES_MOST = 1 << 20 };

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
static sl_status verify_record(const sl_dfas *d, uint32_t i, uint32_t table_bytes, uint64_t *at, sl_fault *fault) {
    const sl_dfa_record *r = &d->records[i];
    uint64_t classes_end = (uint64_t)r->classes_at + 128 + d->atom_count;
    uint64_t states_end = (uint64_t)r->states_at + ((uint64_t)r->states + 1) * r->width * 2;
    if (r->width < 2 || r->width > 256 || r->states == 0 || r->states > 65535) REFUSE("a size out of range", i);
    if (r->classes_at != *at || r->states_at != ((classes_end + 7) & ~(uint64_t)7)) REFUSE("the tables do not tile", i);
    *at = (states_end + 7) & ~(uint64_t)7;
    if (*at > table_bytes) REFUSE("a table reaches past the end", i);
    if (r->gate != UINT32_MAX && r->gate / (64 * SL_GATE_WORDS) >= d->gate_chunks) REFUSE("a bit of the gate that is not there", i);
    if (r->accepting_from == 0 || r->accepting_from > r->states) REFUSE("the dead state accepts", i);
    if ((r->rare & 255) > 3 || r->zero) REFUSE("a field out of range", i);
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

sl_status sl_dfas_open(sl_dfas *d, const uint8_t *section, size_t bytes, sl_fault *fault) {
    if (bytes < HEADER_BYTES || ((uintptr_t)section & 7)) REFUSE("too short or not aligned", bytes);
    const uint32_t *h = (const uint32_t *)section;
    uint32_t blocks = h[2], pages = h[3], table_bytes = h[5];
    d->count = h[0];
    d->atom_count = h[1];
    d->atom_bytes = h[4];
    if ((d->atom_bytes != 1 && d->atom_bytes != 2) || d->atom_count == 0 || d->atom_count > 65536 || h[7])
        REFUSE("a field of the header is out of range", 0);
    if (blocks == 0 || blocks > INDEX || pages == 0 || pages > 65536) REFUSE("a count of the header is out of range", 0);
    d->gate_chunks = h[6];
    uint64_t at[7] = {HEADER_BYTES};
    at[1] = at[0] + (uint64_t)d->count * sizeof(sl_dfa_record);
    at[2] = at[1] + INDEX * 2;
    at[3] = at[2] + (uint64_t)blocks * BLOCK * 2;
    at[4] = at[3] + (uint64_t)pages * PAGE * d->atom_bytes;
    at[5] = at[4] + (uint64_t)d->gate_chunks * sizeof(sl_dfa_gate);
    at[6] = at[5] + table_bytes;
    if (at[6] != bytes) REFUSE("the counts do not fit the length", bytes);
    d->records = (const sl_dfa_record *)(section + at[0]);
    d->index = (const uint16_t *)(section + at[1]);
    d->blocks = (const uint16_t *)(section + at[2]);
    d->pages = section + at[3];
    d->gate = (const sl_dfa_gate *)(section + at[4]);
    d->tables = section + at[5];
    sl_status status = verify_map(d, blocks, pages, fault);
    uint64_t next = 0;
    for (uint32_t i = 0; i < d->count && !status; i++) status = verify_record(d, i, table_bytes, &next, fault);
    if (!status && next != table_bytes) REFUSE("a table belongs to no automaton", next);
    return status;
}

/* ── Running ─────────────────────────────────────────────────────────────────────────────────────── */

/* The notes of the runs over one text. cells[place * states + state] is 0 where nobody came by, 1 where no match ends
 * from there on, else one more than the longest end. `path` has the cells that the present run has to fill in. */
typedef struct {
    uint32_t *cells, *path;
    uint32_t stride, path_count;
} notes;

typedef struct {
    const sl_dfas *dfas;
    const sl_dfa_record *record;
    const sl_stream *stream;
    const uint8_t *classes;
    const uint16_t *start, *next;
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
    uint32_t states = r->record->states, n = r->stream->length;
    uint64_t room = (uint64_t)n * 4;
    if (room < NOTES_LEAST) room = NOTES_LEAST;
    if (room > NOTES_MOST) room = NOTES_MOST;
    uint64_t stride = ((uint64_t)states * ((uint64_t)n + 1)) / room + 1;
    if (stride < STRIDE_LEAST) stride = STRIDE_LEAST;
    if (stride > n) stride = n;
    uint64_t places = n / stride + 1;
    r->notes.stride = (uint32_t)stride;
    r->notes.cells = calloc(places * states, sizeof(uint32_t));
    r->notes.path = malloc(places * sizeof(uint32_t));
    return r->notes.cells && r->notes.path ? SL_OK : SL_NO_MEMORY;
}

static void fill_in(run *r, uint32_t end) {
    for (uint32_t k = 0; k < r->notes.path_count; k++) {
        uint32_t cell = r->notes.path[k];
        uint64_t place = (uint64_t)(cell / r->record->states) * r->notes.stride;
        r->notes.cells[cell] = end >= place ? end + 1 : 1;
    }
    r->notes.path_count = 0;
}

/* Four words of the gate side by side. PERF: two registers of SSE2 or one of AVX2, which a processor is asked for. */
typedef uint64_t quad __attribute__((vector_size(32)));
#if defined(__x86_64__) && defined(__GNUC__) && !defined(SOLON_PORTABLE)
#include <immintrin.h>
#define GATE_AVX2
#endif

#define NAME(x) x##_narrow
#define UNIT uint8_t
#define UNITS(stream) ((stream)->narrow)
#define CLASS(r, c) ((r)->classes[(c) & 127])
#define GATE_SYMBOL(c) ((c) & 127)
#include "dfa_impl.h"

#define NAME(x) x##_wide
#define UNIT uint32_t
#define UNITS(stream) ((stream)->wide)
#define CLASS(r, c) ((c) < 128 ? (r)->classes[c] : (r)->classes[128 + atom_of((r)->dfas, c)])
#define GATE_SYMBOL(c) ((c) < 128 ? (c) : SL_GATE_SYMBOLS - 1)
#include "dfa_impl.h"

typedef void gate_run(const sl_dfa_gate *gate, const sl_stream *stream, uint64_t *seen);

static gate_run *gate_for(const sl_stream *stream) {
#ifdef GATE_AVX2
    if (__builtin_cpu_supports("avx2")) return stream->narrow ? gate_avx2_narrow : gate_avx2_wide;
#endif
    return stream->narrow ? gate_narrow : gate_wide;
}

/* PERF: 30 expressions take one chunk. */
sl_status sl_dfas_gate(const sl_dfas *dfas, const sl_stream *stream, sl_arena *arena, const uint64_t **seen) {
    uint64_t *found = sl_arena_take(arena, ((size_t)dfas->gate_chunks * SL_GATE_WORDS + 1) * sizeof *found);
    if (!found) return SL_NO_MEMORY;
    gate_run *run_gate = gate_for(stream);
    for (uint32_t k = 0; k < dfas->gate_chunks; k++) run_gate(&dfas->gate[k], stream, found + k * SL_GATE_WORDS);
    *seen = found;
    return SL_OK;
}

sl_status sl_dfa_find(const sl_dfas *dfas, uint32_t index, const sl_props *props, const sl_stream *stream, int all_starts,
                      sl_arena *arena, sl_spans *spans) {
    (void)props; /* what is asserted about neighbours is in the classes */
    const sl_dfa_record *record = &dfas->records[index];
    run r = {.dfas = dfas, .record = record, .stream = stream, .classes = dfas->tables + record->classes_at};
    r.start = (const uint16_t *)(dfas->tables + record->states_at);
    r.next = r.start + record->width;
    sl_status status = SL_OK;
    if (stream->length) status = stream->narrow ? find_narrow(&r, all_starts, arena, spans) : find_wide(&r, all_starts, arena, spans);
    COUNT_STEPS(r.steps);
    free(r.notes.cells);
    free(r.notes.path);
    return status;
}
