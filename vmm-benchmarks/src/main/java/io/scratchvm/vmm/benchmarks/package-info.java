/** JMH benchmarks over the public API. The programs that they run are compiled from {@code src/main/guest}. */
package io.scratchvm.vmm.benchmarks;
