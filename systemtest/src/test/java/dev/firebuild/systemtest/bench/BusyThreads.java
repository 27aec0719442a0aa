package dev.firebuild.systemtest.bench;

import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A thread dump of {@code jstack}, cut to those that have used most of the processor. */
final class BusyThreads {
  private static final Pattern CPU = Pattern.compile(" cpu=([0-9.]+)ms ");
  private static final int MOST = 12;

  private BusyThreads() {}

  static String first(String dump) {
    return Arrays.stream(dump.split("\n\n"))
        .filter(thread -> CPU.matcher(thread).find())
        .sorted(Comparator.comparingDouble((String thread) -> -millis(thread)))
        .limit(MOST)
        .collect(Collectors.joining("\n\n"));
  }

  private static double millis(String thread) {
    Matcher cpu = CPU.matcher(thread);
    return cpu.find() ? Double.parseDouble(cpu.group(1)) : 0;
  }
}
