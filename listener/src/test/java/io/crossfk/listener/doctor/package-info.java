/** Every finding on a real server: seen, cured by what it says, and gone. */
@NullMarked
package io.crossfk.listener.doctor;

import org.jspecify.annotations.NullMarked;
