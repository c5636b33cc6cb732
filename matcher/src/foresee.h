/* What the patterns may find, before any of them is computed.
 *
 * A pattern can have a span only where something that it needs has been seen: a hit of its words, or the sequence of characters
 * that each match of its expression has. One look at the message for all words, and one for all expressions, thus tells which few patterns
 * are worth asking, and with them which rows. Of what only its own search can tell (a phone number, a link) this says "it may".
 *
 *   what was seen ──▶ leaf ──▶ patterns ──▶ patterns that refer to them ──▶ rows
 *
 * The tables are worked out when an artifact is opened, and linear in its size.
 */
#ifndef SOLON_FORESEE_H
#define SOLON_FORESEE_H

#include "decide.h"
#include "dfa.h"
#include "patterns.h"

enum { SL_SOURCE_WORDS = 0, SL_SOURCE_LITERALS = SL_STREAMS, SL_SOURCE_GATE = 2 * SL_STREAMS, SL_SOURCES = 3 * SL_STREAMS };

/* Lists of numbers: those of `i` are items[first[i]] up to items[first[i + 1]]. */
typedef struct {
    uint32_t *first, *items;
} sl_lists;

typedef struct {
    uint32_t pattern_words;
    uint64_t *always;              /* patterns that only their own search can tell */
    uint8_t *dear_node;            /* the same of each node of a formula */
    uint64_t *patterns[SL_SOURCES]; /* those that a source can tell, */
    uint64_t *rows[SL_SOURCES];    /* and the rows that ask for one of them; NULL where there are none */
    uint64_t *gated[SL_STREAMS];   /* patterns that are one expression: without a row of it in the stream they have no span; NULL: none */
    uint64_t *base_rows;           /* rows that need no pattern, or one of `always` */
    sl_lists by_bit;               /* bit of the gate -> leaves */
    sl_lists by_leaf;              /* leaf -> patterns */
    sl_lists by_pattern;           /* pattern -> later patterns that refer to it */
} sl_foresight;

/* Works out the tables of verified sections. SL_OK or SL_NO_MEMORY; `sl_foresight_close` in either case. */
sl_status sl_foresight_open(sl_foresight *foresight, const sl_patterns *patterns, const sl_dfas *dfas, const sl_decision *decision);
void sl_foresight_close(sl_foresight *foresight);

#endif
