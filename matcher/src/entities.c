/* Which function finds which entity. */
#include "entities.h"

#include "identities.h"
#include "payment.h"
#include "postal.h"

sl_status sl_find_entity(const sl_engine *e, const sl_leaf *leaf, const sl_stream *stream, sl_arena *arena, sl_spans *spans) {
    const sl_props *props = &e->props;
    const uint16_t *regions = e->patterns.regions + leaf->first;
    int strong = leaf->strong;
    switch (leaf->what) {
    case SL_ENTITY_PHONE: return sl_find_phone(&e->phones, props, stream, regions, leaf->count, strong, arena, spans);
    case SL_ENTITY_EMAIL: return sl_find_email(&e->suffixes, props, stream, strong, arena, spans);
    case SL_ENTITY_HANDLE: return sl_find_handle(&e->suffixes, props, stream, strong, arena, spans);
    case SL_ENTITY_IBAN: return sl_find_iban(props, stream, strong, arena, spans);
    case SL_ENTITY_CREDIT_CARD: return sl_find_credit_card(props, stream, strong, arena, spans);
    case SL_ENTITY_CRYPTO_WALLET: return sl_find_crypto_wallet(props, stream, strong, arena, spans);
    case SL_ENTITY_IP_ADDRESS: return sl_find_ip(props, stream, strong, arena, spans);
    case SL_ENTITY_POSTAL_ADDRESS: return sl_find_postal_address(props, stream, regions, leaf->count, strong, arena, spans);
    default: return sl_find_money(props, stream, strong, arena, spans);
    }
}
