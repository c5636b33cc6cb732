/* Columns that come through the Arrow C data interface, opened with all that can be checked, and read value by value. */
#include "arrow.h"

#include <stdlib.h>

#define TRY(call) do { const char *wrong_ = (call); if (wrong_) return wrong_; } while (0)
#define NEED(condition, wrong) do { if (!(condition)) return (wrong); } while (0)

static int starts(const char *format, const char *with) { return !strncmp(format, with, strlen(with)); }

/* ── What a format says ── */

static const struct {
    char format;
    int kind, width, is_signed;
} PLAIN[] = {
    {'n', SL_ARROW_NULL, 0, 0},  {'b', SL_ARROW_BOOL, 0, 0},  {'c', SL_ARROW_INT, 1, 1},  {'C', SL_ARROW_INT, 1, 0},
    {'s', SL_ARROW_INT, 2, 1},   {'S', SL_ARROW_INT, 2, 0},   {'i', SL_ARROW_INT, 4, 1},  {'I', SL_ARROW_INT, 4, 0},
    {'l', SL_ARROW_INT, 8, 1},   {'L', SL_ARROW_INT, 8, 0},   {'f', SL_ARROW_FLOAT, 4, 0}, {'g', SL_ARROW_FLOAT, 8, 0},
    {'u', SL_ARROW_TEXT, 4, 0},  {'U', SL_ARROW_TEXT, 8, 0},
};

static const char *unit_of(sl_arrow *column, char unit) {
    column->kind = SL_ARROW_INT;
    column->width = 8;
    column->is_signed = 1;
    column->multiply = unit == 's' ? 1000000 : unit == 'm' ? 1000 : 1;
    column->divide = unit == 'n' ? 1000 : 1;
    return unit == 's' || unit == 'm' || unit == 'u' || unit == 'n' ? NULL : "a type that is not known here";
}

static const char *time_of(sl_arrow *column, const char *format) {
    if (starts(format, "tD")) {
        column->means = SL_MEANS_DURATION;
        NEED(strlen(format) == 3, "a type that is not known here");
        return unit_of(column, format[2]);
    }
    if (starts(format, "ts")) {
        NEED(strlen(format) >= 4 && format[3] == ':', "a type that is not known here");
        column->means = format[4] ? SL_MEANS_MOMENT : SL_MEANS_NAIVE;
        return unit_of(column, format[2]);
    }
    NEED(!strcmp(format, "tdD") || !strcmp(format, "tdm"), "a type that is not known here");
    TRY(unit_of(column, 'm'));
    column->means = SL_MEANS_DATE;
    if (format[2] == 'D') {
        column->width = 4;
        column->multiply = INT64_C(86400000000);
    }
    return NULL;
}

/* `d:19,4` or `d:19,4,128`; 32, 64 and 128 bits. */
static const char *decimal_of(sl_arrow *column, const char *format) {
    char *end;
    long precision = strtol(format + 2, &end, 10), scale, bits = 128;
    NEED(*end == ',' && precision > 0 && precision <= 38, "a type that is not known here");
    scale = strtol(end + 1, &end, 10);
    if (*end == ',') bits = strtol(end + 1, &end, 10);
    NEED(!*end && scale >= -38 && scale <= 38 && (bits == 32 || bits == 64 || bits == 128), "a type that is not known here");
    column->kind = SL_ARROW_DECIMAL;
    column->scale = (int)scale;
    column->width = (int)bits / 8;
    return NULL;
}

static const char *read_format(sl_arrow *column, const char *format) {
    column->multiply = column->divide = 1;
    for (size_t i = 0; i < sizeof PLAIN / sizeof *PLAIN; i++) {
        if (format[0] != PLAIN[i].format || format[1]) continue;
        column->kind = PLAIN[i].kind;
        column->width = PLAIN[i].width;
        column->is_signed = PLAIN[i].is_signed;
        return NULL;
    }
    if (format[0] == 't') return time_of(column, format);
    if (starts(format, "d:")) return decimal_of(column, format);
    if (!strcmp(format, "vu")) {
        column->kind = SL_ARROW_TEXT;
        column->layout = SL_TEXT_VIEWS;
        return NULL;
    }
    if (!strcmp(format, "+l") || !strcmp(format, "+L")) {
        column->kind = SL_ARROW_LIST;
        column->width = format[1] == 'l' ? 4 : 8;
        return NULL;
    }
    return "a type that is not known here";
}

