"""IP addresses as texts. RFC 4291, section 2.2, for IPv6."""

from __future__ import annotations

import re

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")
_GROUP = re.compile(r"[0-9a-f]{1,4}")


def is_octet(text: str) -> bool:
    """0 to 255, without a leading zero."""
    return re.fullmatch(_OCTET, text) is not None


def is_ipv4(text: str) -> bool:
    """`192.168.0.1`"""
    return _IPV4.fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """`2001:db8::1`, `::ffff:10.0.0.1`; lower case, at most 45 characters."""
    if len(text) > 45 or text.count("::") > 1 or ":::" in text:
        return False
    left, gap, right = text.partition("::")
    count = _groups(left, last=not gap) + _groups(right, last=True)
    if count < 0:
        return False
    return count <= 7 if gap else count == 8


def _groups(text: str, last: bool) -> int:
    """How many groups of 16 bits the text has, an IPv4 address at its end as two; or far below 0."""
    if not text:
        return 0
    count = 0
    parts = text.split(":")
    for index, part in enumerate(parts):
        if _GROUP.fullmatch(part):
            count += 1
        elif last and index == len(parts) - 1 and is_ipv4(part):
            count += 2
        else:
            return -100
    return count
