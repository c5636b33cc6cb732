/* Numbering plans: opening the section, and asking whether digits are a number. The door to the recogniser. */
#include "phone_parts.h"

enum { HEADER_BYTES = 16, REGION_BYTES = 24, FLAG_BYTES = 2, STATE_BYTES = 20 };

static uint16_t u16_at(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
static uint32_t u32_at(const uint8_t *p) { return u16_at(p) | (uint32_t)u16_at(p + 2) << 16; }

static sl_phone_region region_at(const sl_phones *phones, uint32_t index) {
    const uint8_t *p = phones->regions + (size_t)index * REGION_BYTES;
    sl_phone_region r = {.name = u16_at(p), .code = u16_at(p + 2), .lengths = u32_at(p + 4), .local = u32_at(p + 8),
                         .start = u16_at(p + 12), .prefix_length = p[14]};
    memcpy(r.prefix, p + 16, 8);
    return r;
}

#define REFUSE(why, where) SL_REFUSE(fault, "phones", why, where)

static sl_status open_regions(sl_phones *phones, sl_fault *fault) {
    for (uint32_t i = 0; i < SL_PHONE_CODES; i++) phones->by_code[i] = SL_PHONE_NO_REGION;
    for (uint32_t i = 0; i < SL_PHONE_NAMES; i++) phones->by_name[i] = SL_PHONE_NO_REGION;
    uint32_t last = 0;
    for (uint32_t i = 0; i < phones->region_count; i++) {
        sl_phone_region r = region_at(phones, i);
        if (r.name >= SL_PHONE_NAMES && r.name != SL_PHONE_NO_REGION) REFUSE("a region has no name", i);
        if (r.code < 1 || r.code >= SL_PHONE_CODES || r.code < last) REFUSE("the country codes are out of range or order", i);
        if (r.start >= phones->state_count) REFUSE("a region starts in a state that is not there", i);
        if (r.prefix_length > sizeof r.prefix) REFUSE("a national prefix is too long", i);
        for (uint32_t k = 0; k < r.prefix_length; k++)
            if (r.prefix[k] > 9) REFUSE("a national prefix has something else than digits", i);
        if (phones->by_code[r.code] == SL_PHONE_NO_REGION) phones->by_code[r.code] = (uint16_t)i;
        if (r.name < SL_PHONE_NAMES && phones->by_name[r.name] == SL_PHONE_NO_REGION) phones->by_name[r.name] = (uint16_t)i;
        last = r.code;
    }
    return SL_OK;
}

sl_status sl_phones_open(sl_phones *phones, const uint8_t *section, size_t bytes, sl_fault *fault) {
    if (bytes < HEADER_BYTES || memcmp(section, "PHN1", 4)) REFUSE("it does not start as numbering plans do", 0);
    uint64_t regions = u32_at(section + 4), states = u32_at(section + 8);
    if (u32_at(section + 12)) REFUSE("a field that must be zero is not", 12);
    if (regions > 0xFFFE || states < 1 || states > 0x10000) REFUSE("the counts are out of range", 4);
    if (HEADER_BYTES + regions * REGION_BYTES + states * (FLAG_BYTES + STATE_BYTES) != bytes) REFUSE("the counts do not fit its length", 4);
    phones->region_count = (uint32_t)regions;
    phones->state_count = (uint32_t)states;
    phones->regions = section + HEADER_BYTES;
    phones->flags = phones->regions + regions * REGION_BYTES;
    phones->next = phones->flags + states * FLAG_BYTES;
    for (uint64_t i = 0; i < states * 10; i++)
        if (u16_at(phones->next + 2 * i) >= states) REFUSE("a state leads to one that is not there", i);
    for (uint64_t i = 0; i < states; i++)
        if (u16_at(phones->flags + 2 * i) > 1) REFUSE("a state has unknown flags", i);
    return open_regions(phones, fault);
}

static int walk(const sl_phones *phones, uint32_t state, const uint8_t *digits, uint32_t count) {
    for (uint32_t i = 0; i < count && state; i++) state = u16_at(phones->next + (size_t)state * STATE_BYTES + 2 * digits[i]);
    return state && phones->flags[(size_t)state * FLAG_BYTES];
}

static int starts_with_prefix(const sl_phone_region *r, const uint8_t *digits, uint32_t count) {
    return r->prefix_length && count >= r->prefix_length && !memcmp(digits, r->prefix, r->prefix_length);
}

static int number_of(const sl_phones *phones, const sl_phone_region *r, const uint8_t *digits, uint32_t count) {
    if (walk(phones, r->start, digits, count)) return 1;
    return starts_with_prefix(r, digits, count) && walk(phones, r->start, digits + r->prefix_length, count - r->prefix_length);
}

static int possible(const sl_phone_region *r, const uint8_t *digits, uint32_t count) {
    if (r->lengths >> count & 1) return 1;
    return starts_with_prefix(r, digits, count) && (r->lengths >> (count - r->prefix_length) & 1);
}

sl_status phone_plans(sl_phone_plans *plans, const sl_phones *phones, const uint16_t *names, uint32_t count, sl_arena *arena) {
    static const char standard[][3] = {"us", "gb", "in", "de", "fr", "es", "it", "br", "mx", "au", "cn", "ru", "jp"};
    enum { STANDARD = sizeof standard / sizeof standard[0] };
    plans->phones = phones;
    plans->narrowed = count > 0;
    plans->has_code_1 = 0;
    plans->set_count = 0;
    uint32_t wanted = count ? count : STANDARD;
    plans->set = sl_arena_take(arena, wanted * sizeof *plans->set);
    if (!plans->set) return SL_NO_MEMORY;
    for (uint32_t i = 0; i < wanted; i++) {
        uint32_t name = count ? names[i] : (uint32_t)(26 * (standard[i][0] - 'a') + standard[i][1] - 'a');
        uint16_t region = name < SL_PHONE_NAMES ? phones->by_name[name] : SL_PHONE_NO_REGION;
        if (region == SL_PHONE_NO_REGION) continue;
        plans->set[plans->set_count++] = region;
        plans->has_code_1 |= region_at(phones, region).code == 1;
    }
    return SL_OK;
}

int phone_national(const sl_phone_plans *plans, const uint8_t *digits, uint32_t count) {
    for (uint32_t i = 0; i < plans->set_count; i++) {
        sl_phone_region r = region_at(plans->phones, plans->set[i]);
        if (number_of(plans->phones, &r, digits, count)) return 1;
    }
    return 0;
}

int phone_anywhere(const sl_phone_plans *plans, const uint8_t *digits, uint32_t count) {
    if (plans->narrowed) return phone_national(plans, digits, count);
    for (uint32_t i = 0; i < plans->phones->region_count; i++) {
        sl_phone_region r = region_at(plans->phones, i);
        if (number_of(plans->phones, &r, digits, count)) return 1;
    }
    return 0;
}

int phone_possible_here(const sl_phone_plans *plans, uint32_t count) {
    for (uint32_t i = 0; i < plans->set_count; i++) {
        sl_phone_region r = region_at(plans->phones, plans->set[i]);
        if ((r.lengths | r.local) >> count & 1) return 1;
    }
    return 0;
}

static int in_set(const sl_phone_plans *plans, uint32_t region) {
    if (!plans->narrowed) return 1;
    for (uint32_t i = 0; i < plans->set_count; i++)
        if (plans->set[i] == region) return 1;
    return 0;
}

static int all_same(const uint8_t *digits, uint32_t count) {
    for (uint32_t i = 1; i < count; i++)
        if (digits[i] != digits[0]) return 0;
    return 1;
}

int phone_international(const sl_phone_plans *plans, const uint8_t *digits, uint32_t count, int loose) {
    if (count < 7 || count > 15) return 0;
    uint32_t code = 0;
    for (uint32_t taken = 1; taken <= 3; taken++) {
        code = code * 10 + digits[taken - 1];
        uint32_t region = plans->phones->by_code[code];
        const uint8_t *number = digits + taken;
        uint32_t left = count - taken;
        if (region == SL_PHONE_NO_REGION || code == 0 || digits[0] == 0 || all_same(number, left)) continue;
        for (; region < plans->phones->region_count; region++) {
            sl_phone_region r = region_at(plans->phones, region);
            if (r.code != code) break;
            if (!in_set(plans, region)) continue;
            if (number_of(plans->phones, &r, number, left) || (loose && possible(&r, number, left))) return 1;
        }
    }
    return 0;
}

/* A number has at least seven digits, so that most messages are done here. Strong: spelled ones have letters for digits. */
static int worth_a_look(const sl_stream *s) {
    uint32_t digits = 0;
    for (uint32_t i = 0; i < s->length; i++) digits += is_digit_char(sl_at(s, i));
    return digits >= 7;
}

sl_status sl_find_phone(const sl_phones *phones, const sl_props *props, const sl_stream *stream, const uint16_t *regions,
                        uint32_t region_count, int strong, sl_arena *arena, sl_spans *spans) {
    int digits = worth_a_look(stream);
    if (!digits && !strong) return SL_OK;
    sl_glyphs g = {props, stream, stream->length};
    sl_phone_plans plans;
    sl_phone_context context = {.glyphs = &g, .arena = arena};
    sl_status status = phone_plans(&plans, phones, regions, region_count, arena);
    if (!status && digits) status = phone_plain(&g, &plans, &context, strong, arena, spans);
    context.at = 0;
    if (!status && strong) status = phone_spelled(&g, &plans, &context, arena, spans);
    if (!status) sl_spans_select(spans);
    return status;
}
