package dev.firebuild.worker.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuestAbiTest {
  private static final Set<String> OF_BUILDS =
      Set.of(
          "cancel-step",
          "common.sh",
          "freeze",
          "halt",
          "mount-layers",
          "program.sh",
          "release",
          "step",
          "step-world",
          "users.awk",
          "world.sh");

  private static GuestScripts.Script script(String name, String resource) {
    return new GuestScripts.Script(name, Initramfs.class, resource);
  }

  private static String abi(GuestScripts.Script... scripts) {
    return GuestAbi.of(new GuestScripts(List.of(scripts)));
  }

  @Test
  void theSameScriptsGiveTheSameHash() {
    assertThat(abi(script("files", "step"))).isEqualTo(abi(script("files", "step"))).hasSize(64);
  }

  @Test
  void everyScriptOfABuildCounts() {
    // An added script takes the place of the guest's own with its name.
    assertThat(
            List.of(
                abi(),
                abi(script("files", "step")),
                abi(script("files", "halt")),
                abi(script("step", "halt")),
                abi(script("step-world", "halt")),
                abi(script("program.sh", "halt"))))
        .doesNotHaveDuplicates();
  }

  @Test
  void scriptsOfRunsDoNot() {
    InitramfsTree build = new InitramfsTree();
    Initramfs.addOwn(build, GuestScripts.NONE, OF_BUILDS::contains);

    assertThat(abi()).isEqualTo(build.digest());
  }
}
