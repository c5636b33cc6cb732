/* One door to all recognisers but links: which function finds which entity. */
#ifndef SOLON_ENTITIES_H
#define SOLON_ENTITIES_H

#include "engine.h"

sl_status sl_find_entity(const sl_engine *engine, const sl_leaf *leaf, const sl_stream *stream, sl_arena *arena, sl_spans *spans);

#endif
