package io.crossfk.rules.judge;

import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a rule beside where it stands.
 *
 * @param baselined whether it ever came to watching: what was broken before is existing
 * @param auditedAt when the last audit that read everything began
 * @param childPrint how the child's table stood in its catalogue; empty if that was never told
 * @param parentPrint how the parent's table stood
 */
public record RulePast(
    boolean baselined,
    Optional<Instant> auditedAt,
    Optional<String> childPrint,
    Optional<String> parentPrint) {

  /** Of a rule that is seen for the first time. */
  public static final RulePast NONE =
      new RulePast(false, Optional.empty(), Optional.empty(), Optional.empty());

  RulePast whole() {
    return new RulePast(true, auditedAt, childPrint, parentPrint);
  }

  RulePast auditedWhole(Instant began) {
    return new RulePast(true, Optional.of(began), childPrint, parentPrint);
  }

  RulePast withChildPrint(String print) {
    return new RulePast(baselined, auditedAt, Optional.of(print), parentPrint);
  }

  RulePast withParentPrint(String print) {
    return new RulePast(baselined, auditedAt, childPrint, Optional.of(print));
  }
}
