assert new File(basedir, 'target/vmm/console.log').getText('ISO-8859-1') == 'heard: one\nheard: two\n\u00ff\nno end'
def log = new File(basedir, 'build.log').readLines()
assert log.contains('[INFO] heard: one')
assert log.contains('[INFO] heard: two')
assert log.contains('[INFO] no end')
assert new File(basedir, 'target/vmm/trace.log').text.endsWith('EXIT 0\n')
