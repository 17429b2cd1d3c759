package io.crossfk.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * PostgreSQL refuses to run as root. Where the sandbox runs as root (containers, mostly), the
 * server is put into a user namespace of its own, in which root's id is mapped to nobody; where
 * namespaces are not allowed, it runs as the user nobody. Both tools replace themselves by the
 * server, so that its process id is the one that Java was given, and signals reach it.
 */
final class Unprivileged {
  private static final int ROOT = 0;
  private static final int NOBODY = 65534;

  private final List<String> prefix;
  private final int owner;

  private Unprivileged(List<String> prefix, int owner) {
    this.prefix = prefix;
    this.owner = owner;
  }

  /** Chooses the way that works here; a process is started to find out, so keep the answer. */
  static Unprivileged detect() throws IOException, InterruptedException {
    if (userId() != ROOT) {
      return new Unprivileged(List.of(), userId());
    }
    return works(List.of("unshare", "-U")) ? byNamespace() : byOtherUser();
  }

  static Unprivileged byNamespace() {
    return new Unprivileged(List.of("unshare", "-U"), ROOT);
  }

  static Unprivileged byOtherUser() throws IOException, InterruptedException {
    List<String> stepDown =
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    if (works(stepDown)) {
      return new Unprivileged(stepDown, NOBODY);
    }
    throw new SandboxException(
        "PostgreSQL does not run as root, and neither 'unshare -U' nor 'setpriv --reuid'"
            + " (util-linux) works here: run as another user");
  }

  /** The given command, run without root's rights. */
  List<String> command(List<String> command) {
    return Stream.concat(prefix.stream(), command.stream()).toList();
  }

  /** Gives a file or folder to the user that the server runs as. */
  void own(Path path) throws IOException {
    if (owner != userId()) {
      Files.setAttribute(path, "unix:uid", owner);
    }
  }

  static int userId() throws IOException {
    return (Integer) Files.getAttribute(Paths.get("/proc/self"), "unix:uid");
  }

  private static boolean works(List<String> prefix) throws InterruptedException {
    List<String> command = new ArrayList<>(prefix);
    command.add("true");
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notInstalled) {
      return false;
    }
  }
}