/* ── Opening ── */

static int64_t buffers_of(const sl_arrow *column) {
    switch (column->kind) {
    case SL_ARROW_NULL: return 0;
    case SL_ARROW_TEXT: return 3;
    default: return 2;
    }
}

static const char *open_nested(sl_arrow *column, const struct ArrowSchema *schema, const struct ArrowArray *array, int indices) {
    NEED(column->child = calloc(1, sizeof *column->child), "no memory");
    if (indices) {
        NEED(array->dictionary && !schema->dictionary->dictionary, "a dictionary that is not there");
        TRY(sl_arrow_open(column->child, schema->dictionary, array->dictionary, 0, -1));
        return column->child->kind == SL_ARROW_TEXT && column->child->layout != SL_TEXT_INDICES ? NULL : "a dictionary of what are no texts";
    }
    NEED(schema->n_children == 1 && array->n_children == 1 && schema->children && array->children, "a list without items");
    NEED(schema->children[0] && array->children[0], "a list without items");
    TRY(sl_arrow_open(column->child, schema->children[0], array->children[0], 0, -1));
    return column->child->kind == SL_ARROW_TEXT ? NULL : "a list of what are no texts";
}

const char *sl_arrow_open(sl_arrow *column, const struct ArrowSchema *schema, const struct ArrowArray *array, int64_t first, int64_t length) {
    memset(column, 0, sizeof *column);
    NEED(schema && schema->format && schema->release, "a schema that was released");
    NEED(array && array->release, "an array that was released");
    NEED(array->length >= 0 && array->offset >= 0 && array->length < INT64_MAX / 64 && array->offset < INT64_MAX / 64, "a length below zero");
    NEED(first >= 0 && first <= array->length, "a length beyond the column");
    if (length < 0) length = array->length - first;
    NEED(length <= array->length - first, "a length beyond the column");
    TRY(read_format(column, schema->format));
    column->first = array->offset + first;
    column->length = length;
    int indices = schema->dictionary != NULL;
    if (indices) {
        NEED(column->kind == SL_ARROW_INT && column->means == SL_MEANS_NUMBER, "a dictionary without indices");
    } else if (column->layout == SL_TEXT_VIEWS) {
        NEED(array->n_buffers >= 3 && array->n_buffers < INT32_MAX && array->buffers, "buffers that are not there");
        column->block_count = array->n_buffers - 3;
        column->blocks = array->buffers + 2;
        column->block_bytes = array->buffers[array->n_buffers - 1];
        NEED(!column->block_count || column->block_bytes, "buffers that are not there");
    }
    if (column->layout != SL_TEXT_VIEWS) NEED(array->n_buffers == buffers_of(column), "buffers that are not there");
    if (column->kind == SL_ARROW_NULL) return NULL;
    NEED(array->buffers, "buffers that are not there");
    column->validity = array->buffers[0];
    NEED(column->validity || array->null_count <= 0 || !length, "nulls that are not there");
    column->values = array->buffers[1];
    NEED(column->values || !length, "buffers that are not there");
    if (column->kind == SL_ARROW_TEXT && column->layout == SL_TEXT_OFFSETS) column->bytes = array->buffers[2];
    if (indices || column->kind == SL_ARROW_LIST) TRY(open_nested(column, schema, array, indices));
    if (indices) {
        column->kind = SL_ARROW_TEXT;
        column->layout = SL_TEXT_INDICES;
    }
    return NULL;
}

void sl_arrow_close(sl_arrow *column) {
    if (column->child) sl_arrow_close(column->child);
    free(column->child);
    column->child = NULL;
}

