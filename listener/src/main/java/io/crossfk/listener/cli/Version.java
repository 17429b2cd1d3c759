package io.crossfk.listener.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that Maven wrote into the jar, and the Java that runs it. */
final class Version implements IVersionProvider {
  private static final String WRITTEN_BY_MAVEN =
      "/META-INF/maven/io.crossfk/crossfk-listener/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {"crossfk " + number(), "Java " + Runtime.version()};
  }

  /** Classes that were never packed have no version. */
  private static String number() throws IOException {
    try (InputStream written = Version.class.getResourceAsStream(WRITTEN_BY_MAVEN)) {
      if (written == null) {
        return "(not packaged)";
      }
      Properties properties = new Properties();
      properties.load(written);
      return properties.getProperty("version", "(unknown)");
    }
  }
}
