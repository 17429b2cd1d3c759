package io.crossfk.listener.finding;

import java.util.List;
import java.util.Optional;

/**
 * One thing that was looked at.
 *
 * @param rules those that it concerns, by name; empty if it concerns all of the place
 * @param found a sentence that stands alone: the thing, its value, and why it matters
 * @param cure empty if nothing has to be done
 * @param mayPass whether it may pass by itself: what does not answer now
 */
public record Finding(
    Level level,
    Subject subject,
    Place place,
    List<String> rules,
    String found,
    Optional<Cure> cure,
    boolean mayPass) {

  public Finding {
    rules = List.copyOf(rules);
    if ((level == Level.OK) == cure.isPresent()) {
      throw new IllegalArgumentException(level + " with the cure " + cure + ": " + found);
    }
  }

  public static Finding error(Subject subject, Place place, String found, Cure cure) {
    return new Finding(Level.ERROR, subject, place, List.of(), found, Optional.of(cure), false);
  }

  /** Something that does not answer, and may do so later. */
  public static Finding silent(Subject subject, Place place, String found, Cure cure) {
    return new Finding(Level.ERROR, subject, place, List.of(), found, Optional.of(cure), true);
  }

  public static Finding warning(Subject subject, Place place, String found, Cure cure) {
    return new Finding(Level.WARNING, subject, place, List.of(), found, Optional.of(cure), false);
  }

  public static Finding ok(Subject subject, Place place, String found) {
    return new Finding(Level.OK, subject, place, List.of(), found, Optional.empty(), false);
  }

  /** The same, as a concern of some rules. */
  public Finding of(List<String> names) {
    return new Finding(level, subject, place, names, found, cure, mayPass);
  }

  /** The same, with more to it. */
  public Finding withFound(String sentence) {
    return new Finding(level, subject, place, rules, sentence, cure, mayPass);
  }

  /** What was found and its cure in one line. */
  public String sentence() {
    return found + cure.map(what -> "; " + what.text()).orElse("");
  }
}