/* ── Values ── */

int sl_arrow_absent(const sl_arrow *column, int64_t row) {
    int64_t at = column->first + row;
    if (column->kind == SL_ARROW_NULL) return 1;
    return column->validity && !(column->validity[at >> 3] >> (at & 7) & 1);
}

static int64_t whole(const void *values, int64_t at, int width, int is_signed) {
    switch (width) {
    case 1: return is_signed ? ((const int8_t *)values)[at] : ((const uint8_t *)values)[at];
    case 2: return is_signed ? ((const int16_t *)values)[at] : ((const uint16_t *)values)[at];
    case 4: return is_signed ? ((const int32_t *)values)[at] : (int64_t)((const uint32_t *)values)[at];
    default: return ((const int64_t *)values)[at];
    }
}

static const char *offsets_at(const sl_arrow *column, int64_t row, int64_t *from, int64_t *until) {
    *from = whole(column->values, column->first + row, column->width, 1);
    *until = whole(column->values, column->first + row + 1, column->width, 1);
    return *from >= 0 && *from <= *until ? NULL : "offsets that fall";
}

static const char *view_at(const sl_arrow *column, int64_t row, const char **utf8, size_t *bytes) {
    const char *view = (const char *)column->values + (column->first + row) * 16;
    int32_t length, block, offset;
    memcpy(&length, view, 4);
    NEED(length >= 0, "a length below zero");
    *bytes = (size_t)length;
    *utf8 = view + 4;
    if (length <= 12) return NULL;
    memcpy(&block, view + 8, 4);
    memcpy(&offset, view + 12, 4);
    NEED(block >= 0 && block < column->block_count && column->blocks[block], "a view of what is not there");
    NEED(offset >= 0 && (int64_t)offset + length <= column->block_bytes[block], "a view beyond its end");
    *utf8 = (const char *)column->blocks[block] + offset;
    return NULL;
}

const char *sl_arrow_text(const sl_arrow *column, int64_t row, const char **utf8, size_t *bytes, int *absent) {
    *absent = sl_arrow_absent(column, row);
    if (*absent) return NULL;
    if (column->layout == SL_TEXT_INDICES) {
        int64_t index = whole(column->values, column->first + row, column->width, column->is_signed);
        NEED(index >= 0 && index < column->child->length, "an index beyond its dictionary");
        return sl_arrow_text(column->child, index, utf8, bytes, absent);
    }
    if (column->layout == SL_TEXT_VIEWS) return view_at(column, row, utf8, bytes);
    int64_t from, until;
    TRY(offsets_at(column, row, &from, &until));
    NEED(column->bytes || from == until, "buffers that are not there");
    *utf8 = column->bytes ? column->bytes + from : "";
    *bytes = (size_t)(until - from);
    return NULL;
}

const char *sl_arrow_items(const sl_arrow *column, int64_t row, int64_t *from, int64_t *until) {
    TRY(offsets_at(column, row, from, until));
    return *until <= column->child->length ? NULL : "offsets beyond the items";
}

/* A decimal in millionths, exact. */
static const char *millionths(__int128 value, int scale, int64_t *millionth) {
    for (; scale > 6; scale--) {
        NEED(value % 10 == 0, "is finer than a millionth");
        value /= 10;
    }
    for (; scale < 6; scale++) {
        value *= 10;
        NEED(value >= INT64_MIN && value <= INT64_MAX, "is too large");
    }
    NEED(value >= INT64_MIN && value <= INT64_MAX, "is too large");
    *millionth = (int64_t)value;
    return NULL;
}

