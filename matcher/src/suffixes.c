/* The table of public suffixes. links.h draws the section. */
#include "hosts.h"

static uint32_t word_at(const uint8_t *section, size_t offset) {
    uint32_t value;
    memcpy(&value, section + offset, sizeof value);
    return value;
}

sl_status sl_suffixes_open(sl_suffixes *suffixes, const uint8_t *section, size_t bytes, sl_fault *fault) {
    if (bytes < 16 || memcmp(section, "SFX1", 4)) SL_REFUSE(fault, "suffixes", "this is no table of suffixes", 0);
    uint32_t slots = word_at(section, 4), pool = word_at(section, 8);
    if (!slots || (slots & (slots - 1)) || slots > 1u << 24) SL_REFUSE(fault, "suffixes", "the number of slots is no power of two", 4);
    if (word_at(section, 12)) SL_REFUSE(fault, "suffixes", "the reserved field is not zero", 12);
    if (bytes != 16 + 4 * (uint64_t)slots + pool) SL_REFUSE(fault, "suffixes", "the parts do not fill the section", 8);
    suffixes->slots = (const uint32_t *)(const void *)(section + 16);
    suffixes->pool = section + 16 + 4 * (size_t)slots;
    suffixes->slot_count = slots;
    suffixes->pool_bytes = pool;
    uint32_t used = 0;
    for (uint32_t i = 0; i < slots; i++) {
        uint32_t slot = suffixes->slots[i];
        if (!slot) continue;
        used++;
        if (slot > pool || pool - (slot - 1) < 2) SL_REFUSE(fault, "suffixes", "a slot points past the pool", i);
        const uint8_t *entry = suffixes->pool + slot - 1;
        if (pool - (slot - 1) - 2 < entry[1]) SL_REFUSE(fault, "suffixes", "an entry ends past the pool", i);
        if (entry[0] < SL_SUFFIX_SURE || entry[0] > SL_SUFFIX_TWO_LABELS) SL_REFUSE(fault, "suffixes", "an entry has no such class", i);
    }
    /* INVARIANT: a free slot ends every search. */
    if (used == slots) SL_REFUSE(fault, "suffixes", "no slot is free", 4);
    return SL_OK;
}

int sl_suffix_class(const sl_suffixes *suffixes, const uint8_t *bytes, uint32_t length) {
    if (length > 255) return 0;
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < length; i++) hash = (hash ^ bytes[i]) * 16777619u;
    for (uint32_t i = hash & (suffixes->slot_count - 1);; i = (i + 1) & (suffixes->slot_count - 1)) {
        uint32_t slot = suffixes->slots[i];
        if (!slot) return 0;
        const uint8_t *entry = suffixes->pool + slot - 1;
        if (entry[1] == length && !memcmp(entry + 2, bytes, length)) return entry[0];
    }
}
