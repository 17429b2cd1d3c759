/** What a rule is: one foreign key across two databases. */
@NullMarked
package io.crossfk.rules.model;

import org.jspecify.annotations.NullMarked;
