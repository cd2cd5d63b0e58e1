def errors = new File(basedir, 'build.log').readLines().findAll { it.startsWith('[ERROR] Failed to execute goal') }
assert errors.size() == 1
assert errors[0].contains("only a program that is started directly has an environment: 'GREETING' has nobody to read it")
