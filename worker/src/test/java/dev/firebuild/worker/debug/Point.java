package dev.firebuild.worker.debug;

import com.sun.jdi.Method;

/**
 * A moment in the life of a process: a thread enters a method.
 *
 * @param type the class's name
 * @param method its name
 * @param signature in the JVM's words
 * @param time the how manieth entry it is, from 1 on
 */
public record Point(String type, String method, String signature, int time) {
  static Point of(Method method, int time) {
    return new Point(method.declaringType().name(), method.name(), method.signature(), time);
  }

  /** {@code Class.method}, without the package. */
  public String name() {
    return type.substring(type.lastIndexOf('.') + 1) + "." + method;
  }

  boolean isIn(Method other) {
    return other.name().equals(method) && other.signature().equals(signature);
  }

  @Override
  public String toString() {
    return "%s #%d".formatted(name(), time);
  }
}
