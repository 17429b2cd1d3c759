package io.crossfk.rules.judge;

import java.util.function.Supplier;

/** A clause of the protocol that a mutant of the test doubles leaves out. */
public enum Clause {
  I0_ANSWERS_DECIDE("a parent that arrives resolves at once", Mutants.EventsDecide::new),
  I0_NOBODY_REFERS("no guard on 'nobody refers' against a new child", Mutants.Unguarded::new),
  I0_PROOF("no guard on a proof in flight against an arrival", Mutants.Unguarded::new),
  I0_CHILD_LEFT("no second look when a child left meanwhile", Mutants.Unguarded::new),
  I0_WAKE_UP("what is open is not asked again after a crash", Mutants.OpenIsBelieved::new),
  I1_PARENT("look-ups behind the parent's stream count", Mutants.ForgedSnapshots::new),
  I1_CHILD("look-ups behind the child's stream count", Mutants.ForgedSnapshots::new),
  I1_CEILING("a cut passes what no snapshot has seen", Mutants.NoCeiling::new),
  I1_BEGUN("a transaction is told when it has ended", Mutants.BeginIsLate::new),
  I1_XMAX("in progress is read as listed", Mutants.ListedOnly::new),
  I2_GUARD("no guard on 'present' against a removal", Mutants.Unguarded::new),
  I3_ASK("a removal only evicts", Mutants.OnlyEvicts::new),
  I3_ORDER("a removal asks, then evicts", Mutants.EvictsLate::new),
  I4_AGAIN("child, then parent", Mutants.ChildThenParent::new),
  I4_ORDER("parent, then child", Mutants.ParentThenChild::new),
  I4_VERSION("the same key, not the same version", Mutants.SameKey::new),
  I5_ACKNOWLEDGE("acknowledge first", Mutants.AcknowledgesFirst::new),
  I5_ONE_WRITE("positions and verdicts in two writes", Mutants.TwoWrites::new),
  I5_SUSPICIONS("suspicions not in the journal", Mutants.NoSuspicions::new),
  I5_FENCE("the journal is read before the other is fenced", Mutants.ReadsFirst::new),
  I5_POSITION("replay from the slot, position = the largest", Mutants.LargestPosition::new),
  STANDBY_ABSENCE("absence believed from a standby", Mutants.StandbyForPrimary::new),
  STANDBY_PRESENCE("presence believed from a standby for an open key", Mutants.StandbyWakes::new);

  public final String leftOut;

  @SuppressWarnings("ImmutableEnumChecker") // a constructor: it has no state
  private final Supplier<Doubles> mutant;

  Clause(String leftOut, Supplier<Doubles> mutant) {
    this.leftOut = leftOut;
    this.mutant = mutant;
  }

  Doubles leftOut() {
    return mutant.get();
  }

  @Override
  public String toString() {
    return name() + ": " + leftOut;
  }
}
