package io.crossfk.listener.endtoend;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

/** How often a child table was read, as the log says it: who loops would be seen here. */
final class AuditCount extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final Logger AUDITS =
      (Logger) LoggerFactory.getLogger("io.crossfk.listener.check.AuditRunner");

  private final String rule;
  private final AtomicInteger count = new AtomicInteger();

  private AuditCount(String rule) {
    this.rule = rule;
  }

  /** Counts from now on. Several may, at a time. */
  static AuditCount of(String rule) {
    AuditCount counting = new AuditCount(rule);
    counting.start();
    AUDITS.setLevel(Level.INFO);
    AUDITS.setAdditive(false);
    AUDITS.addAppender(counting);
    return counting;
  }

  int sinceLast() {
    return count.getAndSet(0);
  }

  @Override
  protected void append(ILoggingEvent event) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (event.getMessage().startsWith("audit starts")
        && pairs != null
        && pairs.stream().anyMatch(pair -> pair.key.equals("rule") && rule.equals(pair.value))) {
      count.incrementAndGet();
    }
  }

  @Override
  public void close() {
    AUDITS.detachAppender(this);
    stop();
  }
}
