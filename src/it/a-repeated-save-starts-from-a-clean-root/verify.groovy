assert new File(basedir, 'target/vmm/root/ay_caramba').text == 'Hello World !!!\n'
assert new File(basedir, 'mine/ay_caramba').text == 'Hello World !!!\n'
assert new File(basedir, 'mine/kept.txt').text.contains("not the guest's")
assert new File(basedir, 'mine.vmimg').bytes == new File(basedir, 'target/vmm/vm.vmimg').bytes
