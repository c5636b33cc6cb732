/* Columns that come through the Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html), read in place.
 *
 * Whoever hands over an array says truly how long its buffers are: the interface has no way to check it. All else is checked, when a
 * column is opened or a value is read: formats, counts of buffers and children, null pointers, lengths, offsets that fall, indices,
 * views, UTF-8. What is wrong is told as a string literal; NULL is "all is well".
 */
#ifndef SOLON_ARROW_H
#define SOLON_ARROW_H

#include "solon.h"

/* ── The interface, field by field as it is published ── */
struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

/* ── A column ── */
enum { SL_ARROW_NULL, SL_ARROW_BOOL, SL_ARROW_INT, SL_ARROW_FLOAT, SL_ARROW_DECIMAL, SL_ARROW_TEXT, SL_ARROW_LIST };
enum { SL_MEANS_NUMBER, SL_MEANS_DURATION, SL_MEANS_MOMENT, SL_MEANS_NAIVE, SL_MEANS_DATE };
enum { SL_TEXT_OFFSETS, SL_TEXT_VIEWS, SL_TEXT_INDICES };

typedef struct sl_arrow sl_arrow;
struct sl_arrow {
    int kind;
    int means;     /* of an int */
    int layout;    /* of a text */
    int width;     /* bytes of a value, an offset or an index */
    int is_signed;
    int scale;     /* of a decimal */
    int64_t multiply, divide; /* an int of time to microseconds */
    int64_t first, length;
    const uint8_t *validity; /* NULL: all are there */
    const void *values;      /* or offsets, views, indices */
    const char *bytes;       /* of a text with offsets */
    const void **blocks;     /* of a text with views: what they point into, */
    const int64_t *block_bytes;
    int64_t block_count;
    sl_arrow *child; /* of a list its items, of indices the texts; owned */
};

/* Opens a column; `first` rows of the array are left out, `length` of them are read (-1: all). `sl_arrow_close` in either case. */
const char *sl_arrow_open(sl_arrow *column, const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t first, int64_t length);
void sl_arrow_close(sl_arrow *column);

/* 0 <= row < length in all of these; a value is only asked for where it is there. */
int sl_arrow_absent(const sl_arrow *column, int64_t row);
const char *sl_arrow_text(const sl_arrow *column, int64_t row, const char **utf8, size_t *bytes, int *absent);
const char *sl_arrow_int(const sl_arrow *column, int64_t row, int64_t *value); /* times in microseconds, decimals in millionths */
double sl_arrow_double(const sl_arrow *column, int64_t row);
int sl_arrow_bool(const sl_arrow *column, int64_t row);
const char *sl_arrow_items(const sl_arrow *column, int64_t row, int64_t *from, int64_t *until); /* rows of `child` */

/* UTF-8 as a text for the engine: ASCII in place, all else decoded into the arena. */
const char *sl_text_of_utf8(const char *utf8, size_t bytes, sl_arena *arena, sl_text *text);

int sl_is_utf8(const char *utf8, size_t bytes);

#endif
