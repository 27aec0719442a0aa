package dev.firebuild.worker.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.firebuild.dockerfile.plan.FileMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymbolicModeTest {
  /** Each line was compared with GNU chmod under umask 022. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0640         | 0755 | file | 0640",
        "4755         | 0600 | file | 4755",
        "u=rwX,go=rX  | 0600 | file | 0644",
        "u=rwX,go=rX  | 0700 | file | 0755",
        "u=rwX,go=rX  | 0700 | dir  | 0755",
        "u=rwX,go=    | 0700 | file | 0700",
        "go-r         | 0644 | file | 0600",
        "+x           | 0644 | file | 0755",
        "+w           | 0444 | file | 0644",
        "a+w          | 0444 | file | 0666",
        "a=rx,u+w     | 0644 | file | 0755",
        "g=u          | 0740 | file | 0770",
        "o=g-w        | 0672 | file | 0675",
        "u+s,g+s      | 0755 | file | 6755",
        "+t           | 0777 | dir  | 1777",
        "u=rwx        | 6755 | dir  | 6755",
        "u=rwx        | 6755 | file | 2755",
        "-x           | 0777 | file | 0666",
        "u-w+x        | 0644 | file | 0544",
      })
  void modesChangeAsChmodChangesThem(String change, String old, String kind, String expected) {
    int mode =
        SymbolicMode.apply(FileMode.parse(change), Integer.parseInt(old, 8), kind.equals("dir"));

    assertThat("%04o".formatted(mode)).isEqualTo(expected);
  }
}
