package io.crossfk.listener.cli;

import java.io.PrintWriter;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Tells people on standard error what is wrong: each problem once, no stack trace for a mistake.
 */
final class Problems {
  private Problems() {}

  static void print(PrintWriter err, List<String> problems) {
    for (String problem : problems) {
      err.println("crossfk: " + problem);
    }
    err.flush();
  }

  /** The command line cannot be understood. */
  static int usage(ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    PrintWriter err = command.getErr();
    print(err, List.of(mistake.getMessage()));
    UnmatchedArgumentException.printSuggestions(mistake, err);
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return ExitCodes.USAGE;
  }

  /** What no command foresaw is our error: here the stack trace is what somebody has to see. */
  static int unforeseen(Exception fault, CommandLine command, ParseResult parsed) {
    print(
        command.getErr(),
        List.of(
            "an error of crossfk itself, please report it with the log: "
                + fault.getClass().getSimpleName()
                + (fault.getMessage() == null ? "" : ": " + fault.getMessage())));
    LoggerFactory.getLogger(Problems.class)
        .atError()
        .setCause(fault)
        .addKeyValue("command", command.getCommandName())
        .log("unforeseen error");
    return ExitCodes.SOFTWARE;
  }
}
