/**
 * Moving a VM to another VMM: the conversation, both ends of it, and their journals. {@code docs/migration.md} is the
 * specification. {@link Source} and {@link Destination} are the two ends; a {@link Link} carries their {@link Message}s.
 */
package io.scratchvm.vmm.migration;
