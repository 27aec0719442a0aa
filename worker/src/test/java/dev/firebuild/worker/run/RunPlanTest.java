package dev.firebuild.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.firebuild.dockerfile.ImageConfig;
import dev.firebuild.protocol.Json;
import dev.firebuild.protocol.event.FailureCode;
import dev.firebuild.protocol.request.RunRequest;
import dev.firebuild.worker.image.OciConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunPlanTest {
  @Test
  void commandReplacesCmdAndFollowsEntrypoint() throws Exception {
    // Given
    ImageConfig image = image("{\"Entrypoint\": [\"/entry\"], \"Cmd\": [\"a\", \"b\"]}");

    // When
    RunPlan own = plan(image, "{\"image\": \"x\"}");
    RunPlan replaced = plan(image, "{\"image\": \"x\", \"command\": [\"c\"]}");

    // Then
    assertThat(own.workload().program().argv()).containsExactly("/entry", "a", "b");
    assertThat(replaced.workload().program().argv()).containsExactly("/entry", "c");
  }

  @Test
  void shellFormIsWhatTheImageSays() throws Exception {
    ImageConfig image = image("{\"Cmd\": [\"/bin/sh\", \"-c\", \"echo $HOME\"]}");

    assertThat(plan(image, "{\"image\": \"x\"}").workload().program().argv())
        .containsExactly("/bin/sh", "-c", "echo $HOME");
  }

  @Test
  void nothingToRunIsAnError() {
    assertThatThrownBy(() -> plan(image("{}"), "{\"image\": \"x\"}"))
        .isInstanceOfSatisfying(
            RunException.class,
            e -> assertThat(e.failure().code()).isEqualTo(FailureCode.INVALID_REQUEST))
        .hasMessageContaining("x:latest")
        .hasMessageContaining("neither ENTRYPOINT nor CMD");
  }

  @Test
  void requestEnvironmentIsLaidOverTheImages() throws Exception {
    // Given
    ImageConfig image = image("{\"Cmd\": [\"a\"], \"Env\": [\"A=1\", \"B=x=y\", \"C=\"]}");

    // When
    RunPlan plan =
        plan(image, "{\"image\": \"x\", \"env\": {\"A\": \"it's\\n$1 \\\"2\\\"\", \"D\": \"ü\"}}");

    // Then
    assertThat(plan.workload().program().env())
        .containsEntry("A", "it's\n$1 \"2\"")
        .containsEntry("B", "x=y")
        .containsEntry("C", "")
        .containsEntry("D", "ü")
        .containsEntry("HOSTNAME", "vm0123456789");
  }

  @Test
  void absentSettingsAreDockers() throws Exception {
    RunPlan plan = plan(image("{\"Cmd\": [\"a\"]}"), "{\"image\": \"x\"}");

    assertThat(plan.workload().stopSignal()).isEqualTo("SIGTERM");
    assertThat(plan.workload().program().workdir()).isEqualTo("/");
    assertThat(plan.workload().program().user()).isEmpty();
    assertThat(plan.workload().sshUser()).isEmpty();
  }

  @Test
  void imageSettingsAreTaken() throws Exception {
    ImageConfig image =
        image(
            "{\"Cmd\": [\"a\"], \"User\": \"www:adm\", \"WorkingDir\": \"/srv\","
                + " \"StopSignal\": \"SIGQUIT\"}");

    RunPlan plan = plan(image, "{\"image\": \"x\", \"hostname\": \"web\"}");

    assertThat(plan.hostname()).isEqualTo("web");
    assertThat(plan.workload().stopSignal()).isEqualTo("SIGQUIT");
    assertThat(plan.workload().program().workdir()).isEqualTo("/srv");
    assertThat(plan.workload().program().user()).isEqualTo("www:adm");
  }

  @Test
  void keysOpenTheRootUserUnlessAnotherIsNamed() throws Exception {
    ImageConfig image = image("{\"Cmd\": [\"a\"]}");

    RunPlan root = plan(image, "{\"image\": \"x\", \"authorizedKeys\": [\"ssh-ed25519 AAAA\"]}");
    RunPlan bob =
        plan(
            image,
            "{\"image\": \"x\", \"sshUser\": \"bob\", \"authorizedKeys\": [\"ssh-ed25519 AAAA\"]}");

    assertThat(root.workload().sshUser()).contains("root");
    assertThat(bob.workload().sshUser()).contains("bob");
  }

  @ParameterizedTest
  @CsvSource({
    "vm0123456789abcdefgh, vm0123456789",
    "my_build.v2, my-build-v2",
    "-_., vm",
    "a, a",
    "firebuild.run-requests-0-17, firebuild-ru"
  })
  void everyIdGivesAHostname(String id, String hostname) throws Exception {
    RunPlan plan = RunPlan.of(id, request("{\"image\": \"x\"}"), image("{\"Cmd\": [\"a\"]}"));

    assertThat(plan.hostname()).isEqualTo(hostname);
  }

  private static RunPlan plan(ImageConfig image, String request) throws RunException {
    return RunPlan.of("vm0123456789abcdefgh", request(request), image);
  }

  private static RunRequest request(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), RunRequest.class);
  }

  private static ImageConfig image(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), OciConfig.class).toImageConfig("");
  }
}
