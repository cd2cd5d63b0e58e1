def errors = new File(basedir, 'build.log').readLines().findAll { it.startsWith('[ERROR] Failed to execute goal') }
assert errors.size() == 2
assert errors[0].contains('the guest ended with status 7, not 0 (vmm.expectedExit)')
assert errors[1].contains('instructions')
