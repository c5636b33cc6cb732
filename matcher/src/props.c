/* Character properties: verifying the section `props` (format in fold.h). */
#include "solon.h"

enum { PROPS_HEADER = 8, PROPS_BLOCKS = 0x110000 >> 7, PROPS_PAGE = 128 };

sl_status sl_props_open(sl_props *props, const uint8_t *section, size_t bytes, sl_fault *fault) {
    uint32_t head[2];
    if ((uintptr_t)section & 3) SL_REFUSE(fault, "props", "the section is not aligned", 0);
    if (bytes < PROPS_HEADER + 2 * (size_t)PROPS_BLOCKS) SL_REFUSE(fault, "props", "the section is too short", bytes);
    memcpy(head, section, sizeof head);
    if (head[0] == 0 || head[0] > PROPS_BLOCKS) SL_REFUSE(fault, "props", "page count out of range", 0);
    if (head[1] != 0) SL_REFUSE(fault, "props", "reserved bytes are not zero", 4);
    if (bytes != PROPS_HEADER + 2 * (size_t)PROPS_BLOCKS + (size_t)head[0] * PROPS_PAGE)
        SL_REFUSE(fault, "props", "the pages do not fill the section", bytes);
    props->blocks = (const uint16_t *)(const void *)(section + PROPS_HEADER);
    props->pages = section + PROPS_HEADER + 2 * (size_t)PROPS_BLOCKS;
    props->page_count = head[0];
    for (uint32_t block = 0; block < PROPS_BLOCKS; block++)
        if (props->blocks[block] >= head[0]) SL_REFUSE(fault, "props", "a block has no page", block);
    return SL_OK;
}
