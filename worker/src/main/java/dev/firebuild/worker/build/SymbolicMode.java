package dev.firebuild.worker.build;

import dev.firebuild.dockerfile.plan.FileMode;

/**
 * What {@code --chmod} makes of a mode, as chmod(1) of POSIX does with a file creation mask of 022.
 */
final class SymbolicMode {
  private static final int MASK = 022;
  private static final int ALL = 07777;
  private static final int EXECUTE = 0111;

  private SymbolicMode() {}

  /** The new mode of a file or directory that had {@code mode}. */
  static int apply(FileMode change, int mode, boolean directory) {
    return switch (change) {
      case FileMode.Octal(int bits) -> bits;
      case FileMode.Symbolic(String changes) -> applyAll(changes, mode, directory);
    };
  }

  private static int applyAll(String changes, int mode, boolean directory) {
    int result = mode;
    for (String clause : changes.split(",", -1)) {
      result = applyClause(clause, result, directory);
    }
    return result;
  }

  private static int applyClause(String clause, int mode, boolean directory) {
    int at = 0;
    int who = 0;
    while (at < clause.length() && "ugoa".indexOf(clause.charAt(at)) >= 0) {
      who |= bitsOf(clause.charAt(at));
      at++;
    }
    boolean masked = who == 0;
    int affected = masked ? ALL : who;
    int result = mode;
    while (at < clause.length()) {
      char operator = clause.charAt(at++);
      int end = at;
      while (end < clause.length() && "+-=".indexOf(clause.charAt(end)) < 0) {
        end++;
      }
      int bits = permissions(clause.substring(at, end), result, directory) & affected;
      if (masked) {
        bits &= ~MASK;
      }
      result =
          switch (operator) {
            case '+' -> result | bits;
            case '-' -> result & ~bits;
            default -> (result & ~kept(affected, directory)) | bits;
          };
      at = end;
    }
    return result;
  }

  /** What {@code =} clears: a directory's setuid and setgid bits only go if they are named. */
  private static int kept(int affected, boolean directory) {
    return directory ? affected & ~06000 : affected;
  }

  private static int permissions(String letters, int mode, boolean directory) {
    int bits = 0;
    for (int i = 0; i < letters.length(); i++) {
      bits |=
          switch (letters.charAt(i)) {
            case 'r' -> 0444;
            case 'w' -> 0222;
            case 'x' -> EXECUTE;
            case 'X' -> directory || (mode & EXECUTE) != 0 ? EXECUTE : 0;
            case 's' -> 06000;
            case 't' -> 01000;
            case 'u' -> spread(mode >> 6);
            case 'g' -> spread(mode >> 3);
            case 'o' -> spread(mode);
            default -> throw new IllegalArgumentException("not a symbolic mode: " + letters);
          };
    }
    return bits;
  }

  private static int spread(int triple) {
    return (triple & 7) * 0111;
  }

  private static int bitsOf(char who) {
    return switch (who) {
      case 'u' -> 04700;
      case 'g' -> 02070;
      case 'o' -> 01007;
      default -> ALL;
    };
  }
}
