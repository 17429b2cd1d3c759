/** Tests of the demo. */
@NullMarked
package io.crossfk.listener.demo;

import org.jspecify.annotations.NullMarked;
