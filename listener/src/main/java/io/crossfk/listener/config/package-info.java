/** crossfk.yaml: what a person writes, to settings, or to every mistake of every file at once. */
@NullMarked
package io.crossfk.listener.config;

import org.jspecify.annotations.NullMarked;
