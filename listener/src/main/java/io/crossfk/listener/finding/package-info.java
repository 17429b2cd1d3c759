/** What was looked at, what was found and what cures it: the words in which all parts say it. */
@NullMarked
package io.crossfk.listener.finding;

import org.jspecify.annotations.NullMarked;
