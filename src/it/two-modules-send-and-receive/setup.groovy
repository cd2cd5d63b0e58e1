int port = new ServerSocket(0, 1, InetAddress.getByName('localhost')).withCloseable { it.localPort }
def config = new File(basedir, '.mvn/maven.config')
config.parentFile.mkdirs()
config.text = "-Dvmm.to=localhost:$port\n-Dvmm.listen=localhost:$port\n-Dvmm.wait=100s\n"
return true
