/** What set-up plans and prints, without a server. */
@NullMarked
package io.crossfk.listener.setup;

import org.jspecify.annotations.NullMarked;
