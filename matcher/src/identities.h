/* Who somebody is on the net: e-mail addresses, handles, IP addresses. docs/entities.md.
 *
 * All take a folded stream and give candidates in characters of the message; the caller selects. */
#ifndef SOLON_IDENTITIES_H
#define SOLON_IDENTITIES_H

#include "links.h"

sl_status sl_find_email(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans);
sl_status sl_find_handle(const sl_suffixes *suffixes, const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans);
sl_status sl_find_ip(const sl_props *props, const sl_stream *stream, int strong, sl_arena *arena, sl_spans *spans);

#endif
