package dev.firebuild.cli.node;

import dev.firebuild.cli.client.NodeAddress;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a command knows of the machine and the person that it runs for.
 *
 * @param environment variables
 * @param user name
 * @param userHome the user's folder
 * @param firebuildHome where launcher, scripts and examples are
 */
public record Host(
    Map<String, String> environment, String user, Path userHome, Path firebuildHome) {

  /** This process's own. */
  public static Host current() {
    return new Host(
        Map.copyOf(System.getenv()),
        System.getProperty("user.name"),
        Path.of(System.getProperty("user.home")),
        Path.of(System.getProperty("firebuild.home", ".")).toAbsolutePath().normalize());
  }

  boolean isRoot() {
    return user.equals("root");
  }

  /** Where this user's node keeps its data. */
  public Path defaultData() {
    return NodeAddress.defaultData(environment, user, userHome);
  }

  /** The command itself. */
  Path launcher() {
    return firebuildHome.resolve("firebuild");
  }

  /** What a person types to call the command, from where this one was called. */
  String typed() {
    boolean here = firebuildHome.toString().equals(environment.get("PWD"));
    return here ? "./firebuild" : launcher().toString();
  }
}
