assert new File(basedir, 'target/vmm/boot.elf').length() > 0
assert new File(basedir, 'target/vmm/ay_caramba.elf').length() > 0
assert new File(basedir, 'target/vmm/vm.vmimg').length() > 0
assert new File(basedir, 'target/vmm/root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
def order = (new File(basedir, 'build.log').text =~ /--- .*vmm-maven-plugin:[^:]+:(\w+) \(/).collect { it[1] }
// The save assembles again, and finds nothing to do.
assert order == ['assemble', 'assemble', 'save', 'restore', 'inspect']
