package io.crossfk.rules.judge;

import io.crossfk.rules.key.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A question on its way: what is still to be read, and what was read. */
final class LookUp {
  /** One statement, with a snapshot of its own. */
  enum Read {
    CHILDREN,
    PARENT,
    CHILDREN_AGAIN,
    SNAPSHOT
  }

  /** What one statement returned: the writers of the children, or whether the parent is there. */
  record Reading(Sight sight, Set<Long> writers, boolean present) {}

  final Question question;

  /** The instant at which it was asked. */
  final long asked;

  final Deque<Read> left;
  private @Nullable Reading before;
  private @Nullable Reading parent;
  private @Nullable Reading after;
  private @Nullable Reading bare;
  private boolean brokenAtParent = true;

  LookUp(Question question, long asked, List<Read> order) {
    this.question = question;
    this.asked = asked;
    this.left = new ArrayDeque<>(order);
  }

  Optional<Key> key() {
    return switch (question) {
      case Question.Presence presence -> Optional.of(presence.key());
      case Question.Proof proof -> Optional.of(proof.key());
      case Question.Referrers referrers -> Optional.of(referrers.parentKey());
      case Question.Visibility bareSnapshot -> Optional.empty();
    };
  }

  boolean isAbout(Key key) {
    return key().filter(key::equals).isPresent();
  }

  /**
   * @param broken whether the key is broken at this instant
   */
  void read(Read read, Reading reading, boolean broken) {
    switch (read) {
      case CHILDREN -> before = reading;
      case PARENT -> {
        parent = reading;
        brokenAtParent = broken;
      }
      case CHILDREN_AGAIN -> after = reading;
      case SNAPSHOT -> bare = reading;
    }
  }

  /** Whether the key was broken when the parent was read; true if it was not read. */
  boolean wasBroken() {
    return brokenAtParent;
  }

  Reading before() {
    return got(before);
  }

  Reading parent() {
    return got(parent);
  }

  Reading after() {
    return got(after);
  }

  Reading bare() {
    return got(bare);
  }

  private static Reading got(@Nullable Reading reading) {
    if (reading == null) {
      throw new IllegalStateException("not read yet");
    }
    return reading;
  }
}
