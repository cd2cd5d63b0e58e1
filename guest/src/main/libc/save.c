/* Apart from the other calls, so that it can also be linked with the C library of the system. */

#include <errno.h>
#include <vmm.h>

#include "syscall.h"

int save(void) {
    long result = __syscall3(VMM_SAVE_CALL, 0, 0, 0);
    if (result < 0) {
        errno = (int) -result;
        return -1;
    }
    return (int) result;
}
