assert new File(basedir, 'target/vmm/root/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'
