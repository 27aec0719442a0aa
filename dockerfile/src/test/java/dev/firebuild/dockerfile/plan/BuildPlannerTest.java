package dev.firebuild.dockerfile.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.firebuild.dockerfile.DockerfileException;
import dev.firebuild.dockerfile.DockerfileException.Phase;
import dev.firebuild.dockerfile.Location;
import dev.firebuild.dockerfile.Position;
import dev.firebuild.dockerfile.instruction.NetworkMode;
import dev.firebuild.dockerfile.instruction.SecurityMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BuildPlannerTest {
  private static final FilesFrom CONTEXT = new FilesFrom.Context();

  private static Step.Copy copy(FilesFrom from, List<String> sources, String destination) {
    return new Step.Copy(
        from,
        sources,
        List.of(),
        destination,
        Optional.empty(),
        Optional.empty(),
        false,
        false,
        List.of());
  }

  private static Step.Run run(String directory, List<String> environment, String... arguments) {
    return new Step.Run(
        List.of(arguments),
        environment,
        "",
        directory,
        List.of(),
        List.of(),
        NetworkMode.DEFAULT,
        SecurityMode.SANDBOX,
        List.of());
  }

  @Test
  void anImageThatIsNotThereIsSaidWithARemedy() {
    assertThatThrownBy(() -> Plans.plan("FROM bace"))
        .hasMessageContaining("bace: there is no stage and no image of that name; ")
        .hasMessageContaining("firebuild images")
        .hasMessageContaining("firebuild image import bace FILE");
  }

  @Test
  void onlyTheStagesOfTheTargetArePlannedEachAfterWhatItNeeds() throws DockerfileException {
    BuildPlan plan =
        Plans.plan(
            "FROM base AS tools", "RUN a",
            "FROM nowhere AS unused", "RUN b",
            "FROM base AS build", "COPY --from=tools /a /b",
            "FROM build", "COPY --from=0 / /c/");

    assertThat(plan.stages())
        .extracting(PlannedStage::name)
        .containsExactly("tools", "build", "stage-3");
    assertThat(plan.target().base()).isEqualTo(new StageBase.Stage(2));
    assertThat(plan.target().needs()).containsExactly(2, 0);
    assertThat(plan.stage(2).base()).isEqualTo(new StageBase.Image("base"));
    assertThat(plan.target().steps().getFirst().step())
        .isEqualTo(copy(new FilesFrom.Stage(0), List.of("/"), "/c/"));
  }

  @Test
  void aRunHasTheVariablesInEffect() throws DockerfileException {
    PlanOptions options = Plans.OPTIONS.withBuildArgs(Map.of("B", "given", "NEVER", "x"));

    BuildPlan plan =
        Plans.plan(
            options, "FROM base", "ENV A=1", "ARG B=2 C", "ARG A=3", "WORKDIR w/x", "RUN a $A");

    assertThat(plan.target().steps().getLast().step())
        .isEqualTo(
            run(
                "/w/x",
                List.of("PATH=/bin", "FROM_BASE=yes", "A=3", "B=given"),
                "/bin/sh",
                "-c",
                "a $A"));
    assertThat(plan.config().env()).containsExactly("PATH=/bin", "FROM_BASE=yes", "A=1");
  }

  @Test
  void aContinuedStageKeepsArgumentsUnlessTheImageHasTheName() throws DockerfileException {
    Step step =
        Plans.step("FROM base AS one", "ENV A=env", "ARG A=arg B=arg", "FROM one", "RUN [\"x\"]");

    assertThat(step)
        .isEqualTo(run("/", List.of("PATH=/bin", "FROM_BASE=yes", "A=env", "B=arg"), "x"));
  }

  @Test
  void pathsAreResolved() throws DockerfileException {
    assertThat(Plans.step("FROM base", "COPY ../a ./b/ c/./d"))
        .isEqualTo(copy(CONTEXT, List.of("/a", "/b"), "/c/d"));
    assertThat(destination("WORKDIR /w", ".")).isEqualTo("/w/");
    assertThat(destination("WORKDIR /w", "$NONE")).isEqualTo("/w/");
    assertThat(destination("WORKDIR /w/../v/", "../x")).isEqualTo("/x");
    assertThat(destination("USER a", "/../x/.")).isEqualTo("/x/");
    assertThat(destination("USER a", "/")).isEqualTo("/");
  }

  private static String destination(String instruction, String word) throws DockerfileException {
    Step step =
        Plans.plan("FROM base", instruction, "COPY a " + word).target().steps().getLast().step();
    return ((Step.Copy) step).destination();
  }

  @Test
  void ownersAndModesAreRead() throws DockerfileException {
    Step.Copy step =
        (Step.Copy) Plans.step("FROM base", "COPY --chown=app:10 --chmod=u+x,go= a /b");

    assertThat(step.chown()).contains(new Owner("app", Optional.of("10")));
    assertThat(step.chmod()).contains(new FileMode.Symbolic("u+x,go="));
    assertThat(FileMode.parse("0644")).isEqualTo(new FileMode.Octal(0644));
    assertThat(FileMode.parse("00007777")).isEqualTo(new FileMode.Octal(07777));
    for (String wrong : List.of("", "8", "10000", "u", "x+r", "u+r,", "rwx")) {
      assertThatThrownBy(() -> FileMode.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void parentsHaveOnePivot() throws DockerfileException {
    Step.Copy step =
        (Step.Copy) Plans.step("FROM base", "COPY --parents a/b ./x/./y/../z /q/./*.c /d/");

    assertThat(step.sources()).containsExactly("/./a/b", "/x/./z", "/q/./*.c");
  }

  @Test
  void sourcesOfAddAreToldApart() throws DockerfileException {
    Step.Add step =
        (Step.Add)
            Plans.step(
                "FROM base",
                "ADD a ./github.com/b https://x.org/p/f.tgz?q#h http://x.org"
                    + " https://x.org/r.git#v:d git@x.org:r /d/");

    assertThat(step.sources())
        .containsExactly(
            new AddSource.Local("/a"),
            new AddSource.Local("/github.com/b"),
            new AddSource.Http("https://x.org/p/f.tgz?q#h", "f.tgz"),
            new AddSource.Http("http://x.org", "__unnamed__"),
            new AddSource.Git("https://x.org/r.git#v:d"),
            new AddSource.Git("git@x.org:r"));
  }

  @Test
  void mountsAreResolved() throws DockerfileException {
    Step.Run step =
        (Step.Run)
            Plans.plan(
                    "FROM base AS s",
                    "FROM base",
                    "WORKDIR /w",
                    "ARG T=/cache",
                    "RUN --mount=from=s,source=a,target=b"
                        + " --mount=type=cache,target=$T,uid=5,sharing=locked"
                        + " --mount=type=tmpfs,target=/t,size=1.5k"
                        + " --mount=type=secret,id=x/token,env=T,required"
                        + " --mount=type=secret,id=y x")
                .target()
                .steps()
                .getLast()
                .step();

    assertThat(step.mounts())
        .containsExactly(
            new Mount.Bind(new FilesFrom.Stage(0), "/a", "/w/b", true),
            new Mount.Cache(
                "/cache",
                "/cache",
                false,
                Mount.Sharing.LOCKED,
                new FilesFrom.Scratch(),
                "/",
                OptionalInt.empty(),
                OptionalLong.of(5),
                OptionalLong.empty()),
            new Mount.Tmpfs("/t", 1536),
            new Mount.Secret(
                "x/token",
                Optional.empty(),
                Optional.of("T"),
                true,
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty()),
            new Mount.Secret(
                "y",
                Optional.of("/run/secrets/y"),
                Optional.empty(),
                false,
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalLong.empty()));
  }

  @Test
  void heredocsBecomeScripts() throws DockerfileException {
    assertThat(((Step.Run) Plans.step("FROM base", "RUN <<-EOF", "\ta", "EOF")).arguments())
        .containsExactly("/bin/sh", "-c", "a\n");
    assertThat(((Step.Run) Plans.step("FROM base", "RUN cat <<EOF", "a", "EOF")).arguments())
        .containsExactly("/bin/sh", "-c", "cat <<EOF\na\nEOF");
    Step.Run script = (Step.Run) Plans.step("FROM base", "RUN <<EOF", "#!/bin/awk -f", "EOF");
    assertThat(script.arguments()).containsExactly("/bin/sh", "-c", "/dev/pipes/EOF");
    assertThat(script.files())
        .containsExactly(new InlineFile("/dev/pipes/EOF", 0755, "#!/bin/awk -f\n"));
  }

  @Test
  void stepsAreNamedLikeBuildKits() throws DockerfileException {
    BuildPlan plan =
        Plans.plan(
            "FROM base AS one",
            "ARG X=val",
            "run echo \"$X\" $Y",
            "WORKDIR /",
            "COPY \"a\" /$X",
            "FROM scratch",
            "COPY --from=one / /");

    assertThat(plan.stage(0).steps())
        .extracting(PlannedStep::name)
        .containsExactly(
            "ARG X=val", "[one 2/4] RUN echo \"val\" $Y", "WORKDIR /", "[one 3/4] COPY a /val");
    assertThat(plan.target().steps())
        .extracting(PlannedStep::name)
        .containsExactly("[stage-1 1/1] COPY --from=one / /");
  }

  @Test
  void locationAndTextDoNotChangeAStep() throws DockerfileException {
    assertThat(Plans.step("FROM base", "RUN a \\", "  b"))
        .isEqualTo(Plans.step("FROM base", "", "# why", "run a   b"));
  }

  @Test
  void proxySettingsAreApartFromTheSteps() throws DockerfileException {
    BuildPlan plan =
        Plans.plan(
            Plans.OPTIONS.withBuildArgs(Map.of("http_proxy", "http://p")), "FROM base", "RUN a");

    assertThat(plan.proxyEnvironment())
        .containsExactly("HTTP_PROXY=http://p", "http_proxy=http://p");
    assertThat(plan.target().steps().getLast().step()).isEqualTo(Plans.step("FROM base", "RUN a"));
  }

  @Test
  void anUnknownImageIsAnErrorOfItsLine() {
    DockerfileException error =
        catchThrowableOfType(
            DockerfileException.class,
            () -> Plans.plan("FROM base", "COPY \\", "  --from=nothing /a /b"));

    assertThat(error.phase()).isEqualTo(Phase.PLAN);
    assertThat(error.location()).contains(new Location(2, 3));
    assertThat(error.position()).contains(new Position(3, 10));
    assertThat(error).hasMessageContaining("nothing");
  }

  @Test
  @Timeout(30)
  void variablesCanNotGrowWithoutBounds() {
    String[] lines = new String[42];
    lines[0] = "FROM base";
    lines[1] = "ENV A=0123456789";
    for (int i = 2; i < lines.length; i++) {
      lines[i] = "ENV A=$A$A";
    }

    assertThatThrownBy(() -> Plans.plan(lines))
        .isInstanceOf(DockerfileException.class)
        .hasMessageContaining("too much text");
  }

  @Test
  @Timeout(30)
  void manyStagesNeedNoDeepStack() throws DockerfileException {
    int count = 4_000;
    String[] lines = new String[2 * count + 1];
    for (int i = 0; i < count; i++) {
      lines[2 * i] = "FROM base AS s" + i;
      lines[2 * i + 1] = i == 0 ? "USER x" : "COPY --from=s" + (i - 1) + " / /";
    }
    lines[2 * count] = "FROM s" + (count - 1);

    assertThat(Plans.plan(lines).stages()).hasSize(count + 1);

    for (int i = 0; i < count - 1; i++) {
      lines[2 * i + 1] = "COPY --from=s" + (i + 1) + " / /";
    }
    lines[2 * count - 1] = "COPY --from=s0 / /";
    assertThatThrownBy(() -> Plans.plan(lines)).hasMessageContaining("circular dependency");
  }

  @Test
  void imageNamesFollowTheGrammar() {
    for (String right :
        List.of(
            "a",
            "a:b",
            "a/b_c.d__e--f:T1",
            "localhost/a",
            "reg.example:5000/a/b@sha256:" + "0".repeat(64),
            "[::1]:5000/a")) {
      ImageName.check(right);
    }
    for (String wrong :
        List.of(
            "",
            "A",
            "a/B",
            "a::b",
            "a:",
            "-a",
            "a/",
            "/a",
            "a b",
            "a@b",
            "a..b",
            "0".repeat(64),
            "a".repeat(5_000))) {
      assertThatThrownBy(() -> ImageName.check(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void platformsAreNormalized() {
    Platform own = Platform.LINUX_AMD64;
    assertThat(Platform.parse("linux/x86_64", own)).isEqualTo(own);
    assertThat(Platform.parse("arm64", own)).isEqualTo(new Platform("linux", "arm64", ""));
    assertThat(Platform.parse("linux/arm64/v8", own)).isEqualTo(new Platform("linux", "arm64", ""));
    assertThat(Platform.parse("linux/arm", own)).hasToString("linux/arm/v7");
    assertThat(Platform.parse("windows", own)).hasToString("windows/amd64");
    assertThatThrownBy(() -> Platform.parse("a/b/c/d", own))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Platform.parse("", own)).isInstanceOf(IllegalArgumentException.class);
  }
}
