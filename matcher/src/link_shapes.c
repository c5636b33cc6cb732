/* Which of the author's shapes a link has: the table of hosts, and paths. links.h draws the section. */
#include "link_parts.h"

enum { HEADER = 32, HOST_FIELDS = 4, SHAPE_FIELDS = 3, SEGMENT_FIELDS = 2 };

static uint32_t word_at(const uint8_t *section, size_t offset) {
    uint32_t value;
    memcpy(&value, section + offset, sizeof value);
    return value;
}

static sl_status verify_slots(const sl_links *links, sl_fault *fault) {
    uint32_t used = 0;
    for (uint32_t i = 0; i < links->slot_count; i++) {
        used += links->slots[i] != 0;
        if (links->slots[i] > links->host_count) SL_REFUSE(fault, "links", "a slot names a host that is not there", i);
    }
    /* INVARIANT: a free slot ends every search. */
    if (used == links->slot_count) SL_REFUSE(fault, "links", "no slot is free", 4);
    return SL_OK;
}

static sl_status verify_tables(const sl_links *links, sl_fault *fault) {
    for (uint32_t i = 0; i < links->host_count; i++) {
        const uint32_t *host = links->hosts + (size_t)i * HOST_FIELDS;
        if (host[0] > links->pool_bytes || host[1] > links->pool_bytes - host[0]) SL_REFUSE(fault, "links", "a host ends past the pool", i);
        if (host[2] > links->shape_count || host[3] > links->shape_count - host[2]) SL_REFUSE(fault, "links", "a host has shapes that are not there", i);
    }
    for (uint32_t i = 0; i < links->shape_count; i++) {
        const uint32_t *shape = links->shapes + (size_t)i * SHAPE_FIELDS;
        if (shape[2] == SL_ANY_PATH) continue;
        if (shape[1] > links->segment_count || shape[2] > links->segment_count - shape[1])
            SL_REFUSE(fault, "links", "a shape has segments that are not there", i);
    }
    for (uint32_t i = 0; i < links->segment_count; i++) {
        const uint32_t *segment = links->segments + (size_t)i * SEGMENT_FIELDS;
        if (segment[1] == SL_ONE_SEGMENT || segment[1] == SL_MANY_SEGMENTS) continue;
        if (segment[0] > links->pool_bytes || segment[1] > links->pool_bytes - segment[0])
            SL_REFUSE(fault, "links", "a segment ends past the pool", i);
    }
    return SL_OK;
}

sl_status sl_links_open(sl_links *links, const uint8_t *section, size_t bytes, sl_fault *fault) {
    if (bytes < HEADER || memcmp(section, "LNK1", 4)) SL_REFUSE(fault, "links", "this is no table of link shapes", 0);
    links->slot_count = word_at(section, 4);
    links->host_count = word_at(section, 8);
    links->shape_count = word_at(section, 12);
    links->segment_count = word_at(section, 16);
    links->pool_bytes = word_at(section, 20);
    if (word_at(section, 24) || word_at(section, 28)) SL_REFUSE(fault, "links", "a reserved field is not zero", 24);
    if (!links->slot_count || (links->slot_count & (links->slot_count - 1)))
        SL_REFUSE(fault, "links", "the number of slots is no power of two", 4);
    uint64_t words = (uint64_t)links->slot_count + (uint64_t)links->host_count * HOST_FIELDS +
                     (uint64_t)links->shape_count * SHAPE_FIELDS + (uint64_t)links->segment_count * SEGMENT_FIELDS;
    if (bytes != HEADER + 4 * words + links->pool_bytes) SL_REFUSE(fault, "links", "the parts do not fill the section", 4);
    links->slots = (const uint32_t *)(const void *)(section + HEADER);
    links->hosts = links->slots + links->slot_count;
    links->shapes = links->hosts + (size_t)links->host_count * HOST_FIELDS;
    links->segments = links->shapes + (size_t)links->shape_count * SHAPE_FIELDS;
    links->pool = section + HEADER + 4 * words;
    links->fold = NULL;
    sl_status status = verify_slots(links, fault);
    return status ? status : verify_tables(links, fault);
}

