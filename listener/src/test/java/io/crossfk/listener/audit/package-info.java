@NullMarked
package io.crossfk.listener.audit;

import org.jspecify.annotations.NullMarked;
