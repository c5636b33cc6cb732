/* Names on an app, given beside the app's name without an at. docs/entities.md, "Handle". */
#ifndef SOLON_APP_NAMES_H
#define SOLON_APP_NAMES_H

#include "hosts.h"

/* Adds `jess.s` of `skype: jess.s` and `jess_99` of `jess_99 is my telegram`. */
sl_status sl_app_names(const sl_reader *r, sl_arena *arena, sl_spans *spans);

#endif
