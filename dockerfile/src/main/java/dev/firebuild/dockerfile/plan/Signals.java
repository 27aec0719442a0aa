package dev.firebuild.dockerfile.plan;

import java.util.Locale;
import java.util.regex.Pattern;

/** The signals of Linux. */
final class Signals {
  private static final Pattern NUMBER = Pattern.compile("[-+]?[0-9]{1,9}");
  private static final Pattern NAME =
      Pattern.compile(
          "(?:SIG)?(?:ABRT|ALRM|BUS|CHLD|CLD|CONT|FPE|HUP|ILL|INT|IO|IOT|KILL|PIPE|POLL|PROF|PWR"
              + "|QUIT|SEGV|STKFLT|STOP|SYS|TERM|TRAP|TSTP|TTIN|TTOU|UNUSED|URG|USR1|USR2|VTALRM"
              + "|WINCH|XCPU|XFSZ|RTMIN(?:\\+(?:[1-9]|1[0-5]))?|RTMAX(?:-(?:[1-9]|1[0-4]))?)");

  private Signals() {}

  /** Whether it is a name, with or without SIG, in any case, or a number other than zero. */
  static boolean isSignal(String text) {
    return NUMBER.matcher(text).matches()
        ? Integer.parseInt(text) != 0
        : NAME.matcher(text.toUpperCase(Locale.ROOT)).matches();
  }
}
