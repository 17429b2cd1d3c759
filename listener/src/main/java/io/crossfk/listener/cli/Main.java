package io.crossfk.listener.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** {@code crossfk …}: understands the command line, runs one command and ends with its code. */
public final class Main {
  private Main() {}

  /** Runs one command; the process ends with the exit code of section "Exit codes" of its help. */
  public static void main(String[] arguments) {
    // UTF-8 whatever the locale says: the records' values are UTF-8, and a script relies on them.
    PrintWriter out = writer(FileDescriptor.out);
    PrintWriter err = writer(FileDescriptor.err);
    int exitCode = run(Terminal.ofThisProcess(), out, err, arguments);
    out.flush();
    err.flush();
    System.exit(exitCode);
  }

  /** Everything but the end of the process; may be called again and again. */
  static int run(Terminal terminal, PrintWriter out, PrintWriter err, String... arguments) {
    return commandLine(terminal).setOut(out).setErr(err).execute(arguments);
  }

  private static CommandLine commandLine(Terminal terminal) {
    CommandLine commandLine =
        new CommandLine(new CrossfkCommand())
            .addSubcommand(new DoctorCommand(terminal))
            .addSubcommand(new RunCommand(terminal))
            .addSubcommand(new TailCommand(terminal))
            .addSubcommand(new CheckCommand(terminal))
            .addSubcommand(new SetupCommand(System.getenv()))
            .addSubcommand(new DemoCommand(terminal));
    commandLine.getSubcommands().values().forEach(Main::describeExitCodes);
    return commandLine
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(Problems::usage)
        .setExecutionExceptionHandler(Problems::unforeseen);
  }

  private static void describeExitCodes(CommandLine command) {
    command
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCodes.meanings());
  }

  private static PrintWriter writer(FileDescriptor descriptor) {
    return new PrintWriter(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
