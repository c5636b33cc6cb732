/* What is compared of a link: host and path segments, decoded and folded. docs/entities.md, "Url shapes". */
#ifndef SOLON_LINK_PARTS_H
#define SOLON_LINK_PARTS_H

#include "links.h"

typedef struct {
    const uint8_t *bytes; /* UTF-8 */
    uint32_t length;
} sl_piece;

/* The host of a link with `xn--` labels decoded, all folded. `fold` may be NULL: then nothing is folded. */
sl_status sl_canonical_host(const sl_link *link, const sl_fold *fold, sl_arena *arena, sl_piece *host);

/* The segments of a link's path, decoded and folded; empty ones and `.` dropped, `..` carried out. */
sl_status sl_canonical_path(const sl_link *link, const sl_stream *stream, const sl_fold *fold, sl_arena *arena, sl_piece **segments, uint32_t *count);

#endif
