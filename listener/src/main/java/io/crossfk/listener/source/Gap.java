package io.crossfk.listener.source;

import io.crossfk.rules.change.Position;

/** Why a stream cannot go on from where it stood: changes are missing, or nobody can tell. */
public sealed interface Gap {

  /** One line for people: what is the matter. */
  String message();

  /** The slot is not there (any more). */
  record SlotMissing(String slot) implements Gap {
    @Override
    public String message() {
      return "replication slot \"" + slot + "\" does not exist";
    }
  }

  /**
   * The slot is there and its log is gone.
   *
   * @param cause the server's word for it: {@code wal_removed}, {@code idle_timeout}, …
   */
  record SlotInvalidated(String slot, String cause) implements Gap {
    @Override
    public String message() {
      return "replication slot \"" + slot + "\" has lost its log (" + cause + ")";
    }
  }

  /** The slot was moved by somebody else, or is another one of the same name. */
  record SlotAhead(String slot, Position confirmed, Position ours) implements Gap {
    @Override
    public String message() {
      return "replication slot \""
          + slot
          + "\" stands at "
          + confirmed
          + ", beyond our position "
          + ours
          + ": it was recreated or moved";
    }
  }

  /**
   * The log ends before our position: what it held from there on is not there any more, and what
   * comes at our position will be something else.
   */
  record LogBehind(Position end, Position ours) implements Gap {
    @Override
    public String message() {
      return "the log ends at "
          + end
          + ", before our position "
          + ours
          + ": the server was restored to an older position";
    }
  }

  /** Another server, or another timeline of it, than the one our position belongs to. */
  record IdentityChanged(SourceIdentity expected, SourceIdentity found) implements Gap {
    @Override
    public String message() {
      return "system identifier and timeline were "
          + expected.systemIdentifier()
          + "/"
          + expected.timeline()
          + " and are "
          + found.systemIdentifier()
          + "/"
          + found.timeline()
          + ": our position means nothing there";
    }
  }

  /**
   * The publication did not exist when the log at the slot's position was written; PostgreSQL
   * before 18 then refuses to decode it, for ever.
   */
  record PublicationMissing(String publication, String slot) implements Gap {
    @Override
    public String message() {
      return "publication \""
          + publication
          + "\" does not exist at the position of replication slot \""
          + slot
          + "\"";
    }
  }
}