/* ── Matching ────────────────────────────────────────────────────────────────────────────────────── */

static int segment_is(const sl_links *links, uint32_t index, const sl_piece *piece) {
    const uint32_t *segment = links->segments + (size_t)index * SEGMENT_FIELDS;
    if (segment[1] == SL_ONE_SEGMENT || segment[1] == SL_MANY_SEGMENTS) return 1;
    return segment[1] == piece->length && !memcmp(links->pool + segment[0], piece->bytes, piece->length);
}

static int is_many(const sl_links *links, uint32_t index) { return links->segments[(size_t)index * SEGMENT_FIELDS + 1] == SL_MANY_SEGMENTS; }

/* The usual walk for patterns with gaps: where it fails, the last `**` takes one segment more. At most as many steps as the
 * product of both lengths, and a shape has few segments. */
static int path_is(const sl_links *links, uint32_t first, uint32_t wanted, const sl_piece *pieces, uint32_t count) {
    uint32_t part = 0, piece = 0, gap_part = wanted, gap_piece = 0;
    while (piece < count) {
        if (part < wanted && segment_is(links, first + part, &pieces[piece])) {
            if (is_many(links, first + part)) {
                gap_part = part;
                gap_piece = piece;
            }
            part++;
            piece++;
        } else if (gap_part < wanted) {
            part = gap_part + 1;
            piece = ++gap_piece + 1;
        } else {
            return 0;
        }
    }
    return part == wanted;
}

typedef struct {
    const sl_links *links;
    const sl_link *link;
    const sl_stream *stream;
    sl_arena *arena;
    sl_piece *segments; /* read when the first shape with a path asks */
    uint32_t segment_count;
    int has_segments;
} question;

static sl_status match_shapes(question *q, const uint32_t *host, sl_hits *hits) {
    for (uint32_t i = host[2]; i < host[2] + host[3]; i++) {
        const uint32_t *shape = q->links->shapes + (size_t)i * SHAPE_FIELDS;
        if (shape[2] != SL_ANY_PATH) {
            if (!q->has_segments) {
                sl_status status = sl_canonical_path(q->link, q->stream, q->links->fold, q->arena, &q->segments, &q->segment_count);
                if (status) return status;
                q->has_segments = 1;
            }
            if (!path_is(q->links, shape[1], shape[2], q->segments, q->segment_count)) continue;
        }
        sl_status status = sl_hits_push(hits, q->arena, shape[0], q->link->start, q->link->end);
        if (status) return status;
    }
    return SL_OK;
}

/* The host with these bytes, or NULL. */
static const uint32_t *find_host(const sl_links *links, uint32_t hash, const uint8_t *bytes, uint32_t length) {
    for (uint32_t i = hash & (links->slot_count - 1);; i = (i + 1) & (links->slot_count - 1)) {
        if (!links->slots[i]) return NULL;
        const uint32_t *host = links->hosts + (size_t)(links->slots[i] - 1) * HOST_FIELDS;
        if (host[1] == length && !memcmp(links->pool + host[0], bytes, length)) return host;
    }
}

sl_status sl_links_match(const sl_links *links, const sl_link_list *list, sl_arena *arena, sl_hits *hits) {
    for (uint32_t i = 0; i < list->count; i++) {
        question q = {links, &list->items[i], list->stream, arena, NULL, 0, 0};
        sl_piece host;
        sl_status status = sl_canonical_host(q.link, links->fold, arena, &host);
        if (status) return status;
        uint32_t hash = 2166136261u;
        for (uint32_t at = host.length; at-- > 0;) {
            hash = (hash ^ host.bytes[at]) * 16777619u;
            if (at > 0 && host.bytes[at - 1] != '.') continue;
            const uint32_t *known = find_host(links, hash, host.bytes + at, host.length - at);
            if (known && (status = match_shapes(&q, known, hits))) return status;
        }
    }
    return SL_OK;
}
