/* Links: found once in a stream, then asked for many shapes. docs/entities.md says what a link is.
 *
 * Section `suffixes`, written by compiler/links.py, all integers u32 and little-endian:
 *
 *      0   magic "SFX1"
 *      4   slot_count, a power of two
 *      8   pool_bytes
 *     12   zero
 *     16   slots      slot_count × offset into the pool plus 1, or 0 where the slot is free (at least one is)
 *      …   pool       entries: u8 class (SL_SUFFIX_*), u8 length, then `length` bytes of UTF-8, folded; zero-padded to 4 bytes
 *
 * An entry stands in the first free slot from FNV-1a(its bytes) mod slot_count on.
 *
 * Sections `links_none` and `links_basic`:
 *
 *      0   magic "LNK1"
 *      4   slot_count, a power of two
 *      8   host_count
 *     12   shape_count
 *     16   segment_count
 *     20   pool_bytes
 *     24   zero, zero
 *     32   slots      slot_count × host number plus 1, or 0 where the slot is free (at least one is)
 *      …   hosts      host_count × {text, length, first_shape, shape_count}: text is an offset into the pool
 *      …   shapes     shape_count × {leaf, first_segment, segment_count or SL_ANY_PATH}; those of one host stand together
 *      …   segments   segment_count × {text, length}; length is SL_ONE_SEGMENT for `*`, SL_MANY_SEGMENTS for `**`
 *      …   pool       UTF-8, folded by the section's level; zero-padded to 4 bytes
 *
 *     "uk.linkedin.com"  ──▶  hash("com") hash("linkedin.com") hash("uk.linkedin.com")
 *                                           └─▶ slot ─▶ host 7 ─▶ shapes 12..14 ─▶ segments "in", **
 *
 * A host stands in the first free slot from the hash of its bytes, taken from the last to the first, mod slot_count on: so one
 * walk from the end of a link's host gives the hashes of all its parents.
 */
#ifndef SOLON_LINKS_H
#define SOLON_LINKS_H

#include "fold.h"
#include "solon.h"

enum { SL_SUFFIX_SURE = 1, SL_SUFFIX_DOUBTFUL = 2, SL_SUFFIX_TWO_LABELS = 3 };
enum { SL_ANY_PATH = 0xFFFFFFFFu, SL_ONE_SEGMENT = 0xFFFFFFFEu, SL_MANY_SEGMENTS = 0xFFFFFFFFu };
enum { SL_HOST_CHARS = 253, SL_LABEL_CHARS = 63, SL_LINK_CHARS = 4096 };

typedef struct {
    const uint32_t *slots;
    const uint8_t *pool;
    uint32_t slot_count, pool_bytes;
} sl_suffixes;

typedef struct {
    const uint32_t *slots, *hosts, *shapes, *segments;
    const uint8_t *pool;
    uint32_t slot_count, host_count, shape_count, segment_count, pool_bytes;
    /* What decodes to other characters (punycode, percent-escapes) is folded by this. The engine sets it after the section
     * is opened, to the fold of the section's level; where it is NULL, decoded characters stay as they are. */
    const sl_fold *fold;
} sl_links;

/* One link of a stream. `host` is UTF-8 as it stands in the stream, with plain dots. */
typedef struct {
    uint32_t start, end;           /* characters of the message */
    uint32_t path_start, path_end; /* folded characters: from the first slash up to query or fragment; empty where there is no path */
    const uint8_t *host;
    uint32_t host_bytes;
    uint8_t doubtful; /* may be a file name or two sentences without a space: only shapes look at it */
} sl_link;

typedef struct {
    sl_link *items;
    uint32_t count, capacity;
    const sl_stream *stream; /* must outlive the list */
} sl_link_list;

/* Any bytes: SL_OK, or SL_DAMAGED with the fault. The section must outlive what was opened on it. */
sl_status sl_suffixes_open(sl_suffixes *suffixes, const uint8_t *section, size_t bytes, sl_fault *fault);
sl_status sl_links_open(sl_links *links, const uint8_t *section, size_t bytes, sl_fault *fault);

/* All links of a stream, in order; they do not overlap. */
sl_status sl_links_scan(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_link_list *list);
/* The same with strong evasions: `linkedin dot com`, `linkedin .com`. */
sl_status sl_links_scan_strong(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, sl_arena *arena, sl_link_list *list);

/* A hit for each link and each leaf that has a shape for it; a leaf may get the same link twice. */
sl_status sl_links_match(const sl_links *links, const sl_link_list *list, sl_arena *arena, sl_hits *hits);

/* The spans of the links that are not doubtful: `entity url`, zone `url`. */
sl_status sl_links_spans(const sl_link_list *list, sl_arena *arena, sl_spans *spans);

#endif
