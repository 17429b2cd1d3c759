package io.crossfk.listener.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfk.listener.feed.PublishedSchema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What somebody who follows the alerts topic has been told. */
public final class AlertLog implements AutoCloseable {
  private final FeedLog records;

  private AlertLog(FeedLog records) {
    this.records = records;
  }

  /** Follows the topic, which need not exist yet. */
  static AlertLog of(Stage stage) {
    return new AlertLog(FeedLog.of(stage, stage.alertsTopic()));
  }

  public Transition awaitFired(String id) {
    return records.await(id, record -> record.type().equals("fired"), "fires");
  }

  public Transition awaitResolved(String id) {
    return records.await(id, record -> record.type().equals("resolved"), "is resolved");
  }

  /** The records of one alert until now. */
  public List<Transition> records(String id) {
    records.awaitEnd();
    return records.history(id);
  }

  /** The records of one alert until now, as the words of their types. */
  public List<String> history(String id) {
    records.awaitEnd();
    return records.history(id).stream().map(Transition::type).toList();
  }

  /**
   * What holds of every feed: each record once and as its schema says, and the records of each
   * alert in a legal order without one missing.
   */
  public void assertLawful() {
    records.awaitEnd();
    Set<String> eventIds = new HashSet<>();
    Map<String, Transition> last = new HashMap<>();
    for (Transition each : records.transitions()) {
      assertThat(eventIds.add(each.eventId())).as("once: %s", each.eventId()).isTrue();
      PublishedSchema.ALERT.assertDescribes(each.value().orElseThrow().toString());
      assertThat(each.headers())
          .containsEntry("ce_subject", each.id())
          .containsEntry("ce_time", each.text("updatedAt"))
          .containsEntry("ce_type", "io.crossfk.alert." + each.type());
      Transition before = last.put(each.id(), each);
      boolean fires = before == null || before.type().equals("resolved");
      assertThat(each.type().equals("fired"))
          .as("a legal order:%n%s", records.told(each.id()))
          .isEqualTo(fires);
      assertThat(each.number()).isEqualTo(fires || before == null ? 1 : before.number() + 1);
      assertThat(each.eventId()).startsWith(each.id() + "@" + each.text("firedAt") + "#");
      if (before != null && !fires) {
        assertThat(each.text("firedAt")).isEqualTo(before.text("firedAt"));
      }
    }
  }

  @Override
  public void close() {
    records.close();
  }
}
