def log = new File(basedir, 'build.log').text
// First and third invocation: both executions skipped, and the assembling before each.
assert log.count('Skipped (vmm.skip).') == 8
assert new File(basedir, 'target/by-property.vmimg').length() > 0
assert new File(basedir, 'target/by-configuration.vmimg').length() > 0
