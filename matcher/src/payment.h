/* Bank accounts, cards, wallets and amounts of money. docs/entities-numbers.md.
 *
 * All take a folded stream and give selected spans in characters of the message. */
#ifndef SOLON_PAYMENT_H
#define SOLON_PAYMENT_H

#include "solon.h"

sl_status sl_find_iban(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans);
sl_status sl_find_credit_card(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans);
/* `cased` must be the stream of level cased, whatever the pattern's level: the checksums of wallets live in the case. */
sl_status sl_find_crypto_wallet(const sl_props *props, const sl_stream *cased, int strong, sl_arena *arena, sl_spans *spans);
sl_status sl_find_money(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans);

#endif
