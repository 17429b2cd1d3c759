package io.crossfk.rules.key;

import org.jspecify.annotations.Nullable;

/**
 * How one pair of columns meets in the parent's form (I2): what PostgreSQL's {@code =} of the
 * parent's type calls equal is one value here. {@link #fromParent} depends on the parent's type
 * alone, so that rules that share a parent share its cache.
 *
 * <p>Without state: any thread may ask. A text that the type's output function does not print is an
 * IllegalArgumentException that does not repeat the text: it is a user's key.
 */
interface PairForm {

  KeyValue fromChild(String text);

  KeyValue fromParent(String text);

  /** Whether the child's type has a value that meets this one. */
  boolean reachable(KeyValue value);

  /** Text that casts to the child's type; the value is {@link #reachable}. */
  String childText(KeyValue value);

  /** Text that casts to the parent's type; null if that type cannot hold the value. */
  @Nullable String parentText(KeyValue value);

  /**
   * Back from a value's JSON.
   *
   * @param scalar a Long, String or Boolean
   */
  KeyValue fromJson(Object scalar);
}
