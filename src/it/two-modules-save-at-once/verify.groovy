for (module in ['first', 'second']) {
    def vmm = new File(basedir, "$module/target/vmm")
    assert new File(vmm, 'vm.vmimg').length() > 0
    assert new File(basedir, "$module/named.vmimg").length() > 0
    assert new File(vmm, 'root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
    assert new File(vmm, 'trace.log').readLines().last() == 'EXIT 0'
}
assert !new File(basedir, 'target').exists()
assert !new File(basedir, 'without-a-guest/target').exists()
// The root and one module, at each assemble, save and restore: three goals, twice.
assert new File(basedir, 'build.log').text.count('Passed over') == 12
