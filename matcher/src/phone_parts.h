/* What the files of the telephone recogniser share; nobody else includes this. */
#ifndef SOLON_PHONE_PARTS_H
#define SOLON_PHONE_PARTS_H

#include "glyphs.h"
#include "phone.h"

enum { PHONE_DIGITS_MAX = 24 };

/* The regions that national numbers are held against. */
typedef struct {
    const sl_phones *phones;
    uint16_t *set; /* indices of regions */
    uint32_t set_count;
    int narrowed, has_code_1;
} sl_phone_plans;

sl_status phone_plans(sl_phone_plans *plans, const sl_phones *phones, const uint16_t *names, uint32_t count, sl_arena *arena);
/* `digits` are values 0..9. Is it a number of the set, as one dials it there? */
int phone_national(const sl_phone_plans *plans, const uint8_t *digits, uint32_t count);
/* A number of any region; of the set, where that is narrowed. */
int phone_anywhere(const sl_phone_plans *plans, const uint8_t *digits, uint32_t count);
/* Has a region of the set national or local numbers of so many digits? */
int phone_possible_here(const sl_phone_plans *plans, uint32_t count);
/* A country code and a number of that country; loose: its length is enough. */
int phone_international(const sl_phone_plans *plans, const uint8_t *digits, uint32_t count, int loose);

enum { CONTEXT_NONE, CONTEXT_WEAK, CONTEXT_POSITIVE, CONTEXT_NEGATIVE };

/* The words of the stream, found when somebody first asks. */
typedef struct {
    uint32_t start, end;
    uint8_t says;
} sl_phone_word;
typedef struct {
    const sl_glyphs *glyphs;
    sl_arena *arena;
    sl_phone_word *words; /* NULL: not looked for */
    uint32_t count, at;   /* at: the first word that ends after the last start asked for */
} sl_phone_context;
sl_status phone_context(sl_phone_context *context, uint32_t start, uint32_t end, int *says);

sl_status phone_plain(const sl_glyphs *g, const sl_phone_plans *plans, sl_phone_context *context, int strong, sl_arena *arena,
                      sl_spans *spans);
sl_status phone_spelled(const sl_glyphs *g, const sl_phone_plans *plans, sl_phone_context *context, sl_arena *arena, sl_spans *spans);

#endif
