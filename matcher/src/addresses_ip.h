/* IP addresses as texts. RFC 4291, section 2.2. */
#ifndef SOLON_ADDRESSES_IP_H
#define SOLON_ADDRESSES_IP_H

#include "hosts.h"

/* Are the folded characters start..end an IPv6 address of at most 45 characters? */
int sl_is_ipv6(const sl_reader *r, uint32_t start, uint32_t end);

#endif
