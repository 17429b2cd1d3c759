package io.crossfk.listener.randomwork;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Many clients at once, each with jobs of its own; they work in rounds. */
final class Clients implements AutoCloseable {
  private static final int COUNT = 10;

  private final List<Client> clients = new ArrayList<>();
  private final List<Jobs> jobs = new ArrayList<>();
  private final AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();

  Clients(long seed, Installation installation, History history) {
    for (int number = 0; number < COUNT; number++) {
      clients.add(new Client("client " + number, installation::connect, history));
      jobs.add(new Jobs(seed, number));
    }
  }

  /** A round: all of them work while something else happens, and have ended when it returns. */
  void workDuring(Happens happens) throws Exception {
    CountDownLatch stop = new CountDownLatch(1);
    // Its end waits for all of them.
    try (ExecutorService threads = Executors.newFixedThreadPool(COUNT)) {
      for (int number = 0; number < COUNT; number++) {
        Client client = clients.get(number);
        Jobs itsJobs = jobs.get(number);
        threads.execute(() -> work(client, itsJobs, stop));
      }
      try {
        happens.run();
      } finally {
        stop.countDown();
      }
    }
    Throwable unexpected = fault.get();
    if (unexpected != null) {
      throw new AssertionError("a client failed: " + unexpected, unexpected);
    }
  }

  /** What goes on meanwhile. */
  @FunctionalInterface
  interface Happens {
    void run() throws Exception;
  }

  private void work(Client client, Jobs itsJobs, CountDownLatch stop) {
    try {
      do {
        client.run(itsJobs.next());
      } while (!stop.await(itsJobs.pauseMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error unexpected) {
      fault.compareAndSet(null, unexpected);
    }
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
  }
}
