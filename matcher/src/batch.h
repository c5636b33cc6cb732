/* Many decisions in a row, without Python: messages and facts from columns, one after the other into the engine.
 *
 * Rows where nothing fired leave their action, and no more. At any other row the run stops, so that its caller may keep what it
 * wants of the outcome while the arena still holds it, and is continued behind it.
 */
#ifndef SOLON_BATCH_H
#define SOLON_BATCH_H

#include "arrow.h"
#include "engine.h"

/* ── Words of a fact by their UTF-8 ── names of an enum, members of a set, texts that are mentioned */
typedef struct {
    const char *utf8;
    uint32_t bytes, number;
} sl_word_entry;
typedef struct {
    sl_word_entry *entries; /* a hash table; places with `utf8` NULL are free */
    uint32_t mask;
    uint32_t *lengths; /* of prefixes, in bytes, falling; NULL where these are no prefixes */
    uint32_t length_count;
} sl_word_map;

sl_status sl_word_map_open(sl_word_map *map, uint32_t count);
void sl_word_map_add(sl_word_map *map, const char *utf8, uint32_t bytes, uint32_t number); /* `count` times at most; keeps the pointer */
void sl_word_map_close(sl_word_map *map);
int sl_word_map_find(const sl_word_map *map, const char *utf8, size_t bytes, uint32_t *number);

enum { SL_FACT_BOOL, SL_FACT_INT, SL_FACT_NUMBER, SL_FACT_ENUM, SL_FACT_SET, SL_FACT_TEXT, SL_FACT_DURATION, SL_FACT_MONEY, SL_FACT_TIME };

/* A fact that a column gives. */
typedef struct {
    sl_arrow column;
    uint32_t fact;
    int kind;             /* SL_FACT_… */
    int closed, required; /* a set without other members; a fact without a default, that is not optional */
    uint32_t field;       /* of a scanned text, else 0 */
    const sl_word_map *words, *prefixes;
} sl_fact_column;

/* May a column of this make give this fact? */
int sl_fact_column_fits(const sl_fact_column *fact);

typedef struct {
    const sl_engine *engine;
    const sl_arrow *messages; /* or NULL: */
    const sl_text *texts;      /* one a row */
    sl_fact_column *facts;
    uint32_t fact_count;
    const sl_facts *base;      /* constants and defaults */
    const sl_text *base_texts; /* by field; the message is not looked at */
    int64_t at;
    uint32_t field_count;
} sl_batch;

/* One run over rows of a batch; `sl_batch_run_close` when done. */
typedef struct {
    const sl_batch *batch;
    int64_t row; /* the one that was looked at last */
    sl_facts facts;
    int64_t *values;
    uint64_t *members;
    sl_utf8 *rollouts;
    uint8_t *known;
    sl_text *field_texts;
    uint8_t *cut;
    sl_question question;
    sl_outcome outcome;
    const char *wrong;        /* what is wrong with `row`, */
    const sl_fact_column *of; /* of a fact, or NULL: of the message */
} sl_batch_run;

enum { SL_BATCH_DONE, SL_BATCH_KEEP, SL_BATCH_WRONG, SL_BATCH_NO_MEMORY };

sl_status sl_batch_run_open(sl_batch_run *run, const sl_batch *batch, int64_t first);
void sl_batch_run_close(sl_batch_run *run);

/* Goes on to the next row before `end` of which something is to be kept (SL_BATCH_KEEP: question and outcome are those of `row`, until
 * the arena is reset), writing the action of each row from `first` on. */
int sl_batch_next(sl_batch_run *run, int64_t first, int64_t end, sl_arena *arena, uint16_t *actions);

#endif
