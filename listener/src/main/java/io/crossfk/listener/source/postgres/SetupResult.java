package io.crossfk.listener.source.postgres;

import io.crossfk.listener.source.Refusal;
import io.crossfk.listener.source.SourceIdentity;
import io.crossfk.rules.change.Snapshot;
import io.crossfk.rules.model.TableReference;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What came of preparing publication and slot. */
public sealed interface SetupResult {

  /**
   * Both are there and carry what the rules need.
   *
   * @param publicationCreated whether it was made now; with a slot that is older, PostgreSQL before
   *     18 cannot stream ({@link io.crossfk.listener.source.Gap.PublicationMissing})
   * @param added tables that were published now, all of them if the publication was created
   * @param publishedAt taken after the publishing of {@code added}, if there are any: a baseline of
   *     them waits until every transaction before this snapshot's xmax has ended
   * @param executed the statements that were executed
   */
  record Ready(
      SourceIdentity identity,
      boolean publicationCreated,
      Set<TableReference> added,
      Optional<Snapshot> publishedAt,
      SlotState slot,
      List<String> executed)
      implements SetupResult {
    public Ready {
      added = Set.copyOf(added);
      executed = List.copyOf(executed);
    }
  }

  /** Nothing was changed; all that stands in the way. */
  record Refused(List<Refusal> refusals) implements SetupResult {
    public Refused {
      refusals = List.copyOf(refusals);
    }
  }
}
