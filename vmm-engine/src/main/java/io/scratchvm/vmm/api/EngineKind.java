package io.scratchvm.vmm.api;

/** The engines that may execute a guest; all give the same states at the same instruction counts. */
public enum EngineKind {
    /** Decodes once, then interprets. */
    INTERPRETER,
    /** Translates to JVM bytecode. Not there yet: choosing it is an error. */
    JIT
}
