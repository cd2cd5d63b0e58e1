def vmm = new File(basedir, 'target/vmm')
def between = new File(basedir, 'target/between')

assert new File(between, 'trace.log').text ==~ /OPEN \.\/ay_caramba 32834 511 - return 8
WRITE 8 [0-9a-f]+ 16 - return 16
SAVE OPERATION
/
assert new File(between, 'root/ay_caramba').text == 'Hello World !!!\n'

assert new File(vmm, 'trace.log').text ==~ /RESTORE OPERATION
WRITE 8 [0-9a-f]+ 12 - return 12
CLOSE 8 - return 0
EXIT 0
/
assert new File(vmm, 'root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'

assert new File(vmm, 'root').list() == ['ay_caramba']
assert new File(vmm, 'console.log').length() == 0
assert !new File(basedir, 'ay_caramba').exists()
