/**
 * From changes to questions to verdicts: routes each change to its judge, and drives the judges.
 */
@NullMarked
package io.crossfk.listener.check;

import org.jspecify.annotations.NullMarked;
