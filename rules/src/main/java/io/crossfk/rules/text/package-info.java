/** How rules are written: text to rules, with every mistake of every file at once. */
@NullMarked
package io.crossfk.rules.text;

import org.jspecify.annotations.NullMarked;
