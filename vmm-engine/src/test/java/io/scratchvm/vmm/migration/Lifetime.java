package io.scratchvm.vmm.migration;

import io.scratchvm.vmm.host.Host;
import io.scratchvm.vmm.host.HostFile;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.Set;

/** A process that is killed at its nth change of a file system, and changes nothing afterwards: no clean-up helps it. */
final class Lifetime {
    private static final Set<String> CHANGES =
            Set.of("write", "setSize", "force", "create", "createDirectory", "delete", "rename", "setPermissions");

    private final int changes;
    private int done;

    /** @param changes that succeed; the next one, if it writes bytes, writes half of them */
    Lifetime(int changes) {
        this.changes = changes;
    }

    static Lifetime endless() {
        return new Lifetime(Integer.MAX_VALUE);
    }

    /** How many changes there were. */
    int changes() {
        return done;
    }

    /** What the process died of; nobody catches it. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("killed", null, false, false);
        }
    }

    Host on(Host host) {
        return (Host) proxy(Host.class, host);
    }

    private Object proxy(Class<?> type, Object target) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (CHANGES.contains(method.getName())) {
                count(target, method.getName(), arguments);
            }
            try {
                Object result = method.invoke(target, arguments);
                return result instanceof HostFile file ? proxy(HostFile.class, file) : result;
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return Proxy.newProxyInstance(Lifetime.class.getClassLoader(), new Class<?>[] {type}, handler);
    }

    private void count(Object target, String change, Object[] arguments) throws Exception {
        if (done == changes && change.equals("write") && target instanceof HostFile file) {
            byte[] half = Arrays.copyOfRange(
                    (byte[]) arguments[1], (int) arguments[2], (int) arguments[2] + (int) arguments[3] / 2);
            file.write((long) arguments[0], half, 0, half.length);
        }
        if (done >= changes) {
            done = Integer.MAX_VALUE;
            throw new Killed();
        }
        done++;
    }
}
