context.receiver.join()
def received = new File(basedir, 'receive.log')
assert context.status == 0 : received.text

def vmm = new File(basedir, 'target/vmm')
def shown = { File log -> log.readLines().findAll { it =~ /VM_APP|VMM/ }.join('\n') }

def sent = /VM_APP - OPEN \.\/ay_caramba 32834 511 - return 8
VM_APP - WRITE 8 [0-9a-f]+ 16 - return 16
VM_APP - SAVE OPERATION
VM_APP - VM STATE SENT
VMM EXITING/
assert new File(vmm, 'trace.log').text.trim() ==~ sent
assert shown(new File(basedir, 'build.log')).replace('[INFO] ', '') ==~ sent

def ended = /VM_APP - RESTORE OPERATION
VM_APP - WRITE 8 [0-9a-f]+ 12 - return 12
VM_APP - CLOSE 8 - return 0
VM_APP - EXIT 0/
assert new File(vmm, 'receive-trace.log').text.trim() ==~ ended
assert shown(received).replace('[INFO] ', '') ==~ ended

assert new File(vmm, 'root').list() == ['ay_caramba']
assert new File(vmm, 'root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
return true
