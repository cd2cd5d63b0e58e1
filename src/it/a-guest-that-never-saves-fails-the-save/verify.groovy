def log = new File(basedir, 'build.log').text
assert log.contains('the guest ended before it asked for SAVE (exit status 3): no image was written')
assert !new File(basedir, 'target/vmm/vm.vmimg').exists()
assert new File(basedir, 'target/vmm/trace.log').text == 'EXIT 3\n'
