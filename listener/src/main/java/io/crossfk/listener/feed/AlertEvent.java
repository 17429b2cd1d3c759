package io.crossfk.listener.feed;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One record of the alerts topic.
 *
 * @param number which record of this firing; with the incident's id and the instant at which it
 *     fired it makes the event's id
 */
record AlertEvent(Type type, AlertDocument alert, int number) implements Event {

  enum Type {
    FIRED,
    UPDATED,
    RESOLVED
  }

  @Override
  public String id() {
    return alert.id();
  }

  @Override
  public String eventId() {
    return id() + "@" + Json.instant(alert.firedAt()) + "#" + number;
  }

  @Override
  public String word() {
    return "io.crossfk.alert." + type.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public Instant time() {
    return alert.updatedAt();
  }

  @Override
  public Optional<byte[]> json() {
    return Optional.of(alert.toJson());
  }

  @Override
  public String topic(FeedSettings settings) {
    return settings.alertsTopic();
  }
}
