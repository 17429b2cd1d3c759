/** Whether crossfk can work here, and what to do where it cannot; nothing is changed. */
@NullMarked
package io.crossfk.listener.doctor;

import org.jspecify.annotations.NullMarked;
