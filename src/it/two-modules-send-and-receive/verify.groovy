def sent = new File(basedir, 'sender/target/vmm')
assert new File(sent, 'trace.log').readLines().takeRight(2) == ['VM_APP - VM STATE SENT', 'VMM EXITING']
assert new File(sent, 'root/ay_caramba').text == 'Hello World !!!\n'

def received = new File(basedir, 'receiver/target/vmm')
assert new File(received, 'receive-trace.log').text ==~ /VM_APP - RESTORE OPERATION
VM_APP - WRITE 8 [0-9a-f]+ 12 - return 12
VM_APP - CLOSE 8 - return 0
VM_APP - EXIT 0
/
// The second time a file of the first one stood there: the root is the plugin's, and it was replaced.
assert new File(received, 'root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
// Called without an execution, the goal is for modules with a guest: neither the root nor this module has one.
assert new File(basedir, 'build.log').text.count('Passed over') == 2
return true
