/* Zones of the raw message: fenced and inline code, quoted lines. docs/semantics.md, "Zones". */
#ifndef SOLON_ZONES_H
#define SOLON_ZONES_H

#include "solon.h"

/* The zones of the first `length_chars` characters of a text, in order. */
sl_status sl_zone_code(const sl_text *text, uint32_t length_chars, sl_arena *arena, sl_spans *spans);
sl_status sl_zone_quote(const sl_text *text, uint32_t length_chars, sl_arena *arena, sl_spans *spans);

#endif
