/** The goals, one class each: parameters, a call of the engine, a message. */
@NullMarked
package io.scratchvm.maven;

import org.jspecify.annotations.NullMarked;
