/* Regular expressions and tolerant spellings: automata over classes of characters, each found on its own.
 *
 * Section `dfas`, little-endian; every part starts at a multiple of 8:
 *
 *      0  u32  automata
 *      4  u32  atoms            kinds of characters outside ASCII that the automata tell apart
 *      8  u32  blocks
 *     12  u32  pages
 *     16  u32  bytes of an atom (1 or 2)
 *     20  u32  bytes of the tables
 *     24  u32  chunks of the gate
 *     28  u32  rows
 *     32       records          one of 32 bytes for each automaton, see sl_dfa_record
 *      …  u16  index[272]       code point >> 12 to its block
 *      …  u16  blocks[…][32]    to its page
 *      …       pages[…][128]    to its atom
 *      …       gate             chunks, see sl_dfa_gate
 *      …       rows             of 16 bytes, those of one automaton after the other, see sl_dfa_row
 *      …       tables           what the records point into
 *
 * An automaton reads the class of one character after the other, and after the last one the class `width - 1`, the end.
 * From its state s the class c leads to next[s * width + c]; state 0 is dead, and the states from `accepting_from` on say
 * that a match ended before the symbol just read. start[c] is where it begins after a character of class c, and
 * start[width - 1] at the beginning of the text.
 */
#ifndef SOLON_DFA_H
#define SOLON_DFA_H

#include "solon.h"

typedef struct {
    uint32_t classes_at;  /* in the tables, which the automata tile in order: class of each ASCII character (128 bytes), then of each atom; padded to 8 */
    uint32_t states_at;   /* u16 start[width], then u16 next[states][width] */
    uint32_t width, states, accepting_from;
    uint32_t first_row, row_count; /* every match has one of these rows of characters; without any it may be anywhere */
    uint32_t zero;
} sl_dfa_record;

/* A row of characters that is seen where bit `bit` of the gate is set, by its last character: the match begins `nearest` to `furthest` characters
 * before that one. */
typedef struct {
    uint32_t bit, nearest, furthest; /* SL_ANYWHERE: any number before */
    uint32_t zero;
} sl_dfa_row;
#define SL_ANYWHERE UINT32_MAX

/* Four words of bits, shifted up by one with each character c and cut by masks[c] (all beyond ASCII share a mask, and what stands before and after
 * the text has the last one): a bit of `last` is set where a row of sets that some automaton requires has been seen. */
enum { SL_GATE_WORDS = 4, SL_GATE_SYMBOLS = 130, SL_GATE_BEYOND_ASCII = 128, SL_GATE_OUTSIDE = 129, SL_GATE_STEP = 16 };
typedef struct {
    uint64_t first[SL_GATE_WORDS], last[SL_GATE_WORDS], masks[SL_GATE_SYMBOLS][SL_GATE_WORDS];
} sl_dfa_gate;

typedef struct {
    uint32_t count, atom_count, atom_bytes;
    const sl_dfa_record *records;
    const uint16_t *index;
    const uint16_t *blocks;
    const uint8_t *pages;
    const sl_dfa_gate *gate;
    const sl_dfa_row *rows;
    uint32_t gate_chunks, row_count;
    const uint8_t *tables;
} sl_dfas;

/* Rows of a chunk that were seen among SL_GATE_STEP characters from `at` on (what stands after the text counts as one). */
typedef struct {
    uint32_t chunk, at;
    uint64_t bits[SL_GATE_WORDS];
} sl_gate_hit;

/* What the gate has seen in a stream: in all of it, and where. `hits` are in the order of chunks, then of places. */
typedef struct {
    uint64_t *bits;
    sl_gate_hit *hits;
    uint32_t count, capacity;
} sl_seen;

sl_status sl_dfas_open(sl_dfas *dfas, const uint8_t *section, size_t bytes, sl_fault *fault);

/* Which automata may match somewhere in the stream? One pass for all of them; it lives in the arena. */
sl_status sl_dfas_gate(const sl_dfas *dfas, const sl_stream *stream, sl_arena *arena, const sl_seen **seen);

/* May automaton `index` match, given what the gate has seen? Only then need it be run. */
static inline int sl_dfa_may_match(const sl_dfas *dfas, const sl_seen *seen, uint32_t index) {
    const sl_dfa_record *record = &dfas->records[index];
    const sl_dfa_row *row = dfas->rows + record->first_row;
    for (uint32_t k = record->row_count; k > 0; k--, row++)
        if (seen->bits[row->bit >> 6] >> (row->bit & 63) & 1) return 1;
    return !record->row_count;
}

/* Appends the spans of automaton `index` in the stream, from each start the longest. With `all_starts` of zero they do not overlap: the
 * leftmost counts, then on from its end. Else every start reports, for a caller that selects among several lists. `seen` is the stream's.
 * The time is linear in the stream: see dfa.c. */
sl_status sl_dfa_find(const sl_dfas *dfas, uint32_t index, const sl_seen *seen, const sl_stream *stream, int all_starts, sl_arena *arena,
                      sl_spans *spans);

#ifdef SL_COUNT_STEPS
extern uint64_t sl_dfa_steps; /* symbols read, for tests of linearity */
#endif

#endif
