/* Telephone numbers: which runs of digits are numbers that somebody can call. docs/entities-numbers.md, "Phone".
 *
 * Section `phones`, little-endian, written by tables/phones.py; all counts and indices are checked by sl_phones_open:
 *
 *     offset  bytes                  field
 *          0      4                  magic "PHN1"
 *          4      4                  R, number of regions (with the non-geographic codes, whose name is 001)
 *          8      4                  S, number of states
 *         12      4                  zero
 *         16     24 · R              regions, those of one country code together, the main one first:
 *                                        u16 name      26 · (first letter - a) + (second letter - a), or 0xFFFF for 001
 *                                        u16 code      country code, 1..999
 *                                        u32 lengths   bit n: a national number of n digits is possible
 *                                        u32 local     bit n: n digits are possible in the same area
 *                                        u16 start     state in which a national number starts
 *                                        u8  prefix_length, u8 zero, u8 prefix[8]  digits that are dialled first at home, as values 0..9
 *    16+24·R      2 · S              flags of the states: 1 where a number may end
 *       then     20 · S              for each state the next state for the digits 0..9; state 0 has no way out
 *
 *     {1} ──4──▶ … ──1──▶ … ──5──▶ … ─▶ {accepts}        a path through the states is a national number
 *
 * The graph of the states has no cycle, but a reader does not lean on it: a walk takes one step for each digit.
 */
#ifndef SOLON_PHONE_H
#define SOLON_PHONE_H

#include "solon.h"

enum { SL_PHONE_CODES = 1000, SL_PHONE_NAMES = 676, SL_PHONE_NO_REGION = 0xFFFF };

typedef struct {
    uint16_t name, code;
    uint32_t lengths, local;
    uint16_t start;
    uint8_t prefix_length;
    uint8_t prefix[8];
} sl_phone_region;

typedef struct {
    const uint8_t *regions; /* 24 bytes each, unaligned */
    const uint8_t *flags;   /* 2 bytes each */
    const uint8_t *next;    /* 20 bytes each */
    uint32_t region_count, state_count;
    uint16_t by_code[SL_PHONE_CODES]; /* the first region of a country code, or SL_PHONE_NO_REGION */
    uint16_t by_name[SL_PHONE_NAMES]; /* the region of a name, or SL_PHONE_NO_REGION */
} sl_phones;

/* `section` must live as long as `phones`. Any bytes: SL_OK, or SL_DAMAGED with the fault. */
sl_status sl_phones_open(sl_phones *phones, const uint8_t *section, size_t bytes, sl_fault *fault);

/* The telephone numbers of a folded stream. `regions` are names as in the section (compiler/phones.py: region_ids); none of
 * them means the default set. `strong` adds spelled-out numbers, and wants the basic stream. */
sl_status sl_find_phone(const sl_phones *phones, const sl_props *props, const sl_stream *stream, const uint16_t *regions,
                        uint32_t region_count, int strong, sl_arena *arena, sl_spans *spans);

#endif
