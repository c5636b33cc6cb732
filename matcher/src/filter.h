/* The filter of the decision: the rows whose facts and patterns fit, as bit vectors. Internal to decide.c. */
#ifndef SOLON_FILTER_H
#define SOLON_FILTER_H

#include "decide.h"

typedef struct {
    uint64_t *rows;          /* row_words; bits after the last row are zero */
    const uint32_t *nonzero; /* the words of `rows` that are not zero, rising */
    uint32_t nonzero_count;
    size_t row_count;        /* how many rows stand */
    int need_patterns;       /* does one of them? */
} sl_standing;

/* The rows that stand, in the arena. SL_OK or SL_NO_MEMORY. */
sl_status sl_standing_rows(const sl_decision *decision, const sl_facts *facts, const sl_lookup *lookup, sl_arena *arena, sl_standing *standing);

/* Counts again, after rows have been taken away. */
void sl_standing_count(const sl_decision *decision, sl_standing *standing);

#endif