const char *sl_arrow_int(const sl_arrow *column, int64_t row, int64_t *value) {
    int64_t at = column->first + row;
    if (column->kind == SL_ARROW_DECIMAL) {
        __int128 wide;
        if (column->width == 16) memcpy(&wide, (const char *)column->values + at * 16, 16);
        else wide = whole(column->values, at, column->width, 1);
        NEED(column->scale >= 6 || (wide > -(__int128)INT64_MAX && wide < INT64_MAX), "is too large");
        return millionths(wide, column->scale, value);
    }
    int64_t number = whole(column->values, at, column->width, column->is_signed);
    NEED(column->is_signed || column->width < 8 || number >= 0, "is too large");
    NEED(!__builtin_mul_overflow(number, column->multiply, value), "is too large");
    if (column->divide != 1) *value = *value / column->divide - (*value % column->divide < 0); /* to the microsecond before */
    return NULL;
}

double sl_arrow_double(const sl_arrow *column, int64_t row) {
    int64_t at = column->first + row;
    if (column->kind == SL_ARROW_FLOAT) return column->width == 4 ? ((const float *)column->values)[at] : ((const double *)column->values)[at];
    if (!column->is_signed && column->width == 8) return (double)((const uint64_t *)column->values)[at];
    return (double)whole(column->values, at, column->width, column->is_signed);
}

int sl_arrow_bool(const sl_arrow *column, int64_t row) {
    int64_t at = column->first + row;
    return ((const uint8_t *)column->values)[at >> 3] >> (at & 7) & 1;
}

/* ── UTF-8 ── */

static int is_ascii(const uint8_t *at, size_t bytes) {
    uint64_t high = 0, word;
    size_t i = 0;
    for (; i + 8 <= bytes; i += 8) {
        memcpy(&word, at + i, 8);
        high |= word;
    }
    for (; i < bytes; i++) high |= at[i];
    return !(high & UINT64_C(0x8080808080808080));
}

/* The length of the sequence that starts here, and its character; 0 where it is none (Unicode, table 3-7). */
static size_t sequence(const uint8_t *at, size_t left, uint32_t *c) {
    uint8_t a = at[0];
    if (a < 0x80) return *c = a, 1;
    size_t length = a < 0xC2 ? 0 : a < 0xE0 ? 2 : a < 0xF0 ? 3 : a < 0xF5 ? 4 : 0;
    if (!length || length > left) return 0;
    uint32_t made = a & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) return 0;
        made = made << 6 | (at[i] & 0x3F);
    }
    if ((length == 3 && (made < 0x800 || (made >= 0xD800 && made < 0xE000))) || (length == 4 && (made < 0x10000 || made > 0x10FFFF))) return 0;
    *c = made;
    return length;
}

int sl_is_utf8(const char *utf8, size_t bytes) {
    const uint8_t *at = (const uint8_t *)utf8, *end = at + bytes;
    uint32_t c;
    if (is_ascii(at, bytes)) return 1;
    while (at < end) {
        size_t length = sequence(at, (size_t)(end - at), &c);
        if (!length) return 0;
        at += length;
    }
    return 1;
}

const char *sl_text_of_utf8(const char *utf8, size_t bytes, sl_arena *arena, sl_text *text) {
    const uint8_t *at = (const uint8_t *)utf8, *end = at + bytes;
    NEED(bytes < INT32_MAX, "has 2 GiB or more");
    if (is_ascii(at, bytes)) {
        *text = (sl_text){at, 1, (uint32_t)bytes};
        return NULL;
    }
    uint32_t highest = 0, count = 0, c;
    for (const uint8_t *p = at; p < end; count++) {
        size_t length = sequence(p, (size_t)(end - p), &c);
        NEED(length, "is not UTF-8");
        if (c > highest) highest = c;
        p += length;
    }
    int kind = highest < 0x100 ? 1 : highest < 0x10000 ? 2 : 4;
    void *made = sl_arena_take(arena, (size_t)count * (size_t)kind);
    NEED(made, "no memory");
    for (uint32_t i = 0; i < count; i++) {
        at += sequence(at, (size_t)(end - at), &c);
        if (kind == 1) ((uint8_t *)made)[i] = (uint8_t)c;
        else if (kind == 2) ((uint16_t *)made)[i] = (uint16_t)c;
        else ((uint32_t *)made)[i] = c;
    }
    *text = (sl_text){made, kind, count};
    return NULL;
}
