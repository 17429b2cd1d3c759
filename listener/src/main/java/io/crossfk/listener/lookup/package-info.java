/** Questions of the judge, answered by the databases themselves: batched, and never waiting. */
@NullMarked
package io.crossfk.listener.lookup;

import org.jspecify.annotations.NullMarked;
