/** Tests of routing and driving the judges. */
@NullMarked
package io.crossfk.listener.check;

import org.jspecify.annotations.NullMarked;
