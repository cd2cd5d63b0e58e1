assert new File(basedir, 'files/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
assert new File(basedir, 'target/vmm/vm.vmimg').length() > 0
def log = new File(basedir, 'build.log').text
assert log.contains('[INFO] 2262 primes below 20000')
assert log.contains('Name it with vmm.program')
