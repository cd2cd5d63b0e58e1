// Found by listing: this JVM may have a locale that cannot name it.
def built = basedir.listFiles().find { it.name.startsWith('what is b') }
assert new File(built, 'vmm/vm.vmimg').length() > 0
assert new File(built, 'vmm/root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
