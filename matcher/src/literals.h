/* Literals anywhere in the text (`text` clauses): one automaton, read backwards, so that it stands at the start of what it finds.
 *
 * Section `literals_LEVEL`, little-endian; every part starts at a multiple of 8:
 *
 *      0  u32  kind: 0 empty, 1 dense, 2 sparse
 *      4  u32  states                 in order of their depth; state 0 is the root
 *      8  u32  dense: classes of bytes; sparse: edges
 *     12  u32  lists
 *     16  u32  items
 *     20  u32  zero
 *     24  u32  leaf limit             one more than the greatest leaf
 *     28  u32  zero
 *     32       dense:  u8 class[256], u16 next[states][classes]
 *              sparse: u32 edge_starts[states + 1], u32 fail[states] (each less than its state), u32 targets[edges] (each more than the
 *                      state it leads from), u8 labels[edges], sorted within a state
 *      …  u32  list_of[states]        UINT32_MAX: none
 *      …  u32  list_starts[lists + 1]
 *      …  u32  links[lists]           the list to go on with, of a lower number; UINT32_MAX: none
 *      …       items                  {u32 leaf, u32 bytes}
 */
#ifndef SOLON_LITERALS_H
#define SOLON_LITERALS_H

#include "solon.h"

typedef struct {
    uint32_t leaf, bytes;
} sl_literal;

typedef struct {
    uint32_t kind, states, classes, lists, leaf_limit;
    const uint8_t *class_of;
    const uint16_t *next;
    const uint32_t *edge_starts, *fail, *targets;
    const uint8_t *labels;
    const uint32_t *list_of, *list_starts, *links;
    const sl_literal *items;
} sl_literals;

sl_status sl_literals_open(sl_literals *literals, const uint8_t *section, size_t bytes, sl_fault *fault);

/* Appends a hit for each leaf and each start where one of its literals stands: the longest (and, where a place has many leaves, maybe
 * shorter ones too). In order of start; not selected. Linear in the stream: a step costs one look-up (dense) or an amortised few (sparse: each
 * step goes at most one deeper, each failure at least one up), and one hit for each leaf at each start is what the caller needs. */
sl_status sl_literals_find(const sl_literals *literals, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_hits *hits);

#endif
