/* CRC-32 (IEEE 802.3) by a table: a chain of loads, shifts and exclusive ors. */
#define ROUNDS 500
#include "program.h"

static u32 table[256];
static u8 data[65536];

static void prepare(void) {
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int k = 0; k < 8; k++) {
            c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
        }
        table[i] = c;
    }
    u64 x = 88172645463325252ul;
    for (u32 i = 0; i < sizeof data; i++) {
        x = scramble(x);
        data[i] = (u8)x;
    }
}

static u64 work(u64 round) {
    if (round == 0) {
        prepare();
    }
    u32 crc = ~(u32)round;
    for (u32 i = 0; i < sizeof data; i++) {
        crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xff];
    }
    return ~crc;
}
