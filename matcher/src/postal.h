/* Postal addresses: a house number with a street. docs/entities-numbers.md, "Postal address". */
#ifndef SOLON_POSTAL_H
#define SOLON_POSTAL_H

#include "solon.h"

/* `regions` are names as in phone.h; none of them means every form. */
sl_status sl_find_postal_address(const sl_props *props, const sl_stream *stream, const uint16_t *regions, uint32_t region_count,
                                 int strong, sl_arena *arena, sl_spans *spans);

#endif
