#ifndef _VMM_H
#define _VMM_H

/* The system call that is SAVE; the VMM is told with --save-call where it is another. */
#ifndef VMM_SAVE_CALL
#define VMM_SAVE_CALL 400
#endif

/* Asks the VMM to save this VM. 0 in the VM that goes on after the save, 1 in a restored one; -1 and errno where
   nothing was saved. */
int save(void);

/* The lab's name for it. */
#define SAVE() save()

#endif
