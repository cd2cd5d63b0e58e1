def errors = new File(basedir, 'build.log').readLines().findAll { it.startsWith('[ERROR] Failed to execute goal') }
assert errors.size() == 3
assert errors[0].contains('broken.vmimg')
assert errors[1].contains('none.vmimg')
assert errors[2].contains('vmm:save')
def log = new File(basedir, 'build.log').text
assert !log.contains('\tat io.scratchvm')
assert log.count('MojoFailureException') == 3
