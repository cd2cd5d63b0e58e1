def log = new File(basedir, 'build.log').text
assert log =~ /wrong\.c:2:12: error: .*undeclared/
assert log.contains('MojoFailureException')
assert !new File(basedir, 'target/vmm/vm.vmimg').exists()
