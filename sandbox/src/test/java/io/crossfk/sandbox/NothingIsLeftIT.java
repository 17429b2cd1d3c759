package io.crossfk.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NothingIsLeftIT {
  @Test
  void afterCloseThereIsNoProcessAndNoFolder() {
    PostgresServer server = PostgresServer.start();
    Path folder = server.log().resolveSibling("");
    assertThat(Leftovers.processesOf(folder))
        .as("the server and its janitor")
        .hasSizeGreaterThan(2);

    server.close();

    assertThat(Leftovers.processesOf(folder)).isEmpty();
    assertThat(folder).doesNotExist();
  }

  @Test
  void aKilledServerThatIsClosedLeavesNoSharedMemory() throws IOException {
    PostgresServer server = PostgresServer.start();
    String segment = Leftovers.sharedMemoryOf(server);
    assertThat(Leftovers.sharedMemory()).contains(segment);
    server.kill();
    assertThat(Leftovers.sharedMemory())
        .as("a killed postmaster cannot remove it")
        .contains(segment);

    server.close();

    assertThat(Leftovers.sharedMemory()).doesNotContain(segment);
  }

  @Test
  void aJvmThatIsKilledTakesItsServersWithItEvenAHungOne()
      throws IOException, InterruptedException {
    Process user = startUser();
    try (BufferedReader said = user.inputReader(StandardCharsets.UTF_8)) {
      user.getOutputStream().write('\n');
      user.getOutputStream().flush();
      List<Path> folders =
          List.of(Path.of(said.readLine()), Path.of(said.readLine()), Path.of(said.readLine()));
      assertThat(said.readLine()).isEqualTo("paused");
      assertThat(folders)
          .allSatisfy(folder -> assertThat(Leftovers.processesOf(folder)).isNotEmpty());

      user.destroyForcibly().waitFor();

      assertNothingIsLeftSoon(folders);
    }
  }

  @Test
  void aJvmThatExitsWithoutClosingLeavesNothing() throws IOException {
    Process user = startUser();
    try (BufferedReader said = user.inputReader(StandardCharsets.UTF_8)) {
      List<Path> folders = List.of(Path.of(said.readLine()), Path.of(said.readLine()));

      user.getOutputStream().close();

      assertNothingIsLeftSoon(folders);
    }
  }

  private static void assertNothingIsLeftSoon(List<Path> folders) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () ->
                assertThat(folders)
                    .allSatisfy(
                        folder -> {
                          assertThat(folder).doesNotExist();
                          assertThat(Leftovers.processesOf(folder)).isEmpty();
                        }));
  }

  private static Process startUser() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                SandboxUser.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder.start();
  }
}
