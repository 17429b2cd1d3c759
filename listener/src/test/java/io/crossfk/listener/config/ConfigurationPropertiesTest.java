package io.crossfk.listener.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

class ConfigurationPropertiesTest {
  private static @Nullable Path file;

  @BeforeContainer
  static void makeFolder() throws IOException {
    file = Files.createTempDirectory("crossfk-config").resolve("crossfk.yaml");
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    if (file != null) {
      Files.deleteIfExists(file);
      Files.deleteIfExists(requireNonNull(file.getParent()));
    }
  }

  @Property(tries = 200)
  void garbageIsMistakesAndNeverAnotherException(@ForAll byte[] bytes) throws IOException {
    judge(bytes);
  }

  @Property(tries = 1000)
  void whatLooksLikeAConfigurationIsOneOrMistakes(@ForAll("scraps") String text)
      throws IOException {
    judge(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void judge(byte[] bytes) throws IOException {
    Path path = Files.write(requireNonNull(file), bytes);
    try {
      ConfigurationReader.read(path, Map.of("X", "hunter2"));
    } catch (ConfigurationMistakes mistakes) {
      assertThat(mistakes.mistakes()).isNotEmpty();
      assertThat(mistakes.report()).doesNotContain("hunter2");
    }
  }

  @Provide
  Arbitrary<String> scraps() {
    return Arbitraries.of(
            "databases:",
            "kafka:",
            "rules:",
            "ops:",
            "feed:",
            "cache:",
            "name:",
            "\n",
            "\n  ",
            "\n    ",
            " ",
            "users:",
            "url:",
            "password:",
            "listen:",
            "size:",
            "lookups:",
            "timeout:",
            "bootstrap.servers:",
            "jdbc:postgresql:",
            "//h:1/d",
            "?",
            "${X}",
            "${file:.}",
            "${",
            "$${",
            "}",
            "{",
            "[",
            "]",
            ",",
            "k:9092",
            "'",
            "\"",
            "- ",
            "5",
            "1e400",
            "-1",
            "null",
            "true",
            "\u0000",
            "\\0",
            "*",
            "&a ",
            "*a",
            ".",
            "10s",
            "😀")
        .list()
        .ofMaxSize(40)
        .map(pieces -> String.join("", pieces));
  }
}
