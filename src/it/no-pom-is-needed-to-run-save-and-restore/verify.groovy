def plugin = (new File(basedir, 'pom.xml').text =~ /<plugin>(.*)<\/plugin>/)[0][1]
def folder = File.createTempDir('vmm-no-pom', '')

def maven = { String... arguments ->
    def windows = System.getProperty('os.name').startsWith('Windows')
    def command = [new File(System.getProperty('maven.home'), windows ? 'bin/mvn.cmd' : 'bin/mvn').path, '-B',
            '-s', new File(basedir.parentFile, 'interpolated-settings.xml').path, "-Dmaven.repo.local=$localRepository"]
    def process = new ProcessBuilder((command + arguments.toList())*.toString())
            .directory(folder).redirectErrorStream(true).start()
    def output = process.inputStream.text
    [status: process.waitFor(), output: output]
}

try {
    ['boot', 'count', 'ay_caramba'].each {
        new File(folder, "${it}.elf").bytes = new File(guests, "${it}.elf").bytes
    }
    def run = maven("$plugin:run", '-Dvmm.boot=boot.elf', '-Dvmm.program=count.elf', '-Dvmm.memory=1M')
    assert run.status == 0 : run.output
    assert run.output.contains('[INFO] 2262 primes below 20000')

    def save = maven("$plugin:save", '-Dvmm.boot=boot.elf', '-Dvmm.program=ay_caramba.elf', '-Dvmm.root=files')
    assert save.status == 0 : save.output
    assert new File(folder, 'files/ay_caramba').text == 'Hello World !!!\n'
    assert new File(folder, 'target/vmm/vm.vmimg').length() > 0

    def restore = maven("$plugin:restore", '-Dvmm.root=files')
    assert restore.status == 0 : restore.output
    assert new File(folder, 'files/ay_caramba').text == 'Hello World !!!\nBye Bye !!!\n'

    def nothing = maven("$plugin:run")
    assert nothing.status != 0
    assert nothing.output.contains('which guest? Name it with vmm.program')
} finally {
    folder.deleteDir()
}
