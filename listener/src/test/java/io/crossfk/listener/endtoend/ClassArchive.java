package io.crossfk.listener.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The classes of a running listener, loaded and linked once for all the processes that are started
 * while this JVM lives.
 */
final class ClassArchive {
  /** Writing it takes some seconds of CPU, on a machine that may be busy. */
  private static final Duration WRITING = Duration.ofMinutes(2);

  private static volatile Optional<Path> made = Optional.empty();
  private static boolean tried;

  private ClassArchive() {}

  /** For a JVM that is to use it; none before {@link #make}. */
  static List<String> options() {
    return made.map(ClassArchive::use).orElse(List.of());
  }

  /**
   * Makes it, if nobody has: a listener does what listeners do, and writes down its classes when it
   * is asked to end. Some seconds, which a few starts bring back.
   */
  static synchronized void make() throws Exception {
    if (tried) {
      return;
    }
    tried = true;
    Path archive = Files.createTempFile("crossfk-child-", ".archive");
    archive.toFile().deleteOnExit();
    Files.delete(archive);
    try (Arena arena = Arena.with(Map.of("shop", 18))) {
      Stage stage = arena.stage();
      stage.sql(
          "shop",
          "create table users (id bigint primary key)",
          "create table orders (id bigint primary key, user_id bigint)");
      Path file =
          stage.configure(
              "- { name: orders-user, child: \"shop:public.orders(user_id)\","
                  + " parent: \"shop:public.users(id)\", grace: 50ms }");
      FeedLog feed = stage.follow();
      try (ListenerProcess listener = ListenerProcess.start(file, "128m", training(archive))) {
        stage.sql("shop", "insert into orders values (1, 42)");
        feed.awaitOpened("orders-user|[42]");
        stage.sql("shop", "insert into users values (42)");
        feed.awaitResolved("orders-user|[42]");
        listener.terminate(WRITING);
        if (Files.exists(archive)) {
          made = Optional.of(archive);
        } else {
          // Not every JVM can; the tests only take longer then.
          System.err.println("no archive of classes was made:\n" + listener.tail());
        }
      }
    }
  }

  private static List<String> training(Path archive) {
    List<String> command = ChildJvm.command();
    command.add((hasCache() ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive);
    return command;
  }

  private static List<String> use(Path archive) {
    return List.of((hasCache() ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive);
  }

  /** From this version on it can keep them linked, too. */
  private static boolean hasCache() {
    return Runtime.version().feature() >= 25;
  }
}
