package io.scratchvm.vmm.linux;

import java.util.List;

/**
 * What a program of direct start finds on its stack.
 *
 * @param arguments {@code argv}, the program's own name first
 * @param environment {@code envp}, as {@code NAME=value}
 * @param random 16 bytes for AT_RANDOM
 * @param processorFeatures EDX of CPUID's leaf 1, for AT_HWCAP
 * @param user user id, real and effective
 * @param group group id, real and effective
 */
public record ProgramArguments(
        List<String> arguments, List<String> environment, byte[] random, long processorFeatures, int user, int group) {}
