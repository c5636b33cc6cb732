/* Patterns: leaves and formulas over them.
 *
 * Section `patterns`, all u32 unless said, little-endian:
 *
 *     0   pattern_count
 *     4   node_count
 *     8   child_count
 *    12   leaf_count
 *    16   region_count
 *    20   limit_bytes: the message limit, in UTF-8 bytes
 *    24   zero, zero
 *    32   patterns   pattern_count × {first_node, node_count}: its nodes; the last one is its root
 *     …   nodes      node_count × sl_formula (20 bytes)
 *     …   children   child_count × u32: node indices, each less than that of its parent and in the same pattern; they
 *                tile the list in the order of their parents
 *     …   leaves     leaf_count × sl_leaf (24 bytes)
 *     …   regions    region_count × u16, zero-padded to 4 bytes
 *
 * The nodes of all patterns stand in order and tile the list. A REF names a pattern of a lower index: no cycles.
 */
#ifndef SOLON_PATTERNS_H
#define SOLON_PATTERNS_H

#include "solon.h"

enum { SL_NODE_LEAF = 1, SL_NODE_ANY = 2, SL_NODE_EXCEPT = 3, SL_NODE_NEAR = 4, SL_NODE_REF = 5 };
enum { SL_SIDE_NEAR = 0, SL_SIDE_BEFORE = 1, SL_SIDE_AFTER = 2 };
enum { SL_UNIT_WORDS = 0, SL_UNIT_CHARACTERS = 1 };
enum { SL_STREAM_RAW = 0, SL_STREAM_CASED = 1, SL_STREAM_NONE = 2, SL_STREAM_BASIC = 3, SL_STREAMS = 4 };
enum { SL_LEAF_WORDS = 1, SL_LEAF_LITERALS = 2, SL_LEAF_DFAS = 3, SL_LEAF_LINKS = 4, SL_LEAF_ENTITY = 5, SL_LEAF_ZONE = 6 };
enum {
    SL_ENTITY_PHONE = 0,
    SL_ENTITY_EMAIL,
    SL_ENTITY_URL,
    SL_ENTITY_HANDLE,
    SL_ENTITY_IBAN,
    SL_ENTITY_CREDIT_CARD,
    SL_ENTITY_CRYPTO_WALLET,
    SL_ENTITY_IP_ADDRESS,
    SL_ENTITY_POSTAL_ADDRESS,
    SL_ENTITY_MONEY,
    SL_ENTITIES
};
enum { SL_ZONE_CODE = 0, SL_ZONE_QUOTE, SL_ZONE_URL, SL_ZONES };

/* LEAF: first is the leaf. ANY: children first.. are put together. EXCEPT: the first child is kept, the others are taken away.
 * NEAR: two children, left and right. REF: first is the pattern. */
typedef struct {
    uint8_t kind, side, unit, zero;
    uint32_t first, count; /* of children */
    uint32_t distance;
    uint32_t zero2;
} sl_formula;

/* WORDS, LITERALS, LINKS: the hits of this leaf's own number in the tables of `stream`.
 * DFAS: the automata first..first+count, and with `strong` the words that have this leaf's number too.
 * ENTITY: `what` is the entity, first.. are regions. ZONE: `what` is the zone. */
typedef struct {
    uint8_t kind, stream, strong, what;
    uint32_t first, count;
    uint32_t zero[3];
} sl_leaf;

typedef struct {
    uint32_t pattern_count, node_count, child_count, leaf_count, region_count, limit_bytes;
    const uint32_t *patterns; /* pairs */
    const sl_formula *nodes;
    const uint32_t *children;
    const sl_leaf *leaves;
    const uint16_t *regions;
} sl_patterns;

/* Counts of the tables that leaves may point into. */
typedef struct {
    uint32_t dfa_count;
    uint32_t region_ids; /* region numbers are below this */
} sl_pattern_limits;

sl_status sl_patterns_open(sl_patterns *patterns, const uint8_t *section, size_t bytes, const sl_pattern_limits *limits, sl_fault *fault);

/* The formula steps, on selected lists. */
/* Drops each kept span that overlaps a removed one; in place. */
sl_status sl_spans_except(sl_spans *kept, const sl_spans *removed);

#endif
