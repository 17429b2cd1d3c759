/** What findings promise to people. */
@NullMarked
package io.crossfk.listener.finding;

import org.jspecify.annotations.NullMarked;
