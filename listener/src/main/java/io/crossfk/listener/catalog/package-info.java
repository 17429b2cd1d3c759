/** What the databases' catalogues say of the rules' tables: bound rules, or what is in the way. */
@NullMarked
package io.crossfk.listener.catalog;

import org.jspecify.annotations.NullMarked;
