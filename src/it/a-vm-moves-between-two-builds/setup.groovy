// The second Maven. It starts when the first one, which the invoker starts, waits for a receiver: by then everything that
// the plugin needs is in the local repository.
int port = new ServerSocket(0, 1, InetAddress.getByName('localhost')).withCloseable { it.localPort }
def config = new File(basedir, '.mvn/maven.config')
config.parentFile.mkdirs()
config.text = "-Dvmm.to=localhost:$port\n-Dvmm.listen=localhost:$port\n-Dvmm.wait=100s\n"

def windows = System.getProperty('os.name').startsWith('Windows')
def command = [new File(System.getProperty('maven.home'), windows ? 'bin/mvn.cmd' : 'bin/mvn').path,
               '-B', '-o', '-s', new File(basedir.parentFile, 'interpolated-settings.xml').path,
               "-Dmaven.repo.local=$localRepositoryPath", '-Dmaven.legacyLocalRepo=true', 'vmm:receive']*.toString()

context.receiver = Thread.startDaemon {
    def sender = new File(basedir, 'build.log')
    long end = System.currentTimeMillis() + 120_000
    while (!(sender.exists() && sender.text.contains('SAVE OPERATION')) && System.currentTimeMillis() < end) {
        sleep 100
    }
    def builder = new ProcessBuilder(command).directory(basedir)
    builder.environment().JAVA_HOME = System.getProperty('java.home')
    def process = builder.redirectErrorStream(true).redirectOutput(new File(basedir, 'receive.log')).start()
    process.outputStream.close()
    if (!process.waitFor(120, java.util.concurrent.TimeUnit.SECONDS)) {
        process.descendants().each { it.destroyForcibly() }
        process.destroyForcibly()
    }
    context.status = process.waitFor()
}
return true
