package io.scratchvm.vmm.linux.loader;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
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
 * @param charset how arguments and environment become bytes
 */
public record ProgramArguments(
        List<String> arguments,
        List<String> environment,
        byte[] random,
        long processorFeatures,
        int user,
        int group,
        Charset charset) {
    /** What a user gives: text, in UTF-8. */
    public ProgramArguments(
            List<String> arguments,
            List<String> environment,
            byte[] random,
            long processorFeatures,
            int user,
            int group) {
        this(arguments, environment, random, processorFeatures, user, group, StandardCharsets.UTF_8);
    }
}
